"""How hard the challenge is: it rises with the rate at which places in line are taken."""

from __future__ import annotations

from dataclasses import dataclass
from math import exp, floor, log2

from waitroom.line.guard import When
from waitroom.line.snapshot import GAP

MEMORY_MS = 10_000
"""Over which the join rate is averaged."""
LEAST_RATE_PER_MINUTE = 6.0
"""A room that lets in fewer, or nobody, counts as one that lets in so many."""


def due_bits(when: When, *, joins: float, rate: float, holding: bool, bits: int, most_bits: int) -> int:
    """The difficulty that a newcomer owes, in bits; 0: nothing.

    ``joins`` and ``rate`` are places taken and admissions a minute. One bit more for each time that they are twice as
    many, so that who wants twice as many places works four times as hard.
    """
    if when is When.OFF or (when is When.AUTO and not holding):
        return 0
    excess = joins / max(rate, LEAST_RATE_PER_MINUTE)
    if excess <= 1:
        return bits if when is When.ALWAYS else 0
    return min(bits + floor(log2(excess)), most_bits)


@dataclass(slots=True)
class JoinRate:
    """Places taken a minute, from the counter of a line: an exponentially weighted mean.

    It counts those who got a place, so nobody makes the challenge harder for others without having met it.
    """

    per_minute: float = 0.0
    _epoch: int = 0
    _issued: int = 0
    _clock_ms: int = 0

    def observe(self, *, epoch: int, issued: int, clock_ms: int) -> None:
        """The line had given out so many numbers by that room clock."""
        step, joined = clock_ms - self._clock_ms, issued - self._issued
        known, self._epoch = self._epoch == epoch, epoch
        if known and step <= 0:
            return
        self._issued, self._clock_ms = issued, clock_ms
        if not known or joined < 0:
            return
        fade = exp(-step / MEMORY_MS)
        # a jump in the numbers is the gap that a restarted Redis leaves
        now = (joined - GAP if joined >= GAP else joined) * 60_000 / step
        self.per_minute = self.per_minute * fade + now * (1 - fade)
