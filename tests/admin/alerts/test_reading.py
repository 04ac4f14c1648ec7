"""What an alert sees of a room."""

from __future__ import annotations

from dataclasses import replace

import pytest

from admin.alerts.reading import Reading, measure, measure_site
from waitroom.settings import Condition

NOW = 1_000_000.0
READING = Reading(
    room="drop",
    at=NOW - 1,
    workers=4,
    waiting=1200,
    wait_seconds=240,
    outflow_per_minute=90,
    target_per_minute=120,
    error_share=0.03,
    latency_seconds=0.8,
)


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        (Condition.ERRORS, 0.03),
        (Condition.LATENCY, 0.8),
        (Condition.LINE, 1200),
        (Condition.WAIT, 240),
        (Condition.OUTFLOW, 0.75),
    ],
)
def test_each_condition_has_its_figure(condition: Condition, expected: float) -> None:
    """And none, where Redis is away, what is known is old, or the figure itself is not known."""
    assert expected == measure(condition, READING, NOW)
    assert measure(condition, replace(READING, is_redis_reachable=False), NOW) is None
    assert measure(condition, READING, NOW + 30) is None
    assert measure(condition, Reading("drop", NOW), NOW) is None


@pytest.mark.parametrize(
    "reading",
    [
        replace(READING, outflow_per_minute=0, target_per_minute=0),
        replace(READING, outflow_per_minute=0, waiting=0),
        replace(READING, outflow_per_minute=500),
    ],
)
def test_an_outflow_is_low_only_where_somebody_should_be_let_in(reading: Reading) -> None:
    """Not in a room that is paused or empty; and more than the target is no fault of this kind."""
    assert 1.0 == measure(Condition.OUTFLOW, reading, NOW)


def test_the_site_is_one_whatever_its_rooms() -> None:
    """Redis, workers and old figures are told once, not once for each room."""
    rooms = [READING, replace(READING, room="late", at=NOW - 20, workers=9)]
    assert 0.0 == measure_site(Condition.REDIS, rooms, now=NOW, begun=0)
    assert 4 == measure_site(Condition.WORKERS, rooms, now=NOW, begun=0)
    assert 20 == measure_site(Condition.STALE, rooms, now=NOW, begun=0)
    assert 7 == measure_site(Condition.STALE, [], now=NOW, begun=NOW - 7)


def test_a_redis_that_is_away_is_one_alert() -> None:
    """What follows from it is not told besides."""
    away = [replace(READING, is_redis_reachable=False)]
    assert 1.0 == measure_site(Condition.REDIS, away, now=NOW, begun=0)
    assert measure_site(Condition.WORKERS, away, now=NOW, begun=0) is None
    assert measure_site(Condition.STALE, away, now=NOW + 100, begun=0) is None
