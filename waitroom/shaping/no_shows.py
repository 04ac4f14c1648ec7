"""Who does not come when called: their places lapse, and are given to the next in line. Pure."""

from __future__ import annotations

from collections import deque
from math import exp, sqrt
from typing import NamedTuple

from waitroom.shaping.profile import MINUTE_MS

USUAL = 0.03
"""Which share of those called does not come, until that is measured."""
_WORTH = 30.0
"""That guess counts as much as so many who were called."""
_MEMORY_MS = 300_000.0
_KNOWN = 60.0
"""Once it is known of so many what became of them, those who have not come yet tell nothing more."""
_COMING_MS = 10_000.0
"""By then almost all who do come have come; so long after the first was called begins the count of who has not."""
_LOOKS = 40
"""In the time after which a place lapses."""
_LEAST_LOOK_MS = 250.0
MOST = 0.5
"""The line gives no more back than the rate once again: see ``lapse_grants`` in ``scripts/lib/time.lua``."""


class Lapsing(NamedTuple):
    """How many places lapse, and will."""

    part: float = 0.0
    """Of those called, who does not come."""
    doubt: float = 0.0
    """The standard error of that part."""
    per_minute: float = 0.0
    """Places given in the last while: what comes of them is given again soon."""
    entry_ms: float = 60_000.0
    """After which a place lapses."""


class _Look(NamedTuple):
    at_ms: float
    admitted: float


class NoShows:
    """Measures the share of no-shows: of those admitted, how many lapse as much later as a place is kept.

    Until the first places could lapse, it is told by how many more there are every minute who have one and have not
    come for it.
    """

    def __init__(self, at_ms: float, admitted: float, per_minute: float, entry_ms: float) -> None:
        self._entry_ms = entry_ms
        self._looks = deque(
            [
                _Look(at_ms - entry_ms, admitted - per_minute * entry_ms / MINUTE_MS),
                _Look(at_ms, admitted),
            ]
        )
        self._lapsed, self._admitted = USUAL * _WORTH, _WORTH
        self._no_shows: float | None = None
        self._known = 0.0
        self._begun_ms = at_ms - _COMING_MS if per_minute else None
        self._since: tuple[float, float] | None = None
        self._absent = self._asked = 0.0

    def look(self, at_ms: float, admitted: float, no_shows: float, granted: float, entry_ms: float) -> None:
        """Takes in the counts of a room at ``at_ms``."""
        before = self._looks[-1]
        passed = at_ms - before.at_ms
        if passed < 0:
            return
        lapsed = max(no_shows - self._no_shows, 0.0) if self._no_shows is not None else 0.0
        self._no_shows = no_shows
        self._count_absent(at_ms, admitted, granted + no_shows)
        due = self._admitted_by(at_ms - entry_ms) - self._admitted_by(before.at_ms - self._entry_ms)
        self._entry_ms = entry_ms
        fade = exp(-passed / _MEMORY_MS)
        self._lapsed = self._lapsed * fade + USUAL * _WORTH * (1 - fade) + lapsed
        self._admitted = self._admitted * fade + _WORTH * (1 - fade) + max(due, 0.0)
        self._known += max(due, 0.0)
        earlier = self._looks[-2]
        if before.at_ms - earlier.at_ms < max(entry_ms / _LOOKS, _LEAST_LOOK_MS):
            self._looks.pop()
        self._looks.append(_Look(at_ms, admitted))
        while len(self._looks) > 2 and self._looks[1].at_ms <= at_ms - entry_ms:
            self._looks.popleft()

    @property
    def lapsing(self) -> Lapsing:
        """What is known of it now."""
        now = self._looks[-1]
        recent = now.admitted - self._admitted_by(now.at_ms - self._entry_ms)
        unknown = max(1 - self._known / _KNOWN, 0.0)
        lapsed = self._lapsed + unknown * self._absent
        admitted = self._admitted + unknown * self._asked
        part = min(max(lapsed / admitted, 0.0), MOST)
        return Lapsing(
            part,
            sqrt(max(part, USUAL) * (1 - part) / admitted),
            recent / self._entry_ms * MINUTE_MS,
            self._entry_ms,
        )

    def _count_absent(self, at_ms: float, admitted: float, absent: float) -> None:
        """Who was called and has not come, beyond those who are always on their way."""
        if self._begun_ms is None and admitted > self._looks[-1].admitted:
            self._begun_ms = at_ms
        if self._since is not None:
            self._asked = admitted - self._since[0]
            self._absent = min(max(absent - self._since[1], 0.0), self._asked)
        elif self._begun_ms is not None and at_ms - self._begun_ms >= _COMING_MS:
            self._since = admitted, absent

    def _admitted_by(self, at_ms: float) -> float:
        """How many had been admitted by then; between two looks they come evenly."""
        before = self._looks[0]
        for look in self._looks:
            if look.at_ms >= at_ms:
                share = (at_ms - before.at_ms) / max(look.at_ms - before.at_ms, 1.0)
                return before.admitted + min(max(share, 0.0), 1.0) * (look.admitted - before.admitted)
            before = look
        return before.admitted
