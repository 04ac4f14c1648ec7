"""What the ticket's cookie holds beside the ticket."""

from __future__ import annotations

import pytest

from waitroom.gate.beside import MARKS, MOST_CHARACTERS, NOTHING_BESIDE, Beside, jars_of, texts_beside

WHOLE = Beside("pt-BR", "drop:7:general:3:5.a", "drop:x.b", "e30.e30.c", "drop:5:18:a:b.d")


def jar(*values: str) -> list[tuple[bytes, bytes]]:
    return [(b"cookie", "; ".join(f"waitroom_ticket_drop={value}" for value in values).encode())]


@pytest.mark.parametrize("ticket", ["", "drop:7:general:3:5.sig"])
def test_what_is_written_is_read_again(ticket: str) -> None:
    """With a ticket or without one; nothing at all is written as nothing."""
    assert Beside.of(jar(ticket + WHOLE.written()), "drop") == WHOLE
    assert "" == NOTHING_BESIDE.written()
    assert Beside.of(jar(ticket + "~de"), "drop") == Beside("de")


def test_of_another_room_nothing_is_read() -> None:
    """Each room has a cookie of its own."""
    assert Beside.of(jar(WHOLE.written()), "other") == NOTHING_BESIDE


def test_the_whole_cookie_fits_into_a_browser() -> None:
    """A ticket and everything beside it stay below 4096 bytes with the name (RFC 6265bis section 5.6)."""
    most = Beside("zh-Hant-TW", *("x" * 256 for _ in MARKS))
    name = "waitroom_ticket_" + "r" * 40
    claim = MOST_CHARACTERS - 256  # the others are no longer than a signed text
    assert len(name) + 1 + 256 + len(most.written()) + claim < 4096


@pytest.mark.parametrize(
    "odd", ["~<b>~former=a b", "~~~", "~de~invitation=x;y", "~~former=" + "x" * 3000, "~xx~=a"]
)
def test_what_can_be_no_text_is_not_taken_along(odd: str) -> None:
    """A neighbour domain may have set anything: it is not written again."""
    found = Beside.of(jar(odd), "drop")
    assert (
        "" in (found.former, found.invitation) and "<" not in found.written() and " " not in found.written()
    )


def test_a_neighbours_cookie_hides_nothing() -> None:
    """All texts of one mark are found, those in cookies of our own form first, for the one that is genuine."""
    headers = jar("junk~~invitation=tossed", "drop:7:general:3:5.a~~invitation=genuine")
    assert ["genuine", "tossed"] == sorted(texts_beside(jars_of(headers), "drop", "invitation"))
