"""Counts of what was seen, and what they tell for certain."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from waitroom.shaping.window import Window, added, bucket, certain_share, longest, percentile

SECONDS = st.floats(0, 200, allow_nan=False)


@given(SECONDS)
def test_a_bucket_is_nine_percent_wide(seconds: float) -> None:
    """A time is at most the longest of its bucket, and more than that of the one before."""
    at = bucket(seconds)
    if at < bucket(1e9):
        assert seconds <= longest(at) * (1 + 1e-9)
    if at:
        assert seconds > longest(at - 1) * (1 - 1e-9)
    assert longest(at + 1) / longest(at) == pytest.approx(2 ** (1 / 8))


@given(st.lists(SECONDS, min_size=1, max_size=50), st.floats(0.01, 1))
def test_a_percentile_is_that_of_the_times(seconds: list[float], share: float) -> None:
    """It is the bucket of the time at the nearest rank."""
    times: dict[int, float] = {}
    for each in seconds:
        times = added(times, {bucket(each): 1})
    rank = next(number for number in range(1, len(seconds) + 1) if number >= share * len(seconds))
    assert longest(bucket(sorted(seconds)[rank - 1])) == percentile(times, share)


def test_no_times_have_no_percentile() -> None:
    """It is 0."""
    assert 0 == percentile({}, 0.9)


def test_windows_add_up() -> None:
    """One after the other they are a longer one; of what to wait for the longest counts."""
    one = Window(1, 10, 8, 1, {3: 8}, 2.0, 0.8, 1, 8)
    other = Window(2, 5, 5, 0, {3: 1, 4: 4}, 0.0, 1.6, 1, 5, {"a": 1})
    both = one.then(other)
    assert Window(3, 15, 13, 1, {3: 9, 4: 4}, 2.0, 0.8 + 1.6, 2, 13, {"a": 1}) == both
    assert 1.2 == pytest.approx(both.load)
    assert 2 / 15 == both.failed_share
    assert 4 == both.slower_than(longest(3))


@pytest.mark.parametrize(
    ("count", "of", "is_beyond"),
    [
        (0, 0, False),
        (0, 100, False),
        (1, 10, False),
        (3, 10, True),
        (3, 100, False),
        (4, 100, True),
        (9, 900, False),
    ],
)
def test_few_requests_accuse_nobody(count: int, of: int, is_beyond: bool) -> None:
    """Whether more than 1 % fail is certain only where chance does not explain it."""
    assert is_beyond == (certain_share(count, of) > 0.01)


@pytest.mark.parametrize(
    ("failed", "failing", "failures"),
    [
        (0, {}, 0),
        (0, {"a": 1}, 0),
        (0, {"a": 16}, 0),
        (0, {"a": 16, "b": 0.5}, 1.5),
        (3, {"a": 16}, 4),
    ],
)
def test_a_visitor_fails_once(failed: float, failing: dict[str, float], failures: float) -> None:
    """However often they were told of; and one alone has not failed at all."""
    assert failures == Window(1.0, failed=failed, failing=failing).failures


@pytest.mark.parametrize("count", [0.05, 0.5, 0.6])
def test_parts_of_a_visitor_accuse_nobody(count: float) -> None:
    """Less than one who failed is never certain to be more than it is."""
    assert certain_share(count, 1) <= max(count - 0.5, 0)


@given(st.integers(0, 1000), st.integers(1, 1000))
def test_what_is_certain_is_less_than_what_was_seen(count: int, of: int) -> None:
    """The certain share lies between 0 and the share itself, and grows with the number of requests."""
    count = min(count, of)
    assert 0 <= certain_share(count, of) <= count / of
    assert certain_share(count, of) <= certain_share(10 * count, 10 * of) + 1e-12
