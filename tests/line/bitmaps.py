"""Bitmaps as Redis has them, for tests without Redis."""

from __future__ import annotations

from collections.abc import Iterable


def bits(numbers: Iterable[int], start: int) -> bytes:
    """A bitmap as Redis has it, its first bit for ``start``."""
    made = bytearray()
    for number in numbers:
        byte, bit = divmod(number - start, 8)
        made.extend(b"\0" * (byte + 1 - len(made)))
        made[byte] |= 0x80 >> bit
    return bytes(made)
