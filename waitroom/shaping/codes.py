"""Codes that people type: Crockford's base 32 with his check symbol (https://www.crockford.com/base32.html). Pure.

A minted code has twelve random symbols (60 bits) and a check symbol, in groups: ``K7QF-2M9X-8RTV3``. Codes whose check
symbol would be none of the 32 are never drawn. It is read in any case, with or without hyphens and spaces, O as 0, I
and L as 1. A campaign's word (``SPRING24``) is read the same way; it is shorter than any minted code.
"""

from __future__ import annotations

import hmac
import re
import unicodedata
from collections.abc import Sequence
from secrets import randbits

from waitroom.shaping.invitation import InvitationError, Refusal
from waitroom.signing import derived_key

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
SYMBOLS = 13
BITS = 60
MIN_WORD = 4
_VALUES = {symbol: value for value, symbol in enumerate(ALPHABET)}
_MEANT = str.maketrans({"O": "0", "I": "1", "L": "1", **dict.fromkeys(" -_.\t\r\n‐‑‒–—−", "")})  # noqa: RUF001
_WORD = re.compile(rf"[0-9A-Z]{{{MIN_WORD},{SYMBOLS - 1}}}")
_LONGEST_TYPED = 64
_DIGEST_BYTES = 12


def new_code() -> str:
    """A code that nobody can guess, as it is printed."""
    while True:
        number = randbits(BITS)
        if number % 37 < len(ALPHABET):
            return grouped(_symbols(number) + ALPHABET[number % 37])


def grouped(code: str) -> str:
    """A code in groups that the eye can keep."""
    return f"{code[:4]}-{code[4:8]}-{code[8:]}" if len(code) == SYMBOLS else code


def typed(text: str) -> str:
    """The code that somebody meant by what they typed. Raises :class:`InvitationError` where it can be none:
    the check symbol finds every single wrong symbol and every swap of two."""
    code = unicodedata.normalize("NFKC", text[:_LONGEST_TYPED]).upper().translate(_MEANT)
    if len(text) <= _LONGEST_TYPED:
        if _WORD.fullmatch(code):
            return code
        if len(code) == SYMBOLS and all(symbol in _VALUES for symbol in code):
            number = 0
            for symbol in code[:-1]:
                number = number * 32 + _VALUES[symbol]
            if number % 37 == _VALUES[code[-1]]:
                return code
    raise InvitationError(Refusal.MISTYPED, "this cannot be a code")


class CodeDigests:
    """Turns codes into what Redis keeps of them: 96 bits of a keyed hash."""

    def __init__(self, room: str, secrets: Sequence[str]) -> None:
        self._room = room.encode()
        self._keys = [derived_key("code", secret) for secret in secrets]

    def newest(self, code: str) -> bytes:
        """The digest under which a new code is kept."""
        return self._digest(self._keys[0], code)

    def all(self, code: str) -> list[bytes]:
        """The digests under which it may have been kept, newest secret first."""
        return [self._digest(key, code) for key in self._keys]

    def _digest(self, key: bytes, code: str) -> bytes:
        return hmac.digest(key, b"%b\0%b" % (self._room, code.encode()), "sha256")[:_DIGEST_BYTES]


def _symbols(number: int) -> str:
    digits = []
    for _ in range(SYMBOLS - 1):
        number, digit = divmod(number, 32)
        digits.append(ALPHABET[digit])
    return "".join(reversed(digits))
