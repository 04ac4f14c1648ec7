"""The short code of a place, which a shopper reads out: ``0065-7QK``. Pure.

In front of the hyphen stands the number, in Crockford's base 32 (https://www.crockford.com/base32.html), four symbols
or more; behind it three symbols of a digest of the room, the life of its line, the lane and the number. So the code
says of which place it is, though it does not spell it, and a slip of the tongue is found: 32,767 of 32,768 wrong codes
are those of no place. It is no secret and opens nothing.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from hashlib import blake2s
from typing import NamedTuple

from waitroom.errors import WaitroomError
from waitroom.shaping.codes import ALPHABET

CACHED_CODES = 65_536
"""Codes remembered by a worker: one is told with each position."""
MARKS = 3
LEAST_DIGITS = 4
MOST_DIGITS = 10
"""More numbers than any line has."""
_LONGEST_TYPED = 64
_MEANT = str.maketrans({"O": "0", "I": "1", "L": "1", **dict.fromkeys(" _.\t\r\n", "")})
_HYPHENS = dict.fromkeys(map(ord, "‐‑‒–—−"), "-")  # noqa: RUF001 - what phones make of it


class CodeError(WaitroomError):
    """This can be no support code; the text says what one looks like."""


class Typed(NamedTuple):
    """A code as somebody typed it."""

    number: int
    marks: str
    """Empty where only the first part was given."""


@lru_cache(CACHED_CODES)
def support_code(room: str, epoch: int, lane: str, number: int) -> str:
    """The code of a place."""
    digits, rest = "", number
    while rest or len(digits) < LEAST_DIGITS:
        rest, digit = divmod(rest, 32)
        digits = ALPHABET[digit] + digits
    return f"{digits}-{marks_of(room, epoch, lane, number)}"


def marks_of(room: str, epoch: int, lane: str, number: int) -> str:
    """What stands behind the hyphen."""
    digest = blake2s(f"{room}:{epoch}:{lane}:{number}".encode(), digest_size=4).digest()
    value = int.from_bytes(digest)
    return "".join(ALPHABET[value >> shift & 31] for shift in (10, 5, 0))


def typed(text: str) -> list[Typed]:
    """What somebody may have meant by what they typed: in any case, O as 0, I and L as 1, with the hyphen or without,
    or only what stands in front of it. Raises :class:`CodeError`."""
    if len(text) <= _LONGEST_TYPED:
        code = _plain(text)
        head, hyphen, tail = code.partition("-")
        parts = [(head, tail)] if hyphen else [(code[:-MARKS], code[-MARKS:]), (code, "")]
        if found := [Typed(_number(digits), marks) for digits, marks in parts if _fits(digits, marks)]:
            return found
    shown = text if len(text) <= _LONGEST_TYPED else text[:_LONGEST_TYPED] + "…"
    raise CodeError(
        f"{shown!r} is no support code: it looks like 0065-7QK, of the digits and of letters without I, L, O and U"
    )


def slips(text: str) -> Iterator[str]:
    """Whole codes that are one slip away from what was typed: one symbol another, two exchanged, or one too many."""
    code = "".join(each for each in _plain(text) if each in ALPHABET)
    least, most = LEAST_DIGITS + MARKS, MOST_DIGITS + MARKS
    for at, symbol in enumerate(code) if least <= len(code) <= most + 1 else ():
        before, after = code[:at], code[at + 1 :]
        if len(code) <= most:
            yield from (before + other + after for other in ALPHABET if other != symbol)
            yield before + after[:1] + symbol + after[1:]
        if len(code) > least:
            yield before + after


def _plain(text: str) -> str:
    """Capitals, without spaces, with a hyphen that is one, and with the digits that O, I and L stand for."""
    return unicodedata.normalize("NFKC", text).translate(_HYPHENS).upper().translate(_MEANT)


def _fits(digits: str, marks: str) -> bool:
    return (
        LEAST_DIGITS <= len(digits) <= MOST_DIGITS
        and len(marks) in (0, MARKS)
        and all(symbol in ALPHABET for symbol in digits + marks)
    )


def _number(digits: str) -> int:
    number = 0
    for digit in digits:
        number = number * 32 + ALPHABET.index(digit)
    return number
