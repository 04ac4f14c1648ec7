"""Whether the estimates come true is counted, on a sample."""

from __future__ import annotations

from waitroom.shaping.forecast import Estimate
from waitroom.shaping.promises import MOST_OPEN, Hits, Outcome, Promises

TOLD = Estimate(100, 80, 120)


def test_a_promise_is_kept_when_the_turn_comes_within_the_range() -> None:
    """Both ends included; else it was early or late."""
    promises = Promises()
    for number in range(1, 5):
        promises.remember(0, number, TOLD)
    due = [
        promises.settle(at_ms, called)[0]
        for at_ms, called in ((79_000, 1), (80_000, 2), (120_000, 3), (121_000, 4))
    ]
    assert [(True, False), (False, False), (False, False), (False, True)] == [
        (one.early, one.late) for one in due
    ]
    assert Outcome(100_000, early=True, late=False) == due[0]
    assert Hits(asked=4, early=1, late=1) == promises.hits
    assert (2, 0.5, 0) == (promises.hits.kept, promises.hits.rate, len(promises))


def test_who_still_waits_after_the_range_has_been_told_too_little() -> None:
    """It counts as soon as the range is over, and not once more when the turn comes."""
    promises = Promises()
    promises.remember(0, 1, TOLD)
    promises.remember(0, 2, Estimate(100, 80, 130))
    assert [] == promises.settle(120_000, 0)
    assert [Outcome(100_000, early=False, late=True)] == promises.settle(121_000, 0)
    assert [Outcome(100_000, early=False, late=False)] == promises.settle(125_000, 2)
    assert Hits(asked=2, late=1) == promises.hits


def test_nothing_asked_has_no_rate() -> None:
    """Before the first promise came due."""
    assert Promises().hits.rate is None


def test_counts_add_up() -> None:
    """Those of several lanes, or workers."""
    assert Hits(5, 1, 2, 7) == Hits(3, 1, 0, 4) + Hits(2, 0, 2, 3)


def test_promises_that_a_change_overtook_count_apart() -> None:
    """Those made after it count as ever."""
    promises = Promises()
    promises.remember(1_000, 1, TOLD)
    promises.overtake(2_000)
    promises.remember(3_000, 2, TOLD)
    assert 1 == len(promises.settle(103_000, 2))
    assert Hits(asked=1, overtaken=1) == promises.hits


def test_places_all_over_the_line_are_picked() -> None:
    """Near the head as well as far back, and never one that was called or not given out."""
    promises, picked = Promises(), []
    for second in range(400):
        number = promises.pick(second * 1000, 1_000, 11_000)
        assert number is not None
        picked.append(number)
        promises.remember(second * 1000, number, Estimate(1, 0, 1))
    assert 1_000 < min(picked) and max(picked) <= 11_000
    for low, high in ((1_000, 1_010), (1_010, 1_100), (1_100, 2_000), (2_000, 6_000), (6_000, 11_000)):
        assert sum(low < number <= high for number in picked) > 20


def test_what_is_remembered_is_bounded() -> None:
    """Of long waits fewer are picked; an empty line has none."""
    promises = Promises()
    assert promises.pick(0, 5, 5) is None
    for second in range(7200):
        if (number := promises.pick(second * 1000, 0, 100_000)) is not None:
            promises.remember(second * 1000, number, Estimate(3600, 3000, 4000))
    assert len(promises) == MOST_OPEN
    promises.forget()
    assert (0, Hits()) == (len(promises), promises.hits)
