"""How wide the range must be to hold in four cases of five: learned from those promises that have come due."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from math import log

MISSES = 0.1
"""Which share may end before the range, and which after it."""
HORIZONS_MS = (30_000.0, 120_000.0, 480_000.0, 1_920_000.0)
"""The lengths of waits that are learned apart; between them margins are interpolated."""
STEP = 0.12
"""For the shortest waits; for longer ones smaller in proportion, for more of their outcomes come of one cause."""
POWER = 0.35
_LEAST, _MOST = -1.0, 6.0
_LEAST_SUM = 0.8
_LOGS = tuple(log(horizon) for horizon in HORIZONS_MS)


@dataclass(frozen=True, slots=True)
class Margins:
    """How many standard deviations below and above, for each horizon."""

    below: tuple[float, ...]
    above: tuple[float, ...]

    def at(self, ms: float) -> tuple[float, float]:
        """Both for a wait of ``ms``."""
        if ms <= HORIZONS_MS[0]:
            return self.below[0], self.above[0]
        if ms >= HORIZONS_MS[-1]:
            return self.below[-1], self.above[-1]
        at = bisect_right(HORIZONS_MS, ms)
        share = (log(ms) - _LOGS[at - 1]) / (_LOGS[at] - _LOGS[at - 1])
        below, above = self.below, self.above
        return (
            below[at - 1] + share * (below[at] - below[at - 1]),
            above[at - 1] + share * (above[at] - above[at - 1]),
        )


START = Margins(below=(1.28,) * len(HORIZONS_MS), above=(1.28,) * len(HORIZONS_MS))
"""Those of a normal distribution, until something has been learned."""


class Calibration:
    """Tracks the 10 % and the 90 % quantile of the errors, each by steps up and down.

    A wait that ended after the range widens it there by nine steps' tenths, one that did not narrows it by one: in
    the long run exactly one in ten ends after it, however the errors come about (Gibbs and Candès, "Adaptive
    Conformal Inference Under Distribution Shift", 2021; as a tracker of quantiles in Angelopoulos, Candès and
    Tibshirani, "Conformal PID Control for Time Series Prediction", 2023).
    """

    def __init__(self) -> None:
        self._below = list(START.below)
        self._above = list(START.above)

    @property
    def margins(self) -> Margins:
        """The present ones."""
        return Margins(tuple(self._below), tuple(self._above))

    def learn(self, promised_ms: float, *, early: bool, late: bool) -> None:
        """Takes in one promise that came due: whether the turn came before or after the promised range."""
        at = min(range(len(_LOGS)), key=lambda at: abs(_LOGS[at] - log(max(promised_ms, 1.0))))
        step = STEP * (HORIZONS_MS[0] / HORIZONS_MS[at]) ** POWER
        below = self._below[at] + step * (early - MISSES)
        above = self._above[at] + step * (late - MISSES)
        if below + above >= _LEAST_SUM:
            self._below[at] = min(max(below, _LEAST), _MOST)
            self._above[at] = min(max(above, _LEAST), _MOST)
