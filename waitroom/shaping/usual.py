"""What the shop takes when it is not busy: the least of its latency lately."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from math import exp

from waitroom.shaping.judging import ENOUGH, SLOW_SHARE
from waitroom.shaping.window import added, percentile

_RECENT_SECONDS = 10.0
_EPOCH_SECONDS = 300.0


@dataclass(frozen=True, slots=True)
class Usual:
    """The lowest 90th percentile of the last five to ten minutes, as TCP Vegas and BBR keep their lowest round trip.

    It is forgotten by and by, so that a shop that has become slower for good is not taken for overloaded for ever.
    """

    recent: Mapping[int, float] = field(default_factory=dict)
    """The times of the last ten seconds or so, the older the less."""
    lowest: float = 0.0
    """In these five minutes; 0: nothing yet."""
    before: float = 0.0
    """In the five before."""
    age: float = 0.0

    @property
    def seconds(self) -> float:
        """What nine of ten answers take at the most; 0: not known yet."""
        known = [low for low in (self.lowest, self.before) if low]
        return min(known, default=0.0)

    def after(self, seconds: float, times: Mapping[int, float]) -> Usual:
        """What is usual once these times were seen."""
        fade = exp(-seconds / _RECENT_SECONDS)
        faded = {at: count * fade for at, count in self.recent.items() if count > 0.01}
        recent = added(faded, times)
        lowest = self.lowest
        if sum(recent.values()) >= ENOUGH:
            now = percentile(recent, 1 - SLOW_SHARE)
            lowest = min(lowest, now) if lowest else now
        age = self.age + seconds
        if age >= _EPOCH_SECONDS and lowest:
            return Usual(recent, before=lowest)
        return replace(self, recent=recent, lowest=lowest, age=age)
