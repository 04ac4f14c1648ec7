"""The most that a room may have let in, replayed from its record. Pure.

The bucket of the scripts (``scripts/lib/time.lua``) is never fuller than this one: what they cut off at moments of
which the record does not tell, this one keeps. So what it finds too many was too many.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import inf

from waitroom.line.rules import Mode, Rules

MAX_STEP_MS = 2_000
"""The clocks advance by no more in one call of a script: so much may accrue on top of what a room saves up."""
ROUNDING = 0.5
"""Admissions by which the sum of many rounded numbers may be off."""


@dataclass(slots=True)
class Bucket:
    """An upper bound of a room's budget: it fills at the rate, and holds what the room may save up."""

    clock: int = 0
    tokens: float = inf
    _was_called: bool = False
    _overfull_until: int = -1

    def pass_time(self, clock: int, rules: Rules) -> None:
        """Fills up to ``clock`` (milliseconds of the room clock) under the rules that held until then."""
        elapsed = max(clock - self.clock, 0)
        if not elapsed:
            return  # the lanes of one call are of one moment
        if self._was_called:
            # what a call leaves is cut off
            self.tokens, self._was_called = min(self.tokens, most_saved(rules)), False
        most = most_saved(rules) + rules.admission_rate * MAX_STEP_MS / 60_000
        if clock > self._overfull_until or self.tokens <= most:
            self.tokens = min(self.tokens + rules.admission_rate * elapsed / 60_000, most)
        self.clock = clock

    def spend(self, count: int, came_back: int) -> float:
        """Takes ``count`` out, after ``came_back`` places that nobody took. Returns by how many that was too many;
        0: it was right."""
        self.tokens += came_back - count
        self._was_called = True
        if self.tokens >= -ROUNDING:
            return 0.0
        too_many, self.tokens = -self.tokens, 0.0
        return too_many

    def change(self, rules: Rules, *, is_scheduled: bool) -> None:
        """Other rules hold from now on. An operator's change cuts off at once what they do not allow any more, a
        scheduled one with the next call."""
        if is_scheduled:
            self._overfull_until = self.clock + MAX_STEP_MS
        else:
            self.tokens = min(self.tokens, most_saved(rules))

    def forget(self) -> None:
        """What is in it is not known."""
        self.tokens = inf

    def empty(self) -> None:
        """Another life of the line begins with nothing."""
        self.tokens = 0.0


def most_saved(rules: Rules) -> float:
    """What the bucket holds between two calls: the model's ``most_tokens``."""
    if rules.admission_rate <= 0:
        return 0.0
    if rules.mode is not Mode.AUTO:
        return 1.0
    return max(1.0, rules.admission_rate * rules.burst_ms / 60_000)
