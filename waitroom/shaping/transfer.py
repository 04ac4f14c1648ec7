"""The code by which a place goes to another device: ``0008-7K2Q-9MXA``. Pure.

In front stands the place's number, in Crockford's base 32 (https://www.crockford.com/base32.html), four symbols or
more; behind it eight symbols (40 bits) of a keyed digest of the room, the life of its line, the lane, the number, the
hand that holds it and the minute. So nothing is kept of a code: it counts for some minutes, and, since using it hands
the place anew, once. It is read in any case, with or without hyphens and spaces, O as 0, I and L as 1.
"""

from __future__ import annotations

import hmac
import unicodedata
from collections.abc import Sequence
from typing import NamedTuple

from waitroom.shaping.codes import ALPHABET
from waitroom.signing import derived_key

MINUTE = 60
LASTS_MINUTES = 5
"""For so long a code counts at least, and for less than a minute more."""
MARKS = 8
_LEAST_DIGITS = 4
_MOST_DIGITS = 10
_LONGEST_TYPED = 64
_MEANT = str.maketrans({"O": "0", "I": "1", "L": "1", **dict.fromkeys(" -_.\t\r\n‐‑‒–—−", "")})  # noqa: RUF001


class Place(NamedTuple):
    """A place in line, and the hand that holds it."""

    epoch: int
    lane: str
    number: int
    hand: int


class TypedCode(NamedTuple):
    """A code as somebody typed it, or a link carried it."""

    number: int
    marks: str


def typed(text: str) -> TypedCode | None:
    """What somebody meant by what they typed; None where it can be no code."""
    if len(text) > _LONGEST_TYPED:
        return None
    code = unicodedata.normalize("NFKC", text).upper().translate(_MEANT)
    digits, marks = code[:-MARKS], code[-MARKS:]
    if not _LEAST_DIGITS <= len(digits) <= _MOST_DIGITS or any(symbol not in ALPHABET for symbol in code):
        return None
    number = 0
    for digit in digits:
        number = number * 32 + ALPHABET.index(digit)
    return TypedCode(number, marks)


class TransferCodes:
    """Makes and knows the codes of one room. ``secrets`` come newest first."""

    def __init__(self, room: str, secrets: Sequence[str]) -> None:
        self._room = room
        self._keys = [derived_key("transfer", secret) for secret in secrets]

    def code(self, place: Place, now: float) -> str:
        """The code of a place, in groups that the eye can keep. ``now`` is in seconds since 1970."""
        digits, rest = "", place.number
        while rest or len(digits) < _LEAST_DIGITS:
            rest, digit = divmod(rest, 32)
            digits = ALPHABET[digit] + digits
        marks = self._marks(self._keys[0], place, int(now // MINUTE))
        return f"{digits}-{marks[:4]}-{marks[4:]}"

    def is_of(self, code: TypedCode, place: Place, now: float) -> bool:
        """Whether it is the code of this place, and counts at ``now``."""
        minute = int(now // MINUTE)
        return any(
            hmac.compare_digest(code.marks, self._marks(key, place, minute - ago))
            for key in self._keys
            for ago in range(LASTS_MINUTES + 1)
        )

    def _marks(self, key: bytes, place: Place, minute: int) -> str:
        text = f"{self._room}:{place.epoch}:{place.lane}:{place.number}:{place.hand}:{minute}"
        value = int.from_bytes(hmac.digest(key, text.encode(), "sha256")[:5])
        return "".join(ALPHABET[value >> 5 * at & 31] for at in reversed(range(MARKS)))
