"""What one worker lets in while Redis is away, where its room is set to go on without (``without_redis``).

Nobody coordinates the workers then, and they need not be: each knows the line as it last saw it. So many of it have had
their turn as the rate allows since Redis went away, counted from its front: at any moment these are the same for every
worker, so all of them together call no more than the rate. Whoever was called before, and newcomers, for whom the line
has to be through, are bounded by a budget of each worker, its even part of the rate (a token bucket: J. Turner, "New
directions in communications", IEEE Communications Magazine 24(10), 1986).
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import NamedTuple

SAVED_SECONDS = 1.0
"""Of the rate, what a worker to whom nobody came has saved up."""


class LetIn(NamedTuple):
    """A ticket that a worker let in by itself, as Redis must be told of it."""

    epoch: int
    lane: str
    number: int


class Alone:
    """The budget of one worker. ``rate_per_minute`` is that of its gateway, which ``workers`` share evenly."""

    def __init__(
        self, rate_per_minute: float, workers: int, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self.rate_per_minute = rate_per_minute
        self.untold: list[LetIn] = []
        """Who was let in, and Redis does not know."""
        self.untold_guests = 0
        """How many were, without a place in line."""
        self._workers = workers
        self._monotonic = monotonic
        self._since = 0.0
        self._counted_at = 0.0
        self._saved = 0.0

    def __repr__(self) -> str:
        return f"<Alone {self.rate_per_minute:g} a minute, {len(self.untold)} untold>"

    def rate(self, set_rate: float) -> float:
        """Admissions a minute of the gateway where ops staff, or the shop, allow ``set_rate``."""
        return min(self.rate_per_minute, set_rate)

    def reach(self, since: float, set_rate: float) -> float:
        """How many of the line have had their turn since Redis went away at ``since`` (monotonic)."""
        return self.rate(set_rate) * max(self._monotonic() - since, 0.0) / 60

    def spend(self, since: float, set_rate: float) -> bool:
        """Takes one admission out of this worker's part of the rate; False where there is none yet."""
        now, each = self._monotonic(), self.rate(set_rate) / self._workers / 60
        if since != self._since:
            self._since, self._counted_at, self._saved = since, max(since, 0.0), 0.0
        most = max(1.0, each * SAVED_SECONDS)
        self._saved = min(self._saved + max(now - self._counted_at, 0.0) * each, most)
        self._counted_at = now
        if self._saved < 1:
            return False
        self._saved -= 1
        return True
