"""When the next try comes, and which was the last."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from admin.alerts.retries import Decision, Fate, Outcome, Result, decide, retry_after

FAILED = Outcome(Result.FAILED)
DAY = 86_400.0


def wait(tries: int, *, jitter: float = 0.0, after: float | None = None) -> float:
    """The wait after so many tries."""
    outcome = Outcome(Result.FAILED, retry_after=after)
    return decide(outcome, tries=tries, age=0, retry_for=DAY, jitter=jitter).wait


def test_waits_double_up_to_ten_minutes() -> None:
    """Each is cut by up to half at random."""
    assert [2, 4, 8, 16, 512, 600, 600] == [wait(tries) for tries in (1, 2, 3, 4, 9, 10, 1000)]
    assert [1, 2, 300] == [wait(tries, jitter=1) for tries in (1, 2, 1000)]


def test_a_receiver_that_asks_for_time_gets_it() -> None:
    """Where that is longer than the wait would be, and for no more than a day."""
    assert 120 == wait(1, after=120)
    assert 2 == wait(1, after=1)
    assert DAY == wait(1, after=10 * DAY)


def test_the_last_try_is_when_the_time_is_over() -> None:
    """Not a moment before, and then no more."""
    assert Decision(Fate.WAITING, 5) == decide(FAILED, tries=20, age=95, retry_for=100, jitter=0)
    assert Decision(Fate.GIVEN_UP) == decide(FAILED, tries=21, age=100, retry_for=100, jitter=0)
    assert Decision(Fate.GIVEN_UP) == decide(FAILED, tries=1, age=0, retry_for=0, jitter=0)


def test_what_the_receiver_calls_wrong_is_given_up_soon() -> None:
    """It would hold up everything behind it for a day."""
    fates = [decide(Outcome(Result.REFUSED), tries=n, age=1, retry_for=DAY, jitter=0).fate for n in (1, 2, 3)]
    assert [Fate.WAITING, Fate.WAITING, Fate.GIVEN_UP] == fates


def test_delivered_and_gone_are_final() -> None:
    """Whatever the time."""
    assert Decision(Fate.DELIVERED) == decide(
        Outcome(Result.DELIVERED), tries=1, age=9e9, retry_for=0, jitter=0
    )
    assert Decision(Fate.GONE) == decide(Outcome(Result.GONE), tries=1, age=0, retry_for=DAY, jitter=0)


@given(st.integers(1, 10_000), st.floats(0, 2 * DAY), st.floats(0, 2 * DAY), st.floats(0, 1))
def test_no_wait_is_negative_or_endless(tries: int, age: float, retry_for: float, jitter: float) -> None:
    """And none goes beyond the time."""
    decision = decide(FAILED, tries=tries, age=age, retry_for=retry_for, jitter=jitter)
    assert 0 <= decision.wait <= 600
    assert decision.fate is (Fate.GIVEN_UP if age >= retry_for else Fate.WAITING)
    assert age + decision.wait <= max(retry_for, age) + 1e-6


@pytest.mark.parametrize(
    ("written", "seconds"),
    [
        ("120", 120),
        (" 7 ", 7),
        ("Sun, 06 Nov 1994 08:49:37 GMT", 10),
        ("Sun, 06 Nov 1994 08:49:00 GMT", 0),
        ("-1", None),
        ("1.5", None),
        ("soon", None),
        ("", None),
        ("٣", None),
        ("9" * 5000, 999_999_999_999),
    ],
)
def test_both_ways_to_write_it_are_read(written: str, seconds: float | None) -> None:
    """Seconds or a date; what is neither says nothing."""
    assert seconds == retry_after(written, now=784111767.0)
