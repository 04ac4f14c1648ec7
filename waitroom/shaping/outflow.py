"""The measured outflow: how much of what was planned is really admitted, and how evenly."""

from __future__ import annotations

from collections import deque
from enum import Enum
from math import exp, sqrt
from typing import NamedTuple

TALLY_MS = 5_000.0
"""The least length of a tally; it is longer where fewer than :data:`TALLY_PLACES` are to be expected in it."""
TALLY_PLACES = 5.0
LONGEST_TALLY_MS = 60_000.0
MEMORY_MS = 120_000.0
"""Over which the level is averaged, exponentially."""
MEMORY_TALLIES = 30
"""Over which the dispersion is."""
FIRST_TALLIES = 4
"""Poisson's dispersion, which is assumed at first, counts as much as so many."""
SLEW = 0.005
"""By how much, relatively, the level in use may follow the measured one in 5 seconds: no jump without a reason."""
SHIFT_PLACES = 25.0
"""So many must have been expected before it is judged whether the outflow has shifted."""
SHIFT_DEVIATIONS = 3.5
SHIFT_LEAST = 0.15
_WINDOW = 60
START_DOUBT = 0.15
_START_MS = 20_000.0
_LEAST_DOUBT = 0.004


class Shift(Enum):
    """A change of the outflow beyond its usual unevenness."""

    SLOWER = -1
    FASTER = 1


class _Tally(NamedTuple):
    served: float
    expected: float
    """What was planned, or, with a full shop, the minutes that it took."""


class Outflow:
    """Measures one kind of flow: admissions for each one that was planned, or, of a full shop, for each minute.

    Only time in which somebody stood in line may be handed in: an empty line says nothing. The level in use follows
    the measured one slowly, but at once, as a :class:`Shift`, where the latest tallies could not come from it.

    Args:
        level: what to begin with.
        trust: as many admissions as that is worth.
        doubt: its relative standard error.
    """

    def __init__(self, level: float, trust: float = 0.0, doubt: float = START_DOUBT) -> None:
        self.level = level
        self.dispersion = 1.0
        self._tallies = 0
        self._doubt = doubt
        self._served = trust
        self._expected = trust / level
        self._evidence = 0.0
        self._begun = _Tally(0.0, 0.0)
        self._begun_ms = 0.0
        self._latest: deque[_Tally] = deque(maxlen=_WINDOW)
        self._start = level
        self._measured_ms = 0.0

    @property
    def doubt(self) -> float:
        """The relative standard error of the level."""
        measured = self._evidence / self.dispersion
        return sqrt(1 / (1 / self._doubt**2 + measured) + _LEAST_DOUBT**2)

    def add(self, ms: float, served: float, expected: float) -> Shift | None:
        """Takes in ``served`` admissions within ``ms``, of ``expected`` units; tells of a shift."""
        self._begun = _Tally(self._begun.served + served, self._begun.expected + expected)
        self._begun_ms += ms
        enough = self._begun.expected * self.level >= TALLY_PLACES or self._begun_ms >= LONGEST_TALLY_MS
        if self._begun_ms < TALLY_MS or not enough:
            return None
        tally, length = self._begun, self._begun_ms
        self._begun, self._begun_ms = _Tally(0.0, 0.0), 0.0
        self._latest.append(tally)
        self._measured_ms += length
        fade = exp(-length / MEMORY_MS)
        self._served = self._served * fade + tally.served
        self._expected = self._expected * fade + tally.expected
        self._evidence = self._evidence * fade + tally.served
        self._note_dispersion(tally)
        if shift := self._shifted():
            return shift
        self._follow(length)
        return None

    def _note_dispersion(self, tally: _Tally) -> None:
        mean = self.level * tally.expected
        if mean > 0:
            surprise = (tally.served - mean) ** 2 / mean
            # one tally that is far out is a shift, and says nothing of the unevenness
            self._tallies += 1
            surprise = min(surprise, 12 * self.dispersion) - self.dispersion
            self.dispersion += surprise / min(self._tallies + FIRST_TALLIES, MEMORY_TALLIES)
            self.dispersion = max(self.dispersion, 0.01)

    def _shifted(self) -> Shift | None:
        served = expected = 0.0
        count = 0
        for tally in reversed(self._latest):
            served += tally.served
            expected += tally.expected
            count += 1
            if self.level * expected >= SHIFT_PLACES and count >= 2:
                break
        else:
            return None
        mean = self.level * expected
        usual = sqrt(max(self.dispersion, 0.3) * mean + (0.05 * mean) ** 2)
        change = served / mean - 1
        if abs(served - mean) < SHIFT_DEVIATIONS * usual or abs(change) < SHIFT_LEAST:
            return None
        for _ in range(len(self._latest) - count):
            self._latest.popleft()
        self._served, self._expected, self._evidence = served, expected, served
        self.level = max(served, 0.5) / expected
        self._measured_ms = min(self._measured_ms, 2 * TALLY_MS)
        return Shift.FASTER if change > 0 else Shift.SLOWER

    def _follow(self, length: float) -> None:
        if self._expected <= 0:
            return
        trust = exp(-self._measured_ms / _START_MS)
        measured = trust * self._start + (1 - trust) * self._served / self._expected
        most = self.level * SLEW * length / TALLY_MS
        self.level += min(max(measured - self.level, -most), most)
