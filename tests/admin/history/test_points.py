"""Seconds that become minutes."""

from __future__ import annotations

from dataclasses import replace

import pytest

from admin.history.point import Point, counted, merged, point_of
from admin.history.resolution import COARSE, FINE, MIDDLE, Roll
from admin.standing import Standing
from waitroom.telemetry.counters import Counters
from waitroom.telemetry.families import ADMISSIONS, JOINS, SHOP_ANSWERS
from waitroom.telemetry.totals import Rise, Totals

QUIET = point_of(0, Standing(0, 0, 300.0, 0), "idle", Rise())


def seen(at: int, **values: object) -> Point:
    """A second in which little happened."""
    return replace(QUIET, at=at, **values)  # type: ignore[arg-type]


def totals(at: float, joins: int = 0, seconds: tuple[float, ...] = (), since: float = 1) -> Totals:
    """Totals with joins, and with answers that took so long."""
    counters = Counters()
    counters[JOINS.field("general", "held")] = joins
    for each in seconds:
        counters.answered(200, each)
    return Totals(counters.summed_up(), "drop", at, since)


def test_what_was_counted_is_told_as_rates() -> None:
    """Joins and admissions a minute, requests a second, and the shop's latencies and errors."""
    counters = Counters()
    for _ in range(90):
        counters.answered(200, 0.01)
    for _ in range(10):
        counters.answered(503, 3.0)
    counters.joined("general", admitted=True)
    counters.joined("general", admitted=False)
    point = counted(QUIET, Rise(counters.summed_up(), 10))
    assert (12.0, 6.0, 10.0, 0.1) == (point.joins, point.admissions, point.requests, point.errors)
    assert point.p50 is not None and point.p95 is not None and point.p99 is not None
    assert 0.0056 <= point.p50 <= 0.01 < 1.8 <= point.p95 <= point.p99 <= 3.2


def test_of_no_time_nothing_is_known() -> None:
    """Nor the latency of a shop that nobody asked."""
    assert (None, None, None) == (QUIET.joins, QUIET.p95, QUIET.errors)
    asked_nothing = counted(QUIET, Rise({}, 10))
    assert (0.0, None, None, 0.0) == (
        asked_nothing.joins, asked_nothing.p95, asked_nothing.errors, asked_nothing.requests,
    )  # fmt: skip


def test_several_points_are_one() -> None:
    """With the mean, the highest, the worst latency, and what limited it for most of the time."""
    points = [
        seen(0, waiting=10.0, waiting_most=10.0, limited_by="rate", p50=0.1, p99=0.2, newcomer=None),
        seen(1, waiting=40.0, waiting_most=50.0, limited_by="rate", p50=0.3, p99=5.0, newcomer=60.0),
        seen(2, waiting=10.0, waiting_most=10.0, limited_by="paused", p50=None, p99=None, newcomer=120.0),
    ]
    one = merged(0, points)
    assert (0, 20.0, 50.0, "rate") == (one.at, one.waiting, one.waiting_most, one.limited_by)
    assert pytest.approx(0.2) == one.p50
    assert (5.0, 90.0, None) == (one.p99, one.newcomer, one.joins)


def test_a_longer_step_counts_anew() -> None:
    """Its rates are those between its ends: neither means of rates, nor of percentiles."""
    roll = Roll(MIDDLE)
    done = []
    for second in range(12, 26):
        joins = 100 if second >= 20 else 0  # all in one second
        answers = (0.01,) * 95 + ((2.0,) * 5 if second >= 23 else ())
        point = seen(second, waiting=float(second), joins=6000.0, p99=0.01)
        done.append(roll.add(point, totals(second + 0.5, joins, answers if second > 12 else ())))
    (made,) = [point for point in done if point is not None]
    assert pytest.approx(100 * 60 / 11) == made.joins
    assert (12, 17.5) == (made.at, made.waiting)
    assert made.p99 is not None and 1.8 <= made.p99 <= 3.2


def test_steps_follow_each_other_without_a_gap() -> None:
    """What is counted between the last second of one and the first of the next belongs to the next."""
    roll = Roll(MIDDLE)
    made = [roll.add(seen(at), totals(at + 0.5, joins=at)) for at in range(0, 37)]
    joined = [point.joins * 11.5 / 60 for point in made if point is not None and point.joins is not None]
    # the first has no totals from before it began
    assert [11, 12, 12] == [
        round(each * seconds / 11.5) for each, seconds in zip(joined, (11, 12, 12), strict=True)
    ]


def test_after_a_silence_a_new_step_begins() -> None:
    """Whatever time has passed; and what is under way at the end is kept as far as it goes."""
    roll = Roll(COARSE)
    assert roll.close() is None
    assert roll.add(seen(61), totals(61)) is None
    first = roll.add(seen(600), totals(600, joins=9))
    assert first is not None
    assert (60, None) == (first.at, first.joins)
    last = roll.close()
    assert last is not None
    assert pytest.approx(9 * 60 / 539) == last.joins
    assert 600 == last.at
    assert roll.close() is None


def test_a_loss_of_redis_within_a_step_is_no_fall() -> None:
    """What was counted since counts."""
    roll = Roll(COARSE)
    roll.add(seen(60), totals(60, joins=1000))
    roll.add(seen(119), totals(119, joins=59, since=90))
    last = roll.close()
    assert last is not None
    assert pytest.approx(60.0) == last.joins


def test_the_finer_ones_have_as_many_points_as_a_chart() -> None:
    """A second for a quarter of an hour, twelve for three hours, a minute for a week."""
    assert [(1, 900), (12, 900), (60, 10_080)] == [
        (each.step_seconds, each.keep_seconds // each.step_seconds) for each in (FINE, MIDDLE, COARSE)
    ]
    assert (24, 24, 36) == (MIDDLE.begin(24), MIDDLE.begin(35.9), MIDDLE.begin(36))


def test_admissions_of_all_lanes_count() -> None:
    """And errors are those of the shop alone."""
    fields = {ADMISSIONS.field("general"): 3, ADMISSIONS.field("members"): 2, SHOP_ANSWERS.field("gone"): 7}
    point = counted(QUIET, Rise(fields, 60))
    assert (5.0, None) == (point.admissions, point.errors)
