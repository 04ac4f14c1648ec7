"""The curves that the charts of a rehearsal show."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from waitroom.rehearse.figures import Number, judged, percentile
from waitroom.rehearse.run import Played
from waitroom.rehearse.ticks import Ticks

POINTS = 300
"""Of a curve over time, at most."""
SLICES = 100
"""Stretches of joining time whose waits are summed up."""
_WIDTHS = (
    1,
    2,
    5,
    10,
    15,
    20,
    30,
    60,
    120,
    180,
    300,
    600,
    900,
    1200,
    1800,
    3600,
    7200,
    14400,
    21600,
    43200,
    86400,
)


@dataclass(slots=True)
class OverTime:
    """By seconds from the beginning, at the ends of stretches: what flows a minute, what stands at its highest."""

    time: list[float] = field(default_factory=list)
    arrivals: list[float] = field(default_factory=list)
    entries: list[float] = field(default_factory=list)
    rate: list[float] = field(default_factory=list)
    line: list[int] = field(default_factory=list)
    inside: list[int] = field(default_factory=list)
    capacity: list[int | None] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class ByJoining:
    """The waits of those who entered, by the time at which they joined; the middles of stretches."""

    time: list[float]
    p10: list[Number]
    p50: list[Number]
    p90: list[Number]


@dataclass(frozen=True, slots=True)
class ToldAndTrue:
    """The middle of what those who joined then were told, and of the time until their turn."""

    time: list[float]
    low: list[Number]
    high: list[Number]
    true: list[Number]


@dataclass(frozen=True, slots=True)
class Within:
    """Seconds of wait, and the percentage of those who entered that waited no longer."""

    wait: list[Number]
    percent: list[int]


@dataclass(frozen=True, slots=True)
class Curves:
    """All of them."""

    over_time: OverTime
    by_joining: ByJoining
    told: ToldAndTrue
    within: Within


def curves_of(played: Played) -> Curves:
    """The curves of a rehearsal."""
    ticks, crowds = played.ticks, [side.crowd for side in played.sides]
    width = _width(len(played.scenario.curve.arrivals), SLICES)
    waits = sorted(
        (crowd.joined[number], crowd.entered[number] - crowd.joined[number])
        for crowd in crowds
        for number in crowd.order
    )
    joined, by_joining = _sliced(waits, width)
    told = sorted(judged(played))
    told_at, low = _sliced([(each.joined, each.low) for each in told], width)
    _, high = _sliced([(each.joined, each.high) for each in told], width)
    _, true = _sliced([(each.joined, each.waited) for each in told], width)
    ordered = sorted(wait for _, wait in waits)
    percents = list(range(101)) if ordered else []
    return Curves(
        over_time=_over_time(ticks, _width(ticks.time[-1], POINTS)) if ticks.time else OverTime(),
        by_joining=ByJoining(joined, *(_percentiles(by_joining, percent) for percent in (10, 50, 90))),
        told=ToldAndTrue(told_at, *(_percentiles(each, 50) for each in (low, high, true))),
        within=Within([percentile(ordered, percent) for percent in percents], percents),
    )


def _width(length: float, parts: int) -> int:
    return next((width for width in _WIDTHS if length / width <= parts), _WIDTHS[-1])


def _over_time(ticks: Ticks, width: int) -> OverTime:
    ends, end = [0], 0.0
    for index, time in enumerate(ticks.time):
        if time >= end + width or index == len(ticks.time) - 1:
            ends.append(index + 1)
            end = time
    curves = OverTime()
    arrived = entered = 0
    for first, last in pairwise(ends):
        minutes = sum(ticks.seconds[first:last]) / 60
        rates = zip(ticks.rate[first:last], ticks.seconds[first:last], strict=True)
        curves.time.append(round(ticks.time[last - 1], 3))
        curves.arrivals.append(round((ticks.arrived[last - 1] - arrived) / minutes, 2))
        curves.entries.append(round((ticks.entered[last - 1] - entered) / minutes, 2))
        curves.rate.append(round(sum(rate * seconds for rate, seconds in rates) / 60 / minutes, 2))
        curves.line.append(max(ticks.waiting[first:last]))
        curves.inside.append(max(ticks.inside[first:last]))
        curves.capacity.append(ticks.capacity[last - 1] or None)
        arrived, entered = ticks.arrived[last - 1], ticks.entered[last - 1]
    return curves


def _sliced(points: Sequence[tuple[float, float]], width: int) -> tuple[list[float], list[list[float]]]:
    """The middles of stretches of ``width`` seconds, and the values of ``points`` (by time) in each, in order."""
    times = [time for time, _ in points]
    stretches = sorted({int(time // width) for time in times})
    bounds = [(bisect_left(times, at * width), bisect_left(times, (at + 1) * width)) for at in stretches]
    return [(at + 0.5) * width for at in stretches], [
        sorted(value for _, value in points[first:last]) for first, last in bounds
    ]


def _percentiles(slices: Iterable[list[float]], percent: int) -> list[Number]:
    return [percentile(each, percent) for each in slices]
