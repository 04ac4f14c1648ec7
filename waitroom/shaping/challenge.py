"""The puzzle of the proof of work, pure.

A number below ``2 ** bits`` is hidden behind a hash; whoever finds it has tried half of them on the average and all of
them at the most (Juels and Brainard, "Client Puzzles", NDSS 1999; the first version of ALTCHA is the same). Hashcash
(Back 2002), which wants a hash with leading zeros, costs the same on the average and has no most: one visitor in a
thousand would work seven times as long as the others.
"""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from random import Random

SALT_BYTES = 9
TARGET_DIGITS = 32
"""Hexadecimal digits of SHA-256 that are compared: no second number below 2^26 has the same."""


@dataclass(frozen=True, slots=True)
class Puzzle:
    """Find the number below ``2 ** bits`` whose hash, with the salt before it, begins with ``target``."""

    bits: int
    salt: str
    target: str

    def is_solved_by(self, number: int) -> bool:
        """Whether this is the hidden number."""
        return 0 <= number < 2**self.bits and self.target == hash_of(self.salt, number)


def hash_of(salt: str, number: int) -> str:
    """The first digits of SHA-256 of ``salt:number``, the number in decimal."""
    return sha256(f"{salt}:{number}".encode()).hexdigest()[:TARGET_DIGITS]


def new_puzzle(bits: int, random: Random) -> Puzzle:
    """A puzzle that nobody has seen; ``random`` must not be guessable."""
    salt = random.randbytes(SALT_BYTES).hex()
    return Puzzle(bits, salt, hash_of(salt, random.randrange(2**bits)))


def solve(puzzle: Puzzle) -> int:
    """The hidden number, by trying: what an app does, and the page in its own language."""
    return next(number for number in range(2**puzzle.bits) if puzzle.is_solved_by(number))


def wait_seconds(bits: int, least_bits: int) -> int:
    """For how long a browser without JavaScript waits instead: ten seconds, and ten more each time it is harder."""
    return 10 * (1 + max(bits - least_bits, 0))
