"""Joins and admissions a minute, as a console measures them."""

from __future__ import annotations

from admin.flow import Counts, Flow


def counts(
    at: float, issued: int, admitted: int, epoch: int = 1, members: int = 0, revision: int = 0
) -> Counts:
    """What a room with two lanes has counted at a moment."""
    return Counts(at, epoch, {"general": issued, "members": members}, admitted, revision)


def test_nothing_is_told_before_enough_was_seen() -> None:
    """Two moments close to each other say nothing of a minute."""
    flow = Flow()
    assert flow.joins_per_minute is None
    flow.add(counts(0, 500, 100))
    flow.add(counts(1, 510, 105))
    assert (None, None) == (flow.joins_per_minute, flow.admissions_per_minute)


def test_it_is_the_mean_of_the_last_minute() -> None:
    """What was before, and what a room had counted before the console came, is not in it."""
    flow = Flow()
    for second in range(200):
        flow.add(counts(second, 1000 + 100 * min(second, 100), 2 * second, members=max(second - 139, 0)))
    assert (60.0, 120.0) == (flow.joins_per_minute, flow.admissions_per_minute)
    assert (0.0, 60.0) == (flow.joins_of("general"), flow.joins_of("members"))


def test_a_reset_and_a_loss_are_no_newcomers() -> None:
    """In a new life all numbers are new; a gap that a restarted Redis leaves is nobody; totals never run backwards."""
    flow = Flow()
    flow.add(counts(0, 5000, 900))
    flow.add(counts(10, 30, 900, epoch=2))
    flow.add(counts(20, 10_040, 900, epoch=2))
    flow.add(counts(30, 20_100, 100, epoch=3))
    flow.add(counts(60, 20_120, 110, epoch=3))
    assert (60.0, 10.0) == (flow.joins_per_minute, flow.admissions_per_minute)


def test_admissions_are_told_of_the_time_since_something_was_set() -> None:
    """Whoever pauses sees within seconds that nobody is let in; joins go on as the mean of a minute."""
    flow, told = Flow(), {}
    for half in range(320):
        at, paused = half / 2, half > 200
        flow.add(counts(at, half, min(half, 200), revision=int(paused)))
        told[at] = (flow.admissions_per_minute, flow.admissions_seconds)
    assert (120.0, 60) == told[100.0]
    assert 100 > (told[102.0][0] or 0) > 0
    assert [(0.0, 5), (0.0, 30), (0.0, 59)] == [told[at] for at in (105.5, 130.5, 159.5)]
    assert 120.0 == flow.joins_per_minute
