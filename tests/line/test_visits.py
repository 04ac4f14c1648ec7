"""Renewals of the visits are gathered and told in batches; an ended visit is not renewed."""

from __future__ import annotations

import pytest

from waitroom.line.visits import MAX_FLUSH, SURE_SECONDS, Visits


class Clock:
    """A monotonic clock that is set."""

    now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    """Starts at 100 s."""
    return Clock()


def test_a_renewal_tells_how_long_ago_the_last_request_was(clock: Clock) -> None:
    """Of many requests the last one counts, and it is told once."""
    visits = Visits(clock)
    visits.active("a")
    clock.now += 1
    visits.active("a")
    visits.active("b")
    clock.now += 0.25
    assert {"a": 250, "b": 250} == visits.take()
    assert {} == visits.take()


def test_what_could_not_be_told_keeps_its_date(clock: Clock) -> None:
    """But a newer request wins."""
    visits = Visits(clock)
    visits.active("a")
    visits.active("b")
    clock.now += 2
    taken = visits.take()
    visits.active("b")
    visits.put_back(taken)
    clock.now += 1
    assert {"a": 3000, "b": 1000} == visits.take()


def test_an_ended_visit_is_known_and_not_renewed(clock: Clock) -> None:
    """Until its pass has expired by itself."""
    visits = Visits(clock)
    visits.active("a")
    visits.end(["a"])
    assert {} == visits.take() and visits.has_ended("a") and not visits.has_ended("b")
    clock.now += 10
    visits.forget_ended(11)
    assert visits.has_ended("a")
    visits.forget_ended(9)
    assert not visits.has_ended("a")


def test_a_crowd_is_told_in_parts(clock: Clock) -> None:
    """No call holds Redis for long."""
    visits = Visits(clock)
    for number in range(MAX_FLUSH + 5):
        visits.active(str(number))
    assert "<Visits 505 to renew, 0 ended>" == repr(visits)
    assert [MAX_FLUSH, 5, 0] == [len(visits.take()) for _ in range(3)]


def test_a_visit_that_begins_anew_is_no_more_ended(clock: Clock) -> None:
    """The support desk gave its place back, and its holder was let in: here, or in another worker."""
    visits = Visits(clock)
    visits.end(["a", "b"])
    visits.goes_on("a", is_new=True)
    visits.goes_on("b", is_new=False)
    assert (False, True) == (visits.has_ended("a"), visits.has_ended("b")), (
        "Redis may not have heard of the end"
    )
    clock.now += SURE_SECONDS + 1
    visits.goes_on("b", is_new=False)
    assert not visits.has_ended("b")
