"""How the line changes by itself: who leaves it, who comes back, and who was never really there. Pure."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from itertools import pairwise
from math import exp, inf
from typing import NamedTuple, Protocol

from waitroom.shaping.staying import NOBODY_LEAVES, LifeTable, Staying

LOOK_MS = 20_000
"""Between two counts of the line."""
FEWEST = 30
"""Of fewer nothing can be said."""
USUAL_RETURN = 0.3
"""Which share of those who go away comes back, until that is measured."""
RETURN_MS = 120_000
"""After so long most of those who come back are back."""
MOST_GROUPS = 48
"""So many groups of the line are followed apart; others are put together."""
SLICES = 12
"""Of one that is being called nothing can be said: none is larger than one of so many parts of the line."""
_USUAL_AGE_MS = 300_000.0
_MEMORY_MS = 240_000.0
_FOLLOW_MS = 20_000.0
_MOST_BACK = 0.9
_MOST_AWAY = 0.8
"""Of a stretch of numbers in which so many are away, most were never given out: Redis left them out."""

Ahead = Callable[[int], int]
"""How many present ones stand before a number."""


class InLine(Protocol):
    """How a line stands, and who has come and gone since it began."""

    @property
    def at_ms(self) -> int: ...
    @property
    def called(self) -> int: ...
    @property
    def issued(self) -> int: ...
    @property
    def served(self) -> float: ...
    @property
    def drawn_last(self) -> int: ...
    @property
    def gone(self) -> int: ...
    @property
    def back(self) -> int: ...


class Group(NamedTuple):
    """Some of the line, one behind the other."""

    standing: float
    age_ms: float
    """For so long they have been in line."""


class Churn(NamedTuple):
    """How the line changes besides being admitted."""

    back: float = 0.0
    """The share of those admitted who come back from an absence and enter before the whole line."""
    groups: tuple[Group, ...] = ()
    """Those in line, from its head on, without those who were away and enter first."""
    late: float = 0.0
    """So many of these stand there already."""
    staying: Staying = NOBODY_LEAVES


class _Look(NamedTuple):
    at_ms: int
    called: int
    served: float
    gone: int
    back: int


class _Cohort:
    """Numbers up to ``last`` that came at about the same time, and how many of them stood in line when it was looked."""

    __slots__ = ("joined_ms", "last", "standing")

    def __init__(self, last: int, joined_ms: float, standing: float) -> None:
        self.last, self.joined_ms, self.standing = last, joined_ms, standing


def _sliced(called: int, last: int, joined_ms: float, standing: float) -> list[_Cohort]:
    """Equal parts of the numbers up to the last one."""
    parts = min(SLICES, last - called)
    return [
        _Cohort(called + (last - called) * (part + 1) // parts, joined_ms, standing / parts)
        for part in range(parts)
    ]


class _Mark(NamedTuple):
    """A number near the head, and how many stood up to it."""

    number: int
    standing: int


class Attrition:
    """Measures the churn of one line, by counting the same people again some time later.

    Who came at about the same time is a cohort. How many of each are still there tells who leaves, by age. All that comes in
    before a number near the head comes in before the line.
    """

    def __init__(self) -> None:
        self._table = LifeTable()
        self._came_back = 0.0
        self._served = float(FEWEST)
        self._calling_ms = 0
        self._away_ahead = 0.0
        self._back = USUAL_RETURN * FEWEST
        self._gone = float(FEWEST)
        self._gone_lately: deque[tuple[int, float]] = deque()
        self._told_back = 0.0
        self._at_ms = 0
        self._last: _Look | None = None
        self._drawn_last = 0
        self._cohorts: deque[_Cohort] = deque()
        self._mark: _Mark | None = None
        self._groups: tuple[Group, ...] = ()
        self._late = 0

    @property
    def churn(self) -> Churn:
        """The present one. It follows what is measured smoothly."""
        return Churn(self._told_back, self._groups, self._late, self._table.staying)

    def forget_numbers(self) -> None:
        """The numbers have changed: what was watched is not there any more."""
        self._last = self._mark = None
        self._cohorts.clear()
        self._gone_lately.clear()

    def look(self, line: InLine, ahead: Ahead) -> None:
        """Counts the line as it stands now."""
        if line.drawn_last != self._drawn_last:
            self._put_drawn_together(line)
        if self._last is None or line.at_ms - self._last.at_ms >= LOOK_MS:
            now = _Look(line.at_ms, line.called, line.served, line.gone, line.back)
            if self._last is not None:
                self._table.fade(now.at_ms - self._last.at_ms)
                self._follow_sleep(self._last, now)
                self._follow_returns(self._last, now, ahead)
            self._count(now, line.issued, ahead)
            self._mark = self._mark_near(now, ahead)
            self._last = now
        self._follow(line.at_ms)
        self._groups, self._late = self._group(line, ahead), ahead(line.called + 1)

    def _put_drawn_together(self, line: InLine) -> None:
        """Those who were drawn stand in another order than they came in: they are all of one age."""
        self._drawn_last = line.drawn_last
        drawn = [cohort for cohort in self._cohorts if cohort.last <= line.drawn_last]
        weight = sum(cohort.standing for cohort in drawn)
        if len(drawn) < 2 or weight <= 0:
            return
        age = sum(cohort.joined_ms * cohort.standing for cohort in drawn) / weight
        for _ in drawn:
            self._cohorts.popleft()
        self._cohorts.extendleft(reversed(_sliced(line.called, drawn[-1].last, age, weight)))

    def _count(self, now: _Look, issued: int, ahead: Ahead) -> None:
        """Who of each cohort is still there? Of one that is being called, nothing can be said."""
        then = self._last.at_ms if self._last is not None else now.at_ms
        reached = self._last.called if self._last is not None else now.called
        cohorts, previous = self._cohorts, reached
        while cohorts and cohorts[0].last <= now.called:
            previous = cohorts.popleft().last
        before = ahead(max(previous, now.called) + 1)
        for cohort in cohorts:
            up_to = ahead(cohort.last + 1)
            standing = up_to - before
            if previous >= now.called and cohort.standing > 0:
                self._table.add(then - cohort.joined_ms, now.at_ms - then, cohort.standing, standing)
            cohort.standing, before, previous = standing, up_to, cohort.last
        if issued > max(previous, now.called):
            standing = ahead(issued + 1) - before
            if self._last is None and now.called:
                # a worker that has just begun knows nothing of when they came
                age = now.at_ms - _USUAL_AGE_MS
                cohorts.extend(_sliced(now.called, issued, age, standing))
            else:
                cohorts.append(_Cohort(issued, (then + now.at_ms) / 2, standing))
        if len(cohorts) > MOST_GROUPS:
            self._merge(now.at_ms)

    def _merge(self, at_ms: int) -> None:
        """Two neighbours of nearly the same age become one."""
        cohorts = list(self._cohorts)
        ages = [(at_ms - cohort.joined_ms, cohort.standing) for cohort in cohorts]
        most = sum(standing for _, standing in ages) / SLICES
        costs = [
            abs(first[0] - second[0]) / (first[0] + LOOK_MS) * (first[1] + second[1])
            if first[1] + second[1] <= most
            else inf
            for first, second in pairwise(ages)
        ]
        at = costs.index(min(costs))
        first, second = cohorts[at], cohorts[at + 1]
        weight = first.standing + second.standing or 1.0
        joined = (first.joined_ms * first.standing + second.joined_ms * second.standing) / weight
        self._cohorts[at + 1] = _Cohort(second.last, joined, first.standing + second.standing)
        del self._cohorts[at]

    def _follow_sleep(self, then: _Look, now: _Look) -> None:
        """Of those who went away from the line some time ago, how many are back?"""
        fade = exp(-(now.at_ms - then.at_ms) / _MEMORY_MS)
        self._back = self._back * fade + USUAL_RETURN * FEWEST * (1 - fade) + now.back - then.back
        self._gone = self._gone * fade + FEWEST * (1 - fade)
        self._gone_lately.append((now.at_ms, now.gone - then.gone))
        while self._gone_lately and now.at_ms - self._gone_lately[0][0] >= RETURN_MS:
            self._gone += self._gone_lately.popleft()[1]

    def _follow_returns(self, then: _Look, now: _Look, ahead: Ahead) -> None:
        """How many came in before the line? Of those who stood up to a number some were admitted."""
        served, mark = now.served - then.served, self._mark
        if served > 0:
            self._calling_ms += now.at_ms - then.at_ms
        # nobody comes back at once
        if mark is None or mark.number <= now.called or self._calling_ms <= RETURN_MS:
            return
        fade = exp(-(now.at_ms - then.at_ms) / _MEMORY_MS)
        standing = ahead(mark.number + 1)
        age = then.at_ms - self._cohorts[0].joined_ms if self._cohorts else 0.0
        left, _ = self._table.staying.leave(age, age + now.at_ms - then.at_ms)
        came = served - mark.standing + standing + left * (mark.standing + standing) / 2
        self._came_back = self._came_back * fade + came
        self._served = self._served * fade + FEWEST * (1 - fade) + served

    def _mark_near(self, now: _Look, ahead: Ahead) -> _Mark | None:
        """The number to be watched until the next look; and which share of those called before it is away?"""
        near = 2 * (now.served - (self._last.served if self._last else now.served)) + FEWEST
        last = self._cohorts[-1].last if self._cohorts else 0
        if last <= now.called or ahead(last + 1) < near:
            return None
        low, high = now.called, last
        while low + 1 < high:
            middle = (low + high) // 2
            low, high = (low, middle) if ahead(middle + 1) >= near else (middle, high)
        mark = _Mark(high, ahead(high + 1))
        away = 1 - mark.standing / (high - now.called)
        if away <= _MOST_AWAY:
            self._away_ahead = max(away, 0.0)
        return mark

    def _follow(self, at_ms: int) -> None:
        passed = min(max(at_ms - self._at_ms, 0), LOOK_MS) if self._at_ms else LOOK_MS
        self._at_ms = at_ms
        part = 1 - exp(-passed / _FOLLOW_MS)
        self._table.follow(part)
        back = min(max(self._back_soon, 0.0), _MOST_BACK)
        self._told_back += part * (back - self._told_back)

    @property
    def _back_soon(self) -> float:
        """Of those who are called next some are away. As far as they come back they enter before the line: until it
        is seen how many do, as many as come back to the line itself."""
        returning = min(self._back / self._gone, 1.0) * self._away_ahead
        likely = returning / (1 - self._away_ahead + returning)
        measured = self._came_back / self._served
        trust = exp(-max(self._calling_ms - RETURN_MS, 0) / _MEMORY_MS)
        return trust * likely + (1 - trust) * measured

    def _group(self, line: InLine, ahead: Ahead) -> tuple[Group, ...]:
        groups, before = [], ahead(line.called + 1)
        for cohort in self._cohorts:
            if cohort.last > line.called:
                up_to = ahead(cohort.last + 1)
                groups.append(Group(up_to - before, line.at_ms - cohort.joined_ms))
                before = up_to
        rest = ahead(line.issued + 1) - before
        if rest > 0:
            looked = self._last.at_ms if self._last is not None else line.at_ms
            groups.append(Group(rest, (line.at_ms - looked) / 2))
        return tuple(groups)
