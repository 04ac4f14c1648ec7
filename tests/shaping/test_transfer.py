"""The code by which a place goes to another device."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from waitroom.shaping.transfer import LASTS_MINUTES, Place, TransferCodes, typed

NOW = 1_800_000_000.0
PLACE = Place(1_700_000_000, "general", 4711, 0)
CODES = TransferCodes("drop", ["a secret for tests only"])


def is_of(code: str, place: Place, now: float, codes: TransferCodes = CODES) -> bool:
    """Whether a typed text is the code of that place."""
    meant = typed(code)
    return meant is not None and codes.is_of(meant, place, now)


@given(number=st.integers(1, 2**40), hand=st.integers(0, 8), lane=st.sampled_from(["general", "members"]))
def test_a_code_is_that_of_its_place(number: int, hand: int, lane: str) -> None:
    """It tells the number, and holds for that place and hand."""
    place = Place(7, lane, number, hand)
    code = CODES.code(place, NOW)
    meant = typed(code)
    assert meant is not None
    assert number == meant.number
    assert CODES.is_of(meant, place, NOW)
    assert not CODES.is_of(meant, place._replace(hand=hand + 1), NOW)


@pytest.mark.parametrize(
    "other",
    [
        PLACE._replace(epoch=1),
        PLACE._replace(lane="members"),
        PLACE._replace(number=4712),
        PLACE._replace(hand=1),
    ],
)
def test_a_code_is_of_no_other_place(other: Place) -> None:
    """Neither of another life, lane, number or hand, nor of another room or secret."""
    code = CODES.code(PLACE, NOW)
    assert not is_of(code, other, NOW)
    assert not is_of(code, PLACE, NOW, TransferCodes("sale", ["a secret for tests only"]))
    assert not is_of(code, PLACE, NOW, TransferCodes("drop", ["another secret of it"]))


def test_a_code_lasts_for_some_minutes() -> None:
    """Five at least, and less than six; none of the future counts."""
    code = CODES.code(PLACE, NOW)
    assert is_of(code, PLACE, NOW + 60 * LASTS_MINUTES)
    assert not is_of(code, PLACE, NOW + 60 * (LASTS_MINUTES + 1))
    assert not is_of(code, PLACE, NOW - 60)


def test_a_code_survives_a_rotation_of_secrets() -> None:
    """One that was made with the older secret counts."""
    assert is_of(
        CODES.code(PLACE, NOW), PLACE, NOW, TransferCodes("drop", ["new", "a secret for tests only"])
    )


@pytest.mark.parametrize(("change", "by"), [("-", ""), ("-", " "), ("0", "o"), ("1", "l"), ("", "")])
def test_a_code_is_read_as_people_type(change: str, by: str) -> None:
    """In any case, with or without hyphens; O is 0, I and L are 1."""
    code = CODES.code(PLACE, NOW)
    text = code.replace(change, by) if change else code.lower()
    assert is_of(f" {text} ", PLACE, NOW)


@pytest.mark.parametrize(
    "text", ["", "0008", "0008-7K2Q-9MX", "U008-7K2Q-9MXA", "0" * 19, "0" * 100, "ä" * 12]
)
def test_what_is_no_code(text: str) -> None:
    """It is told without a look at any place."""
    assert typed(text) is None
