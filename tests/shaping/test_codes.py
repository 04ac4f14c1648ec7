"""Codes as they are printed, and as people type them."""

from __future__ import annotations

import pytest

from waitroom.shaping.codes import ALPHABET, SYMBOLS, CodeDigests, grouped, new_code, typed
from waitroom.shaping.invitation import InvitationError, Refusal

OLD, NEW = "the old secret of the shop", "the new secret of the shop"


def is_refused(text: str) -> bool:
    """Whether this can be no code."""
    try:
        typed(text)
    except InvitationError as error:
        return error.refusal is Refusal.MISTYPED
    return False


def test_codes_are_made_of_symbols_that_nobody_confuses() -> None:
    """Of the 32 alone, the check symbol too; in groups; never twice."""
    codes = [new_code() for _ in range(2000)]
    assert 2000 == len(set(codes))
    assert set(ALPHABET) >= {symbol for code in codes for symbol in code.replace("-", "")}
    assert {(4, 4, 5)} == {tuple(map(len, code.split("-"))) for code in codes}


@pytest.mark.parametrize(
    ("number", "code"),
    [
        (0, "0000000000000"),
        (1, "0000000000011"),
        (31, "00000000000ZZ"),
        (37, "0000000000150"),
        (1234, "000000016JD"),
    ],
)
def test_known_codes(number: int, code: str) -> None:
    """By Crockford's own rule: the check symbol is the number modulo 37 (1234 is his own example, 16JD)."""
    assert code.rjust(SYMBOLS, "0") == typed(code.rjust(SYMBOLS, "0"))
    assert number == sum(ALPHABET.index(symbol) * 32**at for at, symbol in enumerate(reversed(code[:-1])))


@pytest.mark.parametrize(
    "spell",
    [
        str.lower,
        lambda code: code.replace("-", ""),
        lambda code: code.replace("-", " "),
        lambda code: f"  {code}\t",
        lambda code: code.replace("-", "–"),
        lambda code: code.replace("0", "O").replace("1", "l"),
        lambda code: code.replace("0", "o").replace("1", "I"),
        lambda code: "".join(chr(ord(symbol) + 0xFEE0) for symbol in code.replace("-", "")),
    ],
    ids=["small", "bare", "spaces", "around", "dash", "letters", "letters2", "full-width"],
)
def test_a_code_is_read_as_it_was_meant(spell: object) -> None:
    """However it comes from a phone's keyboard."""
    assert callable(spell)
    for _ in range(200):
        code = new_code()
        assert code == grouped(typed(spell(code)))


def test_every_single_slip_is_found() -> None:
    """No other symbol in any place gives a code, nor do two that are swapped."""
    code = typed(new_code())
    for at in range(SYMBOLS):
        for symbol in ALPHABET:
            if symbol != code[at]:
                assert is_refused(code[:at] + symbol + code[at + 1 :])
    for at in range(SYMBOLS - 2):
        swapped = code[:at] + code[at + 1] + code[at] + code[at + 2 :]
        assert swapped == code or is_refused(swapped)


@pytest.mark.parametrize(
    "text", ["", "abc", "spring 24!", "K7QF-2M9X-8RT", "ü" * 8, "x" * 5000, "'; DROP", "\0\0\0\0"]
)
def test_what_can_be_no_code_is_refused(text: str) -> None:
    """Before anybody is asked for it."""
    assert is_refused(text) == (text != "K7QF-2M9X-8RT")


def test_a_word_of_a_campaign_is_read_alike() -> None:
    """Any letters and digits, in any case."""
    assert {"SPR1NG24"} == {typed(text) for text in ("SPRING24", "spring 24", "Spring-24", "SPRlNG24")}


def test_digests_tell_nothing_and_follow_the_secret() -> None:
    """The newest secret keeps codes, and all find them; another room has others."""
    before, rotated = CodeDigests("drop", [OLD]), CodeDigests("drop", [NEW, OLD])
    assert before.newest("SPR1NG24") in rotated.all("SPR1NG24")
    assert before.newest("SPR1NG24") != rotated.newest("SPR1NG24")
    assert before.newest("SPR1NG24") != CodeDigests("other", [OLD]).newest("SPR1NG24")
    assert 12 == len(before.newest("SPR1NG24"))
