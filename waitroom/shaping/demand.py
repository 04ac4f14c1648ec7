"""What those inside ask of the shop, and how fast they leave: what an admission now means for the load."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import exp

_LOAD_SECONDS = 4.0
"""Over which the load is averaged, ..."""
_LOAD_REQUESTS = 40
"""... or over that many requests, where they are few, ..."""
_LONGEST_SECONDS = 20.0
"""... but no longer than this."""
_EACH_SECONDS = 10.0
_LEAVING_SECONDS = 15.0
_FEWEST_VISITORS = 3


@dataclass(frozen=True, slots=True)
class Demand:
    """The visitors inside, as a plant of the first order: each asks for ``each`` requests a second until they leave."""

    load: float = 0.0
    """Requests a second."""
    each: float = 0.0
    """Requests a second of one visitor; 0: not known yet."""
    leaving: float = 0.0
    """Visitors a second who leave, with their part of the load."""
    admitted: int = -1
    """The room's count of admissions; -1: not known yet."""

    @property
    def inside(self) -> float:
        """Visitors who make the load."""
        return self.load / self.each if self.each else 0.0

    def after(self, seconds: float, *, asked: int, admitted: int, active: int) -> Demand:
        """The demand once ``asked`` requests more were seen within ``seconds``.

        ``active`` visitors made a request within the last ten seconds. Nobody says goodbye, so those who left are
        found from the balance: what came in, less what the load has grown by (a disturbance observer: K. Ohnishi, "A
        new servo method in mechatronics", 1987).
        """
        load = _towards(self.load, asked / seconds, seconds, self._load_seconds)
        each = self.each
        if active >= _FEWEST_VISITORS and load > 0:
            now = load / active
            each = _towards(each, now, seconds, _EACH_SECONDS) if each else now
        leaving = self.leaving
        if each:
            came = max(admitted - self.admitted, 0) / seconds if self.admitted >= 0 else 0.0
            left = came - (load - self.load) / seconds / each
            leaving = max(_towards(leaving, left, seconds, _LEAVING_SECONDS), 0.0)
        return replace(self, load=load, each=each, leaving=leaving, admitted=admitted)

    @property
    def _load_seconds(self) -> float:
        wanted = _LOAD_REQUESTS / self.load if self.load > 0 else _LONGEST_SECONDS
        return min(max(wanted, _LOAD_SECONDS), _LONGEST_SECONDS)


def _towards(value: float, news: float, seconds: float, memory_seconds: float) -> float:
    """An exponentially weighted mean."""
    fade = exp(-seconds / memory_seconds)
    return value * fade + news * (1 - fade)
