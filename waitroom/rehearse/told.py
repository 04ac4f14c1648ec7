"""What newcomers are told about their wait, to be held against what came true."""

from __future__ import annotations

from typing import NamedTuple

from waitroom.line.lane import Lane
from waitroom.shaping.estimate import estimate

SAMPLES = 20_000
"""Newcomers whose estimate is kept: a coverage of 80 % is then known to within 0.6 points."""
VIEWS = 400
"""Looks at the bits while people arrive; a gateway looks every second."""


class Told(NamedTuple):
    """The estimate that one newcomer was given, in seconds."""

    number: int
    seconds: int
    low: int
    high: int


class Estimates:
    """Asks for the estimates of one lane as the gateway does: from its snapshot, with the newest counters over it."""

    def __init__(self, visitors: int, arriving_seconds: int) -> None:
        self.told: list[Told] = []
        self._every = max(-(-visitors // SAMPLES), 1)
        self._view_seconds = max(1.0, arriving_seconds / VIEWS)
        self._viewed = -self._view_seconds

    async def ask(self, lane: Lane, numbers: range, rate: float, now: float) -> None:
        """What the newcomers with these numbers are told now. ``rate`` is the lane's, a minute."""
        chosen = range(-(-numbers.start // self._every) * self._every, numbers.stop, self._every)
        if chosen and now - self._viewed >= self._view_seconds:
            self._viewed = now
            await lane.look()
        for number in chosen:
            made = estimate(lane.snapshot.ahead(number), flow=lane.head.flow, rate=rate)
            if made is not None:
                self.told.append(Told(number, made.seconds, made.low, made.high))
