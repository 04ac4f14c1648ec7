"""A lane at one moment, to be counted by ranges of tickets."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from waitroom.line.calls import Calls
from waitroom.line.head import Head


@dataclass(frozen=True, slots=True)
class Census:
    """Bitmaps by ticket number, from ``start`` to the last one that was given out, as numbers whose lowest bit is that
    of the last ticket."""

    head: Head
    start: int
    present: int
    """Who is there, or lets others pass, and is still in line."""
    used: int
    left: int

    @property
    def settled(self) -> int:
        """Of the numbers up to this nothing changes any more."""
        head = self.head
        if head.floor < head.drawn_last:
            # the drawn are settled in another order than that of their numbers: all of them, or none
            return min(head.floor, head.drawn_first - 1)
        return head.floor

    def count(self, first: int, last: int) -> tuple[int, int, int]:
        """How many of the numbers ``first`` … ``last`` are present, used, and given up."""
        first = max(first, self.start)
        if first > last:
            return 0, 0, 0
        shift, mask = self.head.issued - last, (1 << (last - first + 1)) - 1
        present, used, left = (((bits >> shift) & mask) for bits in (self.present, self.used, self.left))
        return present.bit_count(), used.bit_count(), left.bit_count()


class Counting(Calls):
    """The bits of a lane as a whole: for the one worker that counts them."""

    async def census(self, first: int) -> Census:
        """The lane from the number ``first`` on, or from the first of which there are bits."""
        _, reply, start, used, left, *seen, resting = await self._ask("census", first)
        head = self._learn(reply)
        return census_of(head, int(start), used, left, seen, map(int, resting or ()))


def census_of(
    head: Head, start: int, used: bytes, left: bytes, seen: Sequence[bytes], resting: Iterable[int]
) -> Census:
    """The bitmaps, cut to those who were given a number."""
    length = max(head.issued - start + 1, 0)
    entered = _bits(used, length)
    present = 0
    for bits in seen:
        present |= _bits(bits, length)
    for number in resting:
        if start <= number <= head.issued:
            present |= 1 << (head.issued - number)
    return Census(head, start, present & ~entered, entered, _bits(left, length))


def _bits(text: bytes, length: int) -> int:
    size = -(-length // 8)
    return int.from_bytes(text[:size].ljust(size, b"\0")) >> (8 * size - length)
