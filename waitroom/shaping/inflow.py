"""How many come to a line, and whether they get fewer. Pure."""

from __future__ import annotations

from math import exp, log

from waitroom.shaping.profile import MINUTE_MS

_SHORT_MS, _LONG_MS = 60_000.0, 300_000.0
_APART_MINUTES = (_LONG_MS - _SHORT_MS) / MINUTE_MS
_MOST_FADING = 0.3


class Inflow:
    """Follows the joins of one line: over a minute, and over five to see where they go.

    Both are exponentially weighted means, free of the start's bias as the measured outflow is.
    """

    def __init__(self) -> None:
        self._short = self._long = 0.0
        self._short_weight = self._long_weight = 0.0

    def add(self, ms: float, joined: float) -> None:
        """``joined`` came within ``ms``."""
        if ms <= 0:
            return
        self._short, self._short_weight = _followed(self._short, self._short_weight, ms, joined, _SHORT_MS)
        self._long, self._long_weight = _followed(self._long, self._long_weight, ms, joined, _LONG_MS)

    @property
    def per_minute(self) -> float:
        """How many come just now."""
        return self._short / self._short_weight if self._short_weight else 0.0

    @property
    def fading_per_minute(self) -> float:
        """By which share of itself that gets less in a minute; 0 where it does not."""
        mean = self._long / self._long_weight if self._long_weight else 0.0
        if not 0 < self.per_minute < mean:
            return 0.0 if self.per_minute >= mean else _MOST_FADING
        return min(log(mean / self.per_minute) / _APART_MINUTES, _MOST_FADING)


def _followed(mean: float, weight: float, ms: float, joined: float, memory_ms: float) -> tuple[float, float]:
    fade = exp(-ms / memory_ms)
    return mean * fade + joined / ms * MINUTE_MS * (1 - fade), weight * fade + 1 - fade
