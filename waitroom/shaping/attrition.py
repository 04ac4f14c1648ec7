"""How the line changes by itself: who leaves it, who comes back, and who was never really there. Pure."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from math import exp, sqrt
from typing import NamedTuple

from waitroom.shaping.profile import MINUTE_MS

LOOK_MS = 20_000
"""Between two counts of the line."""
SEASONED_MS = 110_000
"""By then all of those who only looked in have been missed."""
FRESH_MS = 75_000
"""By then most of them have: a little more than the presence window."""
MEMORY_MS = 240_000.0
FEWEST = 30
"""Of fewer nothing can be said."""
USUAL_BOUNCE = 0.1
"""Which share of newcomers looks in and goes, until that is measured."""
BOUNCE_DOUBT = 0.12
NEWCOMERS = 500.0
SETTLED_DOUBT, UNSETTLED_DOUBT = 0.12, 0.75
"""How far off, relatively, the share that leaves is when the line has run for long, and what comes to that before
anything was seen: at the start the impatient go, then the others stay, or their patience ends."""
_FOLLOW_MS = 20_000.0
_MOST_PER_MINUTE = 0.3
_MOST_BACK = 0.9

Ahead = Callable[[int], int]
"""How many present ones stand before a number."""


class Churn(NamedTuple):
    """How the line changes besides being admitted."""

    leaving_per_minute: float = 0.0
    """The share of those who have stood for a while that leaves; below 0 where more of them come back."""
    back: float = 0.0
    """The share of those admitted who come back from an absence and enter before the whole line."""
    bounce: float = USUAL_BOUNCE
    """The share of newcomers who are gone before long."""
    seasoned: float = 0.0
    """So many of the line, from its head on, have stood long enough that those who only looked in are gone."""
    watched_ms: float = 0.0
    """For so long the line has been watched."""
    bounce_doubt: float = BOUNCE_DOUBT
    """The standard error of the share of newcomers who go."""


class _Look(NamedTuple):
    at_ms: int
    called: int
    last: int
    """The last number in line."""
    served: float


class _Mark(NamedTuple):
    """A number, and how many stood up to it."""

    number: int
    standing: int


class Attrition:
    """Measures the churn of one line, by counting up to the same numbers again some time later.

    Of those who stood up to a number, some have been admitted; the rest of the difference is churn. Newcomers stand
    behind it and do not disturb. Two numbers are watched: one near the head, where all that comes in comes in before
    the line, and the last one that is no newcomer's, where the others come and go as well.
    """

    def __init__(self) -> None:
        self._bounced, self._newcomers = USUAL_BOUNCE * FEWEST, float(FEWEST)
        self._came_back = 0.0
        self._served = float(FEWEST)
        self._left = 0.0
        self._stood_minutes = float(FEWEST)
        self._told = Churn()
        self._at_ms = self._watched_ms = 0
        self._looks: deque[_Look] = deque()
        self._marks: tuple[_Mark, _Mark] | None = None

    @property
    def churn(self) -> Churn:
        """The present one. It follows what is measured smoothly."""
        return self._told

    def forget_numbers(self) -> None:
        """The numbers have changed: what was watched is not there any more."""
        self._looks.clear()
        self._marks = None

    def look(self, at_ms: int, called: int, last: int, served: float, ahead: Ahead) -> None:
        """Counts the line at ``at_ms``, of which ``last`` is the last number; ``served`` were ever admitted."""
        if not self._looks or at_ms - self._looks[-1].at_ms >= LOOK_MS:
            now = _Look(at_ms, called, last, served)
            if self._looks and self._marks:
                self._measure(self._looks[-1], now, self._marks, ahead)
            self._looks.append(now)
            self._season(now, ahead)
            self._marks = self._mark(ahead)
        self._follow(at_ms, called, ahead)

    def _season(self, now: _Look, ahead: Ahead) -> None:
        """Who of those that came between two earlier looks is still there?"""
        while len(self._looks) > 2 and now.at_ms - self._looks[1].at_ms >= SEASONED_MS:
            first = self._looks.popleft().last
            last = self._looks[0].last
            if first >= now.called and last > first:
                # the last few hundred are enough to know it
                fade = min(1.0, NEWCOMERS / (self._newcomers + last - first))
                self._bounced += (last - first) - (ahead(last + 1) - ahead(first + 1))
                self._bounced *= fade
                self._newcomers = (self._newcomers + last - first) * fade

    def _mark(self, ahead: Ahead) -> tuple[_Mark, _Mark] | None:
        """The two numbers to be watched until the next look."""
        now = self._looks[-1]
        before = self._looks[-2].served if len(self._looks) > 1 else now.served
        near = 2 * (now.served - before) + FEWEST
        seasoned = self._looks[0].last if len(self._looks) > 1 else 0
        if seasoned <= now.called:
            return None
        far = _Mark(seasoned, ahead(seasoned + 1))
        if far.standing < near:
            return None
        low, high = now.called, seasoned
        while low + 1 < high:
            middle = (low + high) // 2
            low, high = (low, middle) if ahead(middle + 1) >= near else (middle, high)
        return _Mark(high, ahead(high + 1)), far

    def _measure(self, then: _Look, now: _Look, marks: tuple[_Mark, _Mark], ahead: Ahead) -> None:
        near, far = marks
        if near.number <= now.called:
            return
        minutes = (now.at_ms - then.at_ms) / MINUTE_MS
        served = now.served - then.served
        standing = ahead(near.number + 1), ahead(far.number + 1)
        came = served - near.standing + standing[0], served - far.standing + standing[1]
        stood = (near.standing + standing[0]) / 2, (far.standing + standing[1]) / 2
        fade = exp(-(now.at_ms - then.at_ms) / MEMORY_MS)
        self._left *= fade
        self._stood_minutes = self._stood_minutes * fade + FEWEST * (1 - fade)
        leaving = self._left / self._stood_minutes
        if stood[1] >= 2 * stood[0]:
            self._left += came[0] - came[1]
            self._stood_minutes += (stood[1] - stood[0]) * minutes
            leaving = self._left / self._stood_minutes
        self._came_back = self._came_back * fade + came[0] + leaving * stood[0] * minutes
        self._served = self._served * fade + FEWEST * (1 - fade) + served

    def _follow(self, at_ms: int, called: int, ahead: Ahead) -> None:
        passed = min(max(at_ms - self._at_ms, 0), LOOK_MS) if self._at_ms else 0
        self._watched_ms += passed
        self._at_ms = at_ms
        share = 1 - exp(-passed / _FOLLOW_MS)
        told = self._told
        leaving = self._left / self._stood_minutes
        leaving = min(max(leaving, -_MOST_PER_MINUTE), _MOST_PER_MINUTE)
        back = min(max(self._came_back / self._served, 0.0), _MOST_BACK)
        seasoned = self._last_at(at_ms - FRESH_MS)
        self._told = Churn(
            told.leaving_per_minute + share * (leaving - told.leaving_per_minute),
            told.back + share * (back - told.back),
            told.bounce + share * (max(self._bounced / self._newcomers, 0.0) - told.bounce),
            float(ahead(seasoned + 1)) if seasoned > called else 0.0,
            self._watched_ms,
            sqrt((BOUNCE_DOUBT * FEWEST / self._newcomers) ** 2 + (SETTLED_DOUBT * told.bounce) ** 2),
        )

    def _last_at(self, at_ms: float) -> int:
        """The last number in line at an earlier moment: between two looks newcomers come evenly, and those who were
        in line at the first look may have stood there for long."""
        before = self._looks[0]
        for look in self._looks:
            if look.at_ms > at_ms:
                share = max(at_ms - before.at_ms, 0.0) / max(look.at_ms - before.at_ms, 1)
                return round(before.last + share * (look.last - before.last))
            before = look
        return before.last
