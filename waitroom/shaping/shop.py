"""A shop with a capacity: when it will be full, at a given inflow. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from math import exp, inf, log

from waitroom.shaping.profile import MINUTE_MS

NOBODY = 1e-9
"""So few a minute, of one or of all, are none."""


@dataclass(frozen=True, slots=True)
class Shop:
    """A shop that holds no more than ``capacity``, of which ``inside`` are there, and a share leaves a minute."""

    capacity: float
    inside: float
    leaving_per_minute: float
    doubt: float = 0.0
    """The relative standard error of that share."""

    def ms_until_full(self, per_minute: float, inside: float) -> float:
        """When di/dt = λ - h·i brings those inside to the capacity; infinity where it never does."""
        if inside >= self.capacity:
            return 0.0
        if self.leaving_per_minute <= NOBODY:
            return (self.capacity - inside) / per_minute * MINUTE_MS if per_minute > 0 else inf
        settles = per_minute / self.leaving_per_minute
        if settles <= self.capacity:
            return inf
        return log((settles - inside) / (settles - self.capacity)) / self.leaving_per_minute * MINUTE_MS

    def inside_after(self, ms: float, per_minute: float, inside: float) -> float:
        """How many are inside after so long, by the same equation."""
        if ms == inf or self.leaving_per_minute <= NOBODY:
            return min(inside + per_minute * ms / MINUTE_MS, self.capacity)
        settles = per_minute / self.leaving_per_minute
        return settles + (inside - settles) * exp(-self.leaving_per_minute * ms / MINUTE_MS)
