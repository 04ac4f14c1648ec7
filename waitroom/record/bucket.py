"""The most that a room may have let in, replayed from its record. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf

from waitroom.line.rules import Mode, Rules

MAX_STEP_MS = 2_000
"""The clocks advance by no more in one call of a script: so much may accrue on top of what a room saves up."""
ROUNDING = 1.5
"""Admissions by which whole numbers may be off."""


@dataclass(slots=True)
class Bucket:
    """An upper bound of a room's budget: it fills at the rate, and holds what the room may save up."""

    clock: int = 0
    tokens: float = inf
    no_shows: int = 0

    def pass_time(self, clock: int, rules: Rules) -> None:
        """Fills up to ``clock`` (milliseconds of the room clock) under the rules that held until then."""
        accrued = rules.admission_rate * max(clock - self.clock, 0) / 60_000
        self.tokens = min(self.tokens + accrued, _most(rules) + rules.admission_rate * MAX_STEP_MS / 60_000)
        self.clock = max(clock, self.clock)

    def spend(self, count: int, no_shows: int) -> float:
        """Takes ``count`` out; ``no_shows`` is the running total of places that came back. Returns by how many that
        was too many; 0: it was right."""
        came_back = max(no_shows - self.no_shows, 0)
        self.no_shows = no_shows
        self.tokens += came_back - count
        if self.tokens >= -ROUNDING:
            return 0.0
        too_many, self.tokens = -self.tokens, 0.0
        return too_many

    def forget(self) -> None:
        """What the budget is now is not known."""
        self.tokens = inf


def _most(rules: Rules) -> float:
    if rules.mode is not Mode.AUTO:
        return 1.0
    return max(1.0, rules.admission_rate * rules.burst_ms / 60_000)
