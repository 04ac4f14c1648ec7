"""A support code says of which place it is, and is read however somebody types it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from waitroom.shaping.codes import ALPHABET
from waitroom.support.code import CodeError, Typed, marks_of, slips, support_code, typed

PLACE = ("drop", 1_795_000_000, "general")


def fits(code: str) -> bool:
    """Whether a code is that of its number in the place's lane."""
    return any(marks_of(*PLACE, found.number) == found.marks for found in typed(code))


@given(number=st.integers(0, 10**12))
def test_a_code_stands_for_its_number(number: int) -> None:
    """It can be read back, and is four symbols and three at least."""
    code = support_code(*PLACE, number)
    digits, _, marks = code.partition("-")
    assert Typed(number, marks) == typed(code)[0]
    assert len(digits) >= 4
    assert 3 == len(marks)


def test_a_code_is_that_of_one_place() -> None:
    """Of another room, another life of its line, another lane it is another."""
    places = [PLACE, ("other", *PLACE[1:]), ("drop", PLACE[1] + 1, "general"), ("drop", PLACE[1], "members")]
    assert len({support_code(*place, 205) for place in places}) == 4


@pytest.mark.parametrize("number", [1, 205, 4711, 2**20 - 1, 12_345_678])
def test_one_misheard_symbol_is_noticed(number: int) -> None:
    """No code with a single wrong symbol fits, nor one in which two changed places."""
    code = support_code(*PLACE, number)
    for at, symbol in enumerate(code):
        if symbol == "-":
            continue
        for other in set(ALPHABET) - {symbol}:
            assert not fits(f"{code[:at]}{other}{code[at + 1 :]}")
        before = code[at - 1] if at else "-"
        if before not in ("-", symbol):
            assert not fits(code[: at - 1] + symbol + before + code[at + 1 :])


@pytest.mark.parametrize("number", [205, 12_345_678])
def test_a_code_is_read_as_people_type_it(number: int) -> None:
    """In small letters, with spaces or another hyphen or none, O for 0 and I or L for 1."""
    code = support_code(*PLACE, number)
    digits, _, marks = code.partition("-")
    for text in (
        code.lower(), f" {digits} - {marks} ", digits + marks, f"{digits}–{marks}", code.replace("0", "O"),
        code.replace("1", "l"), code.replace("1", "I"),
    ):  # fmt: skip
        assert Typed(number, marks) in typed(text)


def test_the_first_part_alone_is_a_number() -> None:
    """Which place that is, the lines must tell."""
    assert [Typed(205, "")] == typed("006D")


@pytest.mark.parametrize(
    "text", ["", "-", "006-7QK", "0065-7Q", "0065-7QKX", "U065-7QK", "0065-7QK-1", "12345678901-7QK", "é" * 9, "0" * 99]
)  # fmt: skip
def test_what_is_no_code_is_refused(text: str) -> None:
    """With what one looks like."""
    with pytest.raises(CodeError, match="is no support code: it looks like 0065-7QK"):
        typed(text)


def test_what_is_one_slip_away_is_found() -> None:
    """A symbol misheard, two exchanged, one too many; few enough to be tried in every room."""
    code = support_code(*PLACE, 4711).replace("-", "")
    for at in range(len(code)):
        wrong = "Z" if code[at] != "Z" else "Y"
        for slip in (f"{code[:at]}{wrong}{code[at + 1 :]}", f"{code[:at]}{wrong}{code[at:]}"):
            assert code in set(slips(slip))
    assert code in set(slips(f"{code[1]}{code[0]}{code[2:]}".lower()))
    assert len(list(slips(code))) < 250
    for unfit in ("", "006", "0" * 40, "é" * 7):
        assert [] == list(slips(unfit))
