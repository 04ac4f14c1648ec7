"""The life table of the wait, and what is never told of it."""

from __future__ import annotations

from math import exp, isclose

from waitroom.feedback.buckets import BOUNDS_SECONDS, BUCKETS, bucket_of, spread
from waitroom.feedback.floor import closed_groups, joined_groups
from waitroom.feedback.question import Kind, opinion
from waitroom.feedback.survival import NOTHING, Stood, added, curve, reached_seconds


def test_each_wait_has_its_bucket() -> None:
    """A bound begins the next bucket; the last one has no end."""
    assert [0, 0, 1, 1, BUCKETS - 1] == [bucket_of(at) for at in (-5, 59.9, 60, 119, 10**6)]
    assert {0: 30.0, 1: 60.0, 2: 10.0} == spread(100.0, 30, 130)
    assert {0: 4.0} == spread(4.0, -20, -5)


def test_those_let_in_are_no_leavers() -> None:
    """Whoever was let in counts for as long as they stood there, whatever their number."""
    few, many = (Stood(seconds=6000, left=5, silent=5, entered=entered) for entered in (0, 10_000))
    assert curve([few, *NOTHING[1:]]) == curve([many, *NOTHING[1:]])
    assert isclose(exp(-10 * 60 / 6000), curve([few, *NOTHING[1:]])[1].staying)


def test_the_curve_ends_where_too_few_have_waited() -> None:
    """Nobody stood in the last buckets: nothing is said of them."""
    stood = Stood(seconds=6000, left=3)
    assert [0, 60, 120] == [point.seconds for point in curve([stood, stood, *NOTHING[2:]])]
    assert [0] == [point.seconds for point in curve([Stood(seconds=599, left=9), *NOTHING[1:]])]


def test_the_bounds_hold_the_curve() -> None:
    """The more people, the closer they are."""

    def width(times: int) -> float:
        last = curve([Stood(seconds=6000 * times, left=10 * times), *NOTHING[1:]])[-1]
        assert last.low < last.staying < last.high
        return last.high - last.low

    assert width(100) < width(1) / 5


def test_more_came_back_than_went() -> None:
    """Then nobody has left, and the curve does not rise."""
    points = curve([Stood(seconds=6000, silent=-4), *NOTHING[1:]])
    assert [1.0, 1.0] == [point.staying for point in points]


def test_hours_add_up() -> None:
    """Two hours are one table."""
    one = (Stood(1, 2, 3, 4),) * BUCKETS
    assert (Stood(2, 4, 6, 8),) * BUCKETS == added(one, one)


def test_when_half_are_gone() -> None:
    """Between two bounds it is on the line between them; where the curve stays above, nothing is said."""
    points = curve([Stood(seconds=6000, left=100), *NOTHING[1:]])
    assert 0 < (reached_seconds(points, 0.5) or 0) < BOUNDS_SECONDS[0]
    assert reached_seconds(points, 0.1) is None


def test_scores_are_told_as_the_field_tells_them() -> None:
    """CSAT: the share of 4 and 5. NPS: promoters less detractors."""
    csat = opinion(Kind.CSAT, {1: 1, 4: 1, 5: 2})
    nps = opinion(Kind.NPS, {10: 3, 8: 4, 6: 3})
    assert csat is not None
    assert nps is not None
    assert (4, 3.75, 75.0) == (csat.answers, csat.mean, csat.score)
    assert (10, 8.0, 0.0) == (nps.answers, nps.mean, nps.score)
    assert opinion(Kind.CSAT, {}) is None


def test_what_has_too_few_answers_is_joined_with_its_neighbours() -> None:
    """No group has fewer, and nobody is left out of what changes no more."""
    counts = [1, 3, 0, 7, 2, 4, 1]
    groups = joined_groups(counts, int, 5)
    assert [(1, 3, 0, 7), (2, 4, 1)] == [group.members for group in groups]
    assert [11, 7] == [group.answers for group in groups]
    assert [] == joined_groups([1, 2], int, 5)


def test_what_may_still_change_is_not_told() -> None:
    """A group that was told stays as it is, whatever comes later."""
    assert closed_groups([5, 2, 3, 1], int, 5) == closed_groups([5, 2, 3, 1, 2], int, 5)
    assert [(5,), (2, 3)] == [group.members for group in closed_groups([5, 2, 3, 1], int, 5)]
