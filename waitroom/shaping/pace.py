"""How fast one visitor may ask: a token bucket (Turner, "New directions in communications", 1986) for each.

In the form of the generic cell rate algorithm (ITU-T I.371): of each visitor one number is kept, the time at which
the bucket is full again. When that has passed nothing need be kept.
"""

from __future__ import annotations

from collections.abc import Hashable

MOST_KEPT = 100_000
"""Visitors of whom half the memory holds the bucket; beyond it, those who asked least recently are forgotten."""


class Pace:
    """Lets each visitor ask ``burst`` times at once, and ``per_minute`` times a minute in the long run.

    Time is in seconds and handed in; it never runs backwards.
    """

    def __init__(self, per_minute: float, burst: int) -> None:
        self._step = 60 / per_minute
        self._burst = burst * self._step
        self._full: dict[Hashable, float] = {}
        self._older: dict[Hashable, float] = {}
        self._begun = 0.0

    def __repr__(self) -> str:
        return f"<Pace {60 / self._step:g} a minute, {len(self._full) + len(self._older)} kept>"

    def __len__(self) -> int:
        """Buckets that are kept."""
        return len(self._full) + len(self._older)

    def take(self, who: Hashable, now: float) -> float:
        """Count a request. Returns for how many seconds it comes too early: then it does not count; 0 lets it pass."""
        if now - self._begun > self._burst or len(self._full) >= MOST_KEPT:
            # an empty bucket is full again after this time: what is older tells nothing
            self._older, self._full, self._begun = self._full, {}, now
        full = self._full.get(who) or self._older.get(who, now)
        full = (full if full > now else now) + self._step
        early = full - now - self._burst
        if early > 1e-9:
            return early
        self._full[who] = full
        return 0.0
