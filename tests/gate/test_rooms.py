"""Which room a request belongs to: the most specific wins, and no spelling walks around one."""

from __future__ import annotations

import contextlib
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from waitroom.gate.rooms import AmbiguousPathError, RoomMap, normalise_host, normalise_path
from waitroom.settings import RoomSettings

DROP_ROOM = RoomSettings(name="drop", paths=("/drop/*",))
DROP = RoomMap([DROP_ROOM])


def room(name: str, *paths: str, hosts: tuple[str, ...] = ()) -> RoomSettings:
    """A room as the configuration has it."""
    return RoomSettings(name=name, hosts=hosts, paths=paths)


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("shop.example", "shop.example"),
        ("SHOP.Example", "shop.example"),
        ("shop.example:8443", "shop.example"),
        ("shop.example.", "shop.example"),
        ("shop.example.:80", "shop.example"),
        (" shop.example ", "shop.example"),
        ("192.0.2.1:80", "192.0.2.1"),
        ("[::1]", "::1"),
        ("[::1]:8000", "::1"),
        ("[0:0:0:0:0:0:0:1]", "::1"),
        ("[2001:DB8::A]", "2001:db8::a"),
        ("::1", "::1"),
        ("", ""),
        (":80", ""),
    ],
)
def test_hosts_are_compared_without_case_port_and_final_dot(host: str, expected: str) -> None:
    """All spellings of a host are one."""
    assert expected == normalise_host(host)


@pytest.mark.parametrize("host", ["[", "[]", "[::1", "[not an address]:1", "a:b:c", "]", "\x00"])
def test_no_host_makes_it_fail(host: str) -> None:
    """A senseless host belongs to the room of any host at most."""
    assert "any" == RoomMap([room("any"), room("one", hosts=("::1",))]).find(host, "/") or "::1" in host


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("[::1]:8000", "v6"), ("[0::1]", "v6"), ("192.0.2.1", "v4"), ("192.0.2.1:80", "v4"),
        ("other.example", None), ("[::2]", None),
    ],
)  # fmt: skip
def test_a_room_of_an_address_covers_that_address_alone(host: str, expected: str | None) -> None:
    """Addresses are hosts like any other, however they are written."""
    rooms = RoomMap([room("v6", hosts=("[::1]",)), room("v4", hosts=("192.0.2.1",))])
    assert expected == rooms.find(host, "/")


NESTED = RoomMap(
    [
        room("all"),
        room("shop", hosts=("shop.example",)),
        room("shop-drop", "/drop/*", hosts=("shop.example",)),
        room("drop", "/drop/*"),
        room("alike", "/drop*"),
        room("itself", "/drop/gate"),
        room("deeper", "/drop/gate/*"),
        room("two", "/a", "/b/*", hosts=("x.example", "y.example")),
    ]
)


@pytest.mark.parametrize(
    ("host", "path", "expected"),
    [
        ("any.example", "/", "all"),
        ("any.example", "/dro", "all"),
        ("any.example", "/drop", "drop"),
        ("any.example", "/drop/", "drop"),
        ("any.example", "/drop/shoes", "drop"),
        ("any.example", "/drop-2", "alike"),
        ("any.example", "/drops/shoes", "alike"),
        ("any.example", "/drop/gate", "itself"),
        ("any.example", "/drop/gate/", "itself"),
        ("any.example", "/drop/gate/1", "deeper"),
        ("any.example", "/drop/gateau", "drop"),
        ("shop.example", "/drop/gate/1", "shop-drop"),
        ("shop.example", "/drop-2", "shop"),
        ("shop.example", "/", "shop"),
        ("SHOP.example.:80", "/x", "shop"),
        ("x.example", "/a", "two"),
        ("y.example", "/b", "two"),
        ("y.example", "/b/c", "two"),
        ("y.example", "/a/c", "all"),
    ],
)
def test_the_most_specific_room_wins(host: str, path: str, expected: str) -> None:
    """A host before any host, the longer path before the shorter, the path itself before what is below it."""
    assert expected == NESTED.find(host, path)


def test_the_order_in_the_file_does_not_matter() -> None:
    """Of one path, itself comes before all below it, and that before all that begin alike."""
    rooms = [room("alike", "/drop*"), room("below", "/drop/*"), room("itself", "/drop")]
    for order in (rooms, rooms[::-1]):
        found = [RoomMap(order).find("any", path) for path in ("/drop", "/drop/x", "/dropx")]
        assert ["itself", "below", "alike"] == found


@pytest.mark.parametrize(
    ("pattern", "inside", "outside"),
    [
        ("/drop", ["/drop", "/drop/", "/DROP", "/drop;x"], ["/drop/x", "/dropx", "/", "/a/drop"]),
        ("/drop/*", ["/drop", "/drop/", "/drop/x", "/drop/x/y"], ["/dropx", "/", "/a/drop", "/drop-/x"]),
        ("/drop*", ["/drop", "/drop/", "/drop/x", "/dropx", "/drop.html"], ["/", "/dro", "/a/drop"]),
        ("/*", ["/", "/x", "//", ""], []),
        ("/Drop/Été/*", ["/drop/été", "/drop/%C3%A9t%C3%A9/x", "/DROP/%c3%89T%C3%89"], ["/drop", "/drop/ete"]),
        ("/a b/*", ["/a%20b", "/a b/c"], ["/a+b", "/a"]),
    ],
)  # fmt: skip
def test_what_a_pattern_covers(pattern: str, inside: list[str], outside: list[str]) -> None:
    """``/drop`` is one path, ``/drop/*`` it and all below it, ``/drop*`` all that begin alike; case is nothing."""
    rooms = RoomMap([room("drop", pattern)])
    assert dict.fromkeys(inside, "drop") == {path: rooms.find("any", path) for path in inside}
    assert dict.fromkeys(outside) == {path: rooms.find("any", path) for path in outside}


@pytest.mark.parametrize(
    "path",
    [
        "/Drop", "/DROP/x", "//drop", "///drop//x", "/x/../drop", "/%64rop", "/%2564rop", "/%252564rop", "/drop;x=1",
        "/;a/drop", "/drop/;/x", "\\drop", "/\\drop\\x", "/./drop", "/.//./drop", "/drop%00", "/%00drop", "/drop%20",
        "/x/..;/drop", "/x/%2e%2e/drop", "/x/%2E./drop", "/x/.%252e/drop", "/%2fdrop", "/%5cdrop", "/x%2f..%2fdrop",
        "/x%5c..%5cdrop", "/../drop", "/../../drop", "/drop/x/..", "/drop/.", "/drop%3fa=1", "/drop%23a", "/drop%09",
        "/x%3f/../drop", "/x%23/../drop", "/drop%2F", "/%44%52%4f%50", "/ drop", "/drop/%ff", "/x/ ../drop",
    ],
)  # fmt: skip
def test_no_spelling_walks_around_a_room(path: str) -> None:
    """What some shop may read as ``/drop`` is in its room."""
    assert "drop" == DROP.find("shop.example", path)


@pytest.mark.parametrize(
    "path",
    ["/", "/other/../more", "/drops", "/dr/op", "/%2e/x", "/dr%20op"],
)
def test_other_paths_are_not_in_the_room(path: str) -> None:
    """Only what some shop would read as a path of the room is in it."""
    assert DROP.find("shop.example", path) is None


@pytest.mark.parametrize("path", ["/drop/../other", "/drop/%2e%2e/other", "/drop/..", "/drop/x/../../other"])
def test_what_some_shop_reads_as_the_room_is_in_it(path: str) -> None:
    """Not every shop resolves dot segments: where one reading is of a room and the others of none, it counts."""
    assert "drop" == DROP.find("shop.example", path)


@pytest.mark.parametrize(
    "path", ["/drop/../sale", "/drop/%2e%2e/sale", "/sale/..%2fdrop", "/drop/%252e%252e/sale"]
)
def test_a_path_of_two_rooms_is_refused(path: str) -> None:
    """Whoever is let into one room must not reach the other by a path that the shop reads differently."""
    both = RoomMap([DROP_ROOM, RoomSettings(name="sale", paths=("/sale/*",))])
    with pytest.raises(AmbiguousPathError):
        both.find("shop.example", path)


ODD = st.text(st.sampled_from("/\\.;?#% \0\t2eEfFcC5drop\N{LATIN SMALL LIGATURE FF}é\ufffd"), max_size=12)


@given(st.one_of(ODD, st.text(max_size=30)))
def test_normalising_is_idempotent(path: str) -> None:
    """A normalised path is its own normal form."""
    once = normalise_path(path)
    assert once == normalise_path(once)
    assert once.startswith("/")


@st.composite
def spellings(draw: st.DrawFn) -> str:
    """A path that means ``/drop`` or something below it, spelled as strangely as can be."""
    segments = ["drop", *draw(st.lists(st.sampled_from(["shoes", "42", "été", "a b", "x.y"]), max_size=2))]
    noise = st.sampled_from([".", "", "a/..", "b/c/../..", ";v=1", "./.", "x/../y;1/.."])
    written = ""
    for segment in segments:
        for extra in draw(st.lists(noise, max_size=2)):
            written += draw(st.sampled_from(["/", "//", "\\", "/\\"])) + extra
        cased = "".join(draw(st.sampled_from([c.upper(), c])) for c in segment)
        written += draw(st.sampled_from(["/", "//", "\\"])) + cased
        written += draw(st.sampled_from(["", "", ";p", ";p=1;q", "%00", "?", "#a"]))
    for _ in range(draw(st.integers(0, 3))):
        written = "".join(_encoded(c) if draw(st.booleans()) else c for c in written)
    return written


def _encoded(character: str) -> str:
    return "".join(f"%{byte:02x}" for byte in character.encode())


@given(spellings())
def test_any_spelling_of_a_covered_path_finds_the_room(path: str) -> None:
    """Encodings, case, slashes, dot segments and parameters, however mixed, stay in the room."""
    assert "drop" == DROP.find("shop.example", path)


@pytest.mark.parametrize("path", [";", "/;", "/;%25", "/;\\", "/..;", "/%2f;"])
def test_the_work_of_a_long_path_grows_with_its_length(path: str) -> None:
    """Sixty-four thousand characters take no minutes: what repeats is gone through once."""
    rooms = RoomMap([DROP_ROOM])
    started = time.process_time()
    with contextlib.suppress(AmbiguousPathError):
        rooms.find("shop.example", "/" + path * (64_000 // len(path)))
    assert time.process_time() - started < 5
