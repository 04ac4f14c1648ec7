"""The order of a draw: a keyed permutation of those who waited, with nothing stored for each of them.

It is the generalised Feistel network on Z_a x Z_b of Black and Rogaway, "Ciphers with Arbitrary Finite Domains"
(CT-RSA 2002), section 5, with their cycle walking (section 4) from the a*b places down to ``count``. Here a is the
square root of ``count``, rounded up, and b is ``count / a``, rounded up, so that at most a third is walked over.
Rounds 0, 2, … add to x what SHA-256 says of y, modulo a; rounds 1, 3, … add to y what it says of x, modulo b.

With ideal round functions every place of one visitor is equally likely after two rounds. How many the whole order
needs is decided by the smallest counts: docs/adr/0010-the-opening-draw.md has the figures.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from math import isqrt

ROUNDS = 24
KEY_BYTES = 32
MOST_DRAWN = 2**32
"""Above it the square root would not be exact in the floating point of other languages."""
LAST_NUMBER = 2**53 - 1
"""The last whole number that JSON carries unharmed to a browser (RFC 8259 section 6)."""


class _Round(dict[int, int]):
    """What one round adds, by the half that it looks at: worked out when first asked for."""

    def __init__(self, key: bytes, index: int, modulus: int) -> None:
        super().__init__()
        self._prefix = key + bytes((index,))
        self._modulus = modulus

    def __missing__(self, half: int) -> int:
        digest = sha256(self._prefix + half.to_bytes(8, "big")).digest()
        added = self[half] = int.from_bytes(digest[:8], "big") % self._modulus
        return added


@dataclass(frozen=True, slots=True)
class Draw:
    """The order of those who waited at the opening: ticket numbers ``first`` … ``first + count - 1``.

    Each number has a turn in the same interval; outside it the turn is the number. What the rounds add is remembered,
    at most ``24 * sqrt(count)`` small integers, so keep a draw while it is in use.
    Raises ``ValueError`` for a key that is not of 32 bytes, and for numbers below 1 or beyond 2**53.
    """

    key: bytes
    first: int
    count: int
    _rounds: tuple[tuple[_Round, _Round], ...] = field(init=False, repr=False, compare=False)
    _width: int = field(init=False, repr=False, compare=False)
    _height: int = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if len(self.key) != KEY_BYTES:
            raise ValueError(f"a draw's key has {KEY_BYTES} bytes, not {len(self.key)}")
        if not 0 <= self.count <= MOST_DRAWN:
            raise ValueError(f"from 0 to {MOST_DRAWN} can be drawn, not {self.count}")
        if not 1 <= self.first <= LAST_NUMBER - self.count:
            raise ValueError(f"numbers go from 1 to {LAST_NUMBER}; the first cannot be {self.first}")
        width = isqrt(max(self.count - 1, 0)) + 1
        height = -(-self.count // width)
        rounds = [
            _Round(self.key, index, height if index % 2 else width) for index in range(ROUNDS) if height
        ]
        object.__setattr__(self, "_width", width)
        object.__setattr__(self, "_height", height)
        object.__setattr__(self, "_rounds", tuple(zip(rounds[::2], rounds[1::2], strict=True)))

    def __contains__(self, number: int) -> bool:
        """Whether this number was drawn."""
        return 0 <= number - self.first < self.count

    def turn_of(self, number: int) -> int:
        """The turn of a ticket number."""
        first, count, width, height = self.first, self.count, self._width, self._height
        place = number - first
        if not 0 <= place < count:
            return number
        while True:
            y, x = divmod(place, width)
            for to_x, to_y in self._rounds:
                x = (x + to_x[y]) % width
                y = (y + to_y[x]) % height
            place = y * width + x
            if place < count:
                return first + place

    def number_at(self, turn: int) -> int:
        """The ticket number that has this turn: the inverse of :meth:`turn_of`."""
        first, count, width, height = self.first, self.count, self._width, self._height
        place = turn - first
        if not 0 <= place < count:
            return turn
        while True:
            y, x = divmod(place, width)
            for to_x, to_y in reversed(self._rounds):
                y = (y - to_y[x]) % height
                x = (x - to_x[y]) % width
            place = y * width + x
            if place < count:
                return first + place

    def order(self) -> Iterator[int]:
        """All numbers that were drawn, in the order of their turns."""
        return map(self.number_at, range(self.first, self.first + self.count))
