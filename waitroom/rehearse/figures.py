"""The figures of a rehearsal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import ceil, inf
from typing import NamedTuple

from waitroom.line.rules import Rules
from waitroom.record.fairness import Course, Fairness, fairness
from waitroom.rehearse.crowd import Crowd, Fate
from waitroom.rehearse.run import Played
from waitroom.rehearse.side import Side
from waitroom.rehearse.ticks import Ticks

PERCENTILES = (50, 75, 90, 95, 99)

Number = float | None


@dataclass(frozen=True, slots=True)
class Waits:
    """The waits of those who entered, in seconds. None: nobody did."""

    p50: Number
    p75: Number
    p90: Number
    p95: Number
    p99: Number
    max: Number
    mean: Number


@dataclass(frozen=True, slots=True)
class LaneFigures:
    """One lane of a rehearsal."""

    name: str
    weight: float
    visitors: int
    waits: Waits
    fairness: Fairness


@dataclass(frozen=True, slots=True)
class Figures:
    """What a rehearsal showed. Shares are from 0 to 1; None where there was nothing to measure."""

    visitors: int
    entered: int
    left: int
    no_shows: int
    missed: int
    """Came back more than ``keep`` after their turn."""
    still_waiting: int
    overtakes: int
    kendall_tau: float
    """Of the lane where it is lowest."""
    lanes: list[LaneFigures]
    waits: Waits
    held_seconds: float
    """The time in which the rate, and it alone, held somebody who looked."""
    rate_error: Number
    """How far the turns that were given in that time, less those given back, were off the rate: -0.02 is two percent
    fewer."""
    entry_error: Number
    """The same of the turns that were taken: what is given back is given to others a little later."""
    wasted_turns: int
    """Turns that nobody took: they lapsed."""
    eta_coverage: Number
    """The share of newcomers whose turn came within the range that they were told."""
    estimates: int
    """How many of those were asked."""
    seconds: float
    peak_line: int
    peak_inside: int


def figures_of(played: Played) -> Figures:
    """The figures of a rehearsal."""
    ticks, crowds = played.ticks, [side.crowd for side in played.sides]
    fates = [sum(crowd.fate.count(fate) for crowd in crowds) for fate in Fate]
    in_time = [each.in_time for each in judged(played)]
    lanes = [_lane(side, played.scenario.rules) for side in played.sides]
    return Figures(
        visitors=sum(crowd.arrived for crowd in crowds),
        entered=fates[Fate.ENTERED],
        left=fates[Fate.LEFT],
        no_shows=fates[Fate.NO_SHOW],
        missed=fates[Fate.MISSED],
        still_waiting=sum(
            fates[fate] for fate in (Fate.WAITING, Fate.ASLEEP, Fate.CALLED, Fate.CALLED_ASLEEP)
        ),
        overtakes=sum(lane.fairness.overtakes for lane in lanes),
        kendall_tau=min(lane.fairness.kendall_tau for lane in lanes),
        lanes=lanes,
        waits=_waits(crowds),
        held_seconds=sum(seconds for seconds, held in zip(ticks.seconds, ticks.held, strict=True) if held),
        rate_error=_rate_error(ticks),
        entry_error=_entry_error(crowds, ticks),
        wasted_turns=played.wasted_turns,
        eta_coverage=sum(in_time) / len(in_time) if in_time else None,
        estimates=len(in_time),
        seconds=ticks.time[-1] if ticks.time else 0.0,
        peak_line=max(ticks.waiting, default=0),
        peak_inside=max(ticks.inside, default=0),
    )


class Judged(NamedTuple):
    """An estimate, and what came true."""

    joined: float
    seconds: int
    low: int
    high: int
    waited: float

    @property
    def in_time(self) -> bool:
        """Whether the turn came within the range."""
        return self.low <= self.waited <= self.high


def judged(played: Played) -> Iterator[Judged]:
    """The estimates that can be judged: the turn came while the page was open, and nobody turned the dial before."""
    changes = [change.at for change in played.scenario.changes]
    for side in played.sides:
        crowd = side.crowd
        for told in side.estimates.told:
            joined, turn = crowd.joined[told.number], crowd.turn[told.number]
            overtaken = any(joined < at <= turn for at in changes)
            if turn == crowd.stood_until[told.number] < inf and not overtaken:
                yield Judged(joined, told.seconds, told.low, told.high, turn - joined)


def _lane(side: Side, rules: Rules) -> LaneFigures:
    crowd, name = side.crowd, side.line.lane
    # whose turns were wasted, the line does not tell
    fair = fairness(_courses(crowd), wasted_turns=0)
    return LaneFigures(name, rules.weight_of(name), crowd.arrived, _waits([crowd]), fair)


def _waits(crowds: list[Crowd]) -> Waits:
    waits = sorted(crowd.entered[number] - crowd.joined[number] for crowd in crowds for number in crowd.order)
    p50, p75, p90, p95, p99 = (percentile(waits, percent) for percent in PERCENTILES)
    longest = round(waits[-1], 3) if waits else None
    mean = round(sum(waits) / len(waits), 3) if waits else None
    return Waits(p50, p75, p90, p95, p99, longest, mean)


def _courses(crowd: Crowd) -> Iterator[Course]:
    entered, joined, stood = crowd.entered, crowd.joined, crowd.stood_until
    draw = crowd.draw
    for number in range(1, crowd.arrived + 1):
        place = crowd.place[number]
        if draw is not None and number in draw and crowd.turn[number] == inf:
            place = draw.turn_of(number)
        yield Course(place, joined[number], stood[number], entered[number] if entered[number] < inf else None)


def _target(ticks: Ticks) -> float:
    """The turns that the rate allowed for while it held somebody."""
    ticked = zip(ticks.rate, ticks.seconds, ticks.held, strict=True)
    return sum(rate * seconds / 60 for rate, seconds, is_held in ticked if is_held)


def _rate_error(ticks: Ticks) -> Number:
    target = _target(ticks)
    if not target:
        return None
    given = zip([0, *ticks.given[:-1]], ticks.given, ticks.held, strict=True)
    return sum(after - before for before, after, is_held in given if is_held) / target - 1


def _entry_error(crowds: list[Crowd], ticks: Ticks) -> Number:
    """Those who entered count when their turn was given: the door is some seconds away."""
    target = _target(ticks)
    if not target:
        return None
    held = {time for time, is_held in zip(ticks.time, ticks.held, strict=True) if is_held}
    return sum(crowd.turn[number] in held for crowd in crowds for number in crowd.order) / target - 1


def percentile(ordered: Sequence[float], percent: float) -> Number:
    """By the nearest rank: a value that did occur."""
    if not ordered:
        return None
    return round(ordered[max(ceil(len(ordered) * percent / 100) - 1, 0)], 3)
