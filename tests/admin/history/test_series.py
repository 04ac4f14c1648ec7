"""What a chart draws."""

from __future__ import annotations

from collections.abc import Iterable

from admin.history.point import Point
from admin.history.series import LATE_STEPS, MOST_POINTS, Span, series_of
from tests.admin.history.test_points import seen


def points(times: Iterable[int]) -> dict[int, Point]:
    """A point at each of these, with its time as what waits."""
    return {at: seen(at, waiting=float(at), waiting_most=float(at)) for at in times}


def test_every_step_has_a_value_or_none() -> None:
    """The lists are of one length, and a stretch of which nothing is known is a gap."""
    series = series_of("drop", Span.QUARTER, points([*range(100, 110), *range(120, 1000)]), 99.5, 999.5)
    assert (100, 1, 900) == (series.begin, series.step_seconds, len(series.waiting))
    assert [100.0, 109.0, None, None, 120.0] == [series.waiting[at] for at in (0, 9, 10, 19, 20)]
    lengths = {len(value) for value in series.model_dump().values() if isinstance(value, list)}
    assert {900} == lengths
    assert ["idle", None] == [series.limited_by[at] for at in (0, 10)]


def test_a_look_that_came_late_is_no_gap() -> None:
    """As long as one comes soon after."""
    for missing in range(1, LATE_STEPS + 2):
        known = points(at for at in range(100, 1000) if not 500 <= at < 500 + missing)
        series = series_of("drop", Span.QUARTER, known, 99.5, 999.5)
        wanted = [499.0] * missing if missing <= LATE_STEPS else [None] * missing
        assert wanted == series.waiting[400 : 400 + missing]


def test_what_is_under_way_is_no_gap() -> None:
    """The newest step ends with the newest point; before anything is known there is nothing to draw."""
    assert 998.0 == series_of("drop", Span.QUARTER, points(range(100, 999)), 99.5, 999.5).waiting[-1]
    assert 999.0 == series_of("drop", Span.QUARTER, points(range(100, 1000)), 99.5, 999.5).waiting[-1]
    for span in Span:
        empty = series_of("drop", span, {}, 99.5, 999.5)
        assert {None} >= set(empty.waiting)
        assert len(empty.waiting) <= MOST_POINTS


def test_of_three_hours_each_step_is_of_twelve_seconds() -> None:
    """As many as the chart has room for."""
    now = 20_000.0
    series = series_of("drop", Span.HOURS, points(range(0, 20_000, 12)), now - 3 * 3600, now)
    assert (12, MOST_POINTS, 0) == (series.step_seconds, len(series.waiting), series.begin % 12)
    assert {True} == {value is not None for value in series.waiting}


def test_an_event_begins_with_what_is_known_of_it() -> None:
    """In minutes while it is short."""
    series = series_of("drop", Span.EVENT, points(range(600, 3600, 60)), 0, 3600)
    assert (600, 60, 50) == (series.begin, series.step_seconds, len(series.waiting))


def test_a_long_event_is_told_in_longer_steps() -> None:
    """Means, and the highest of the highest, so that no peak is lost."""
    week = 7 * 24 * 3600
    known = points(range(0, week, 60))
    series = series_of("drop", Span.EVENT, known, 0, week)
    assert (12 * 60, 840) == (series.step_seconds, len(series.waiting))
    assert [sum(range(0, 720, 60)) / 12, 660.0] == [series.waiting[0], series.waiting_most[0]]
    assert week - 60.0 == max(value for value in series.waiting_most if value is not None)
