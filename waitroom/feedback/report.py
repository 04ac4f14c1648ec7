"""What the counts of some hours come to. Pure.

Answers are told in periods of one hour or more, each with enough of them. A period never changes once it is told, so
that nobody learns one answer from what an hour later is different: the hour that still runs is not among them, and
each day in UTC has periods of its own. What a day has too few answers of at its end is not told.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from itertools import groupby

from waitroom.feedback.buckets import BUCKETS, begin_of, end_of
from waitroom.feedback.floor import closed_groups, joined_groups
from waitroom.feedback.ledger import HOUR_SECONDS, Answer, Hour
from waitroom.feedback.question import Kind, Opinion, Where, opinion
from waitroom.feedback.survival import NOTHING, Point, Stood, added, curve, reached_seconds

DAY_HOURS = 24
_LATE_SECONDS = 120
"""By then all workers have told what they counted in an hour, by whatever clock."""


@dataclass(frozen=True, slots=True)
class Period:
    """Some hours of one day, of which enough have answered; or, without an opinion, too few."""

    first: int
    """The number of its first hour since 1970."""
    last: int
    stood: Stood
    opinion: Opinion | None
    hours: tuple[Hour, ...]

    @property
    def begin(self) -> int:
        """In seconds since 1970."""
        return self.first * 3600

    @property
    def end(self) -> int:
        """Likewise."""
        return (self.last + 1) * 3600


@dataclass(frozen=True, slots=True)
class ByWait:
    """What those say who waited for about as long."""

    begin: int
    """In seconds."""
    end: int | None
    """None: or longer."""
    opinion: Opinion


@dataclass(frozen=True, slots=True)
class Report:
    """All that is told of some days."""

    kind: Kind | None
    table: tuple[Stood, ...]
    """By bucket, with the hour that still runs."""
    points: tuple[Point, ...]
    periods: tuple[Period, ...]
    opinion: Opinion | None
    scores: Mapping[int, int]
    by_where: Mapping[Where, Opinion]
    by_wait: tuple[ByWait, ...]

    @property
    def half_seconds(self) -> float | None:
        """After how long half are gone; None: that is not known."""
        return reached_seconds(self.points, 0.5)

    @property
    def total(self) -> Stood:
        """All buckets together."""
        return reduce(Stood.__add__, self.table)


def running_hour(now: float) -> int:
    """The number of the hour that is not over yet. ``now`` is in seconds since 1970."""
    return int((now - _LATE_SECONDS) // HOUR_SECONDS)


def report(hours: Sequence[Hour], kind: Kind | None, *, least: int, running: int) -> Report:
    """The report of some hours in order, of which ``running`` is the number of the one that is not over."""
    table = reduce(added, (hour.stood for hour in hours), NOTHING)
    found = tuple(periods([hour for hour in hours if hour.number < running], kind, least))
    told = [hour for period in found if period.opinion is not None for hour in period.hours]
    answers = [
        (answer, count) for hour in told for answer, count in hour.answers.items() if answer.kind is kind
    ]
    scores = _by_score(answers)
    return Report(
        kind=kind,
        table=table,
        points=tuple(curve(table)),
        periods=found,
        opinion=opinion(kind, scores) if kind else None,
        scores=scores,
        by_where=_by_where(answers, kind, least),
        by_wait=tuple(_by_wait(answers, kind, least)) if kind else (),
    )


def periods(hours: Iterable[Hour], kind: Kind | None, least: int) -> Iterable[Period]:
    """The periods of hours that are over, in order."""
    for _, of_day in groupby(hours, lambda hour: hour.number // DAY_HOURS):
        day = list(of_day)
        groups = [group.members for group in closed_groups(day, lambda hour: _count(hour, kind), least)]
        rest = day[sum(map(len, groups)) :]
        for group in groups:
            yield _period(group, kind, is_told=True)
        if rest:
            yield _period(tuple(rest), kind, is_told=False)


def _period(hours: tuple[Hour, ...], kind: Kind | None, *, is_told: bool) -> Period:
    stood = reduce(Stood.__add__, (each for hour in hours for each in hour.stood), Stood())
    answers = [item for hour in hours for item in hour.answers.items() if item[0].kind is kind]
    found = opinion(kind, _by_score(answers)) if kind and is_told else None
    return Period(hours[0].number, hours[-1].number, stood, found, hours)


def _count(hour: Hour, kind: Kind | None) -> int:
    return sum(count for answer, count in hour.answers.items() if answer.kind is kind)


def _by_score(answers: Iterable[tuple[Answer, int]]) -> Counter[int]:
    scores: Counter[int] = Counter()
    for answer, count in answers:
        scores[answer.score] += count
    return scores


def _by_where(answers: Sequence[tuple[Answer, int]], kind: Kind | None, least: int) -> dict[Where, Opinion]:
    """Told where each has enough: of two, the other one is the sum less this one."""
    if kind is None:
        return {}
    parts = {where: _by_score(each for each in answers if each[0].where is where) for where in Where}
    asked = {where: scores for where, scores in parts.items() if scores}
    if any(scores.total() < least for scores in asked.values()):
        return {}
    return {where: found for where, scores in asked.items() if (found := opinion(kind, scores))}


def _by_wait(answers: Sequence[tuple[Answer, int]], kind: Kind, least: int) -> Iterable[ByWait]:
    parts = [_by_score(each for each in answers if each[0].bucket == bucket) for bucket in range(BUCKETS)]
    for group in joined_groups(range(BUCKETS), lambda bucket: parts[bucket].total(), least):
        together = _by_score(each for each in answers if each[0].bucket in group.members)
        found = opinion(kind, together)
        if found is not None:
            yield ByWait(begin_of(group.members[0]), end_of(group.members[-1]), found)
