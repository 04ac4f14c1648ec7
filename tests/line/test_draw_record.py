"""The published record of a draw: what it says, and what is wrong with one that was changed."""

from __future__ import annotations

import json

import pytest
from pydantic import ValidationError

from tests.line.draw_vector import DIGESTS, EVENT, LANE, RECORD, ROOM, SEED, TURNS
from waitroom.line.draw import AnnouncedDraw, DrawRecord, MalformedRecordError, PublishedDraws

TEXT = json.dumps(RECORD)
ANNOUNCED = AnnouncedDraw(
    room=ROOM,
    event="the next",
    lane=LANE,
    opens_at=None,
    commitment="ab" * 32,
    digest="cd" * 20,
    issued=0,
)


def changed(**changes: object) -> str:
    """The record of the vector with other members."""
    return json.dumps({**RECORD, **changes})


def revealed(**changes: str | int) -> DrawRecord:
    """A proper record of another draw."""
    parts = {"room": ROOM, "event": EVENT, "lane": LANE, "opened_at": 5, "first": 1, "count": 7, **changes}
    seed = bytes.fromhex(str(parts.pop("seed", SEED)))
    return DrawRecord.reveal(seed, DIGESTS[-1], **parts)  # type: ignore[arg-type]


def test_a_proper_record_has_no_findings() -> None:
    """Read and written again it is the same, and its draw is that of its key."""
    record = DrawRecord.parse(TEXT)
    assert [] == record.verify()
    assert RECORD == json.loads(record.to_json())
    assert record == DrawRecord.parse(record.to_json())
    assert TURNS[1, 40_000] == {number: record.draw.turn_of(number) for number in TURNS[1, 40_000]}
    assert (19_266, None, None) == tuple(map(record.place_of, (1, 0, 40_001)))


def test_a_draw_that_is_held_gives_its_record() -> None:
    """From the seed and what Redis knows; places count from 1 wherever the numbers begin."""
    assert DrawRecord.parse(TEXT) == revealed(opened_at=1_906_538_400_250, count=40_000)
    later = revealed(first=501)
    assert list(range(1, 8)) == sorted(later.place_of(number) or 0 for number in range(501, 508))


def test_nobody_may_have_waited() -> None:
    """A draw of nobody is a draw."""
    record = revealed(count=0)
    assert ([], []) == (record.verify(), list(record.draw.order()))


@pytest.mark.parametrize(
    ("change", "checks"),
    [
        ({"seed": "00" * 32}, ["commitment", "key"]),
        ({"commitment": "00" * 32}, ["commitment"]),
        ({"key": "00" * 32}, ["key"]),
        ({"digest": "00" * 20}, ["key"]),
        ({"room": "other"}, ["key"]),
        ({"event": "other"}, ["key"]),
        ({"lane": "other"}, ["key"]),
        ({"first": 2}, ["key"]),
        ({"count": 39_999}, ["key"]),
    ],
)
def test_a_changed_record_is_found_out(change: dict[str, object], checks: list[str]) -> None:
    """Whatever the order depends on."""
    assert checks == [finding.check for finding in DrawRecord.parse(changed(**change)).verify()]


def test_an_exchanged_seed_is_found_out_by_a_note() -> None:
    """A record that fits itself, and not what was published before."""
    other = revealed(seed="11" * 32)
    assert [] == other.verify()
    noted = str(RECORD["commitment"])
    assert ["noted"] == [finding.check for finding in other.verify(noted)]
    assert [] == DrawRecord.parse(TEXT).verify(noted)


@pytest.mark.parametrize(
    ("member", "given", "allowed"),
    [
        ("version", 0, "1"),
        ("version", "1", "1"),
        ("room", "", "1 to 200 printable characters"),
        ("room", "a\nb", "1 to 200 printable characters"),
        ("event", "\u202edrop", "1 to 200 printable characters"),
        ("lane", 5, "1 to 200 printable characters"),
        ("lane", "x" * 201, "1 to 200 printable characters"),
        ("opened_at", -1, "whole milliseconds since 1970, before the year 10000"),
        ("opened_at", 1.5, "whole milliseconds since 1970, before the year 10000"),
        ("opened_at", 10**15, "whole milliseconds since 1970, before the year 10000"),
        ("first", 0, "a whole number from 1 to 9007199254740991"),
        ("first", True, "a whole number from 1 to 9007199254740991"),
        ("count", -1, "a whole number from 0 to 4294967296"),
        ("count", "40000", "a whole number from 0 to 4294967296"),
        ("count", None, "a whole number from 0 to 4294967296"),
        ("commitment", "AB" * 32, "64 hexadecimal digits in small letters"),
        ("seed", "ab" * 32 + "\n", "64 hexadecimal digits in small letters"),
        ("digest", "ab" * 32, "40 hexadecimal digits in small letters"),
        ("key", "xy" * 32, "64 hexadecimal digits in small letters"),
        ("key", ["ab"], "64 hexadecimal digits in small letters"),
    ],
)
def test_a_malformed_member_is_named(member: str, given: object, allowed: str) -> None:
    """With what was given and what is allowed; the version too."""
    with pytest.raises(MalformedRecordError) as refused:
        DrawRecord.parse(changed(**{member: given}))
    shown = json.dumps(given, ensure_ascii=False)
    assert f"record: {member}: given {shown[:59]}" in str(refused.value)
    assert str(refused.value).endswith(f"; allowed: {allowed}")


@pytest.mark.parametrize("member", sorted(RECORD.keys() - {"version"}))
def test_a_missing_member_is_named(member: str) -> None:
    """Only the version may be left out, being 1."""
    with pytest.raises(MalformedRecordError, match=f"record: {member} is missing; allowed: "):
        DrawRecord.parse(json.dumps({name: value for name, value in RECORD.items() if name != member}))


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("", "no record of a draw: Expecting value"),
        ("{", "no record of a draw: Expecting property name"),
        ("[" * 100_000, "no record of a draw: nested too deeply"),
        (b"\xff\xfe\x00", "no record of a draw: "),
        (" " * 2_000_000, "no record of a draw: longer than 1048576 bytes"),
        ("9" * 5_000, "no record of a draw: "),
        ("null", "record: given null; allowed: a JSON object"),
        (changed(version=2), "record: version 2 is not known; this waitroom knows 1"),
        (changed(beacon="x"), 'record: "beacon" is no member of version 1'),
        (TEXT[:-1] + ', "count": 5}', "no record of a draw: a member stands twice in one object"),
        (changed(first=2**53 - 5), "record: numbers go from 1 to 9007199254740991; the first cannot be"),
    ],
)
def test_what_is_no_record_is_refused(text: str | bytes, complaint: str) -> None:
    """With the reason, and whatever it is."""
    for parse in (DrawRecord.parse, PublishedDraws.parse):
        with pytest.raises(MalformedRecordError) as refused:
            parse(text)
        assert str(refused.value).startswith(complaint)


def test_everything_wrong_is_told_at_once() -> None:
    """One line for each."""
    with pytest.raises(MalformedRecordError) as refused:
        DrawRecord.parse(changed(first=0, seed="", more=1))
    assert 3 == len(str(refused.value).splitlines())


def test_a_wrong_record_cannot_be_made() -> None:
    """Not from Python either; and one that was made cannot be changed."""
    with pytest.raises(ValidationError):
        revealed(first=0)
    with pytest.raises(ValidationError):
        DrawRecord.parse(TEXT).count = 5


def test_a_document_a_list_or_one_record() -> None:
    """All three are read, and the document that is published is the same when it is read again."""
    one = DrawRecord.parse(TEXT)
    published = PublishedDraws((ANNOUNCED,), (one, revealed(lane="members")))
    assert published == PublishedDraws.parse(published.to_json())
    assert (LANE, "members") == published.lanes
    assert PublishedDraws(held=(one,)) == PublishedDraws.parse(TEXT) == PublishedDraws.parse(f"[{TEXT}]")
    assert not PublishedDraws.parse("[]")


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ('{"held": 3}', "announced and held must be lists"),
        ('{"held": [], "announced": {}}', "announced and held must be lists"),
        ('{"held": [1]}', "held[0]: given 1; allowed: a JSON object"),
        (f"[{TEXT}, {changed(first=0)}]", "held[1]: first: given 0"),
        ('{"held": [], "announced": [{}]}', "announced[0]: room is missing"),
    ],
)
def test_a_wrong_document_says_where(text: str, complaint: str) -> None:
    """Which of the records is malformed, and how."""
    with pytest.raises(MalformedRecordError) as refused:
        PublishedDraws.parse(text)
    assert str(refused.value).startswith(complaint)


def test_records_are_compared_with_each_other() -> None:
    """An event has one seed, and a lane of it one record."""
    one, other = revealed(), revealed(lane="members")
    assert [] == PublishedDraws(held=(one, other, revealed(event="later", seed="22" * 32))).verify()
    assert one.key != other.key
    seeds = PublishedDraws(held=(one, revealed(lane="members", seed="22" * 32)))
    assert ["seed"] == [finding.check for finding in seeds.verify()]
    twice = PublishedDraws(held=(one, revealed(count=8)))
    assert ["twice"] == [finding.check for finding in twice.verify()]
