"""What one worker sees of the shop."""

from __future__ import annotations

import pytest

from waitroom.shaping.signals import MOST_OF_A_VISITOR, Signals
from waitroom.shaping.telling import MOST_NAMES
from waitroom.shaping.window import bucket


class Clock:
    """A clock in the test's hand."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    """At some time."""
    return Clock()


@pytest.fixture
def signals(clock: Clock) -> Signals:
    """Switched on."""
    signals = Signals(clock)
    signals.is_on = True
    return signals


def test_answers_are_counted_and_timed(signals: Signals, clock: Clock) -> None:
    """An answer is served, and its time is that until it began."""
    for took in (0.1, 0.1, 0.7):
        number = signals.asked("somebody", timed=True)
        clock.now += took
        signals.answered(number, 200, [])
        signals.left(number)
    seen = signals.take()
    assert (3, 3, 1, {}) == (seen.asked, seen.served, seen.well, seen.failing)
    assert {bucket(0.1): 2 / 3, bucket(0.7): 1 / 3} == pytest.approx(seen.times)
    assert 0.9 == pytest.approx(seen.seconds)
    assert 0 == signals.take().asked


@pytest.mark.parametrize(
    ("status", "failed"), [(200, 0), (404, 0), (429, 0), (500, 1), (501, 0), (503, 1), (504, 1), (505, 0)]
)
def test_errors_of_the_shop_count(signals: Signals, status: int, failed: int) -> None:
    """5xx is the shop's, but for what speaks of the request itself."""
    signals.answered(signals.asked("somebody", timed=True), status, [])
    assert failed == sum(signals.take().failing.values())


def test_no_answer_at_all_is_an_error(signals: Signals) -> None:
    """So is a connection that could not be made, once."""
    number = signals.asked("somebody", timed=True)
    signals.failed(number)
    signals.left(number)
    seen = signals.take()
    assert (1, 0, [1], {}) == (seen.asked, seen.served, list(seen.failing.values()), seen.times)


def test_a_visitor_who_left_tells_nothing(signals: Signals) -> None:
    """The request was asked, and that is all."""
    signals.left(signals.asked("somebody", timed=True))
    seen = signals.take()
    assert (1, 0, 0, {}, {}) == (seen.asked, seen.served, seen.well, seen.failing, seen.times)


def test_what_does_not_begin_in_time_is_late(signals: Signals, clock: Clock) -> None:
    """It counts once, when it is late, and its answer is no second one."""
    signals.patience_seconds = 2.0
    number = signals.asked("somebody", timed=True)
    clock.now += 1.9
    assert {} == signals.take().times
    clock.now += 0.2
    assert {bucket(2.1): 1} == signals.take().times
    clock.now += 5
    assert {} == signals.take().times
    signals.answered(number, 200, [])
    seen = signals.take()
    assert (1, {}) == (seen.served, seen.times)


def test_what_may_take_long_is_not_timed(signals: Signals, clock: Clock) -> None:
    """A long poll is counted, but neither its time nor its silence is."""
    number = signals.asked("somebody", timed=False)
    clock.now += 100
    assert {} == signals.take().times
    signals.answered(number, 200, [])
    seen = signals.take()
    assert (1, {}) == (seen.served, seen.times)


def test_a_visitor_has_one_vote(signals: Signals, clock: Clock) -> None:
    """However many of one visitor's requests fail or are slow; who gets both kinds of answers votes in parts."""
    for _ in range(100):
        signals.answered(signals.asked("loud", timed=True), 500, [])
    for status in (200, 200, 200, 500):
        signals.answered(signals.asked("mixed", timed=True), status, [])
    for took in (0.1, 2.0):
        number = signals.asked("slow", timed=True)
        clock.now += took
        signals.answered(number, 200, [])
    seen = signals.take()
    assert [1, 0.25] == list(seen.failing.values())
    assert (1.75, 0) == (seen.well, seen.failed)
    assert {0: 1, bucket(0.1): 0.5, bucket(2.0): 0.5} == pytest.approx(seen.times)
    signals.answered(signals.asked("loud", timed=True), 500, [])
    assert [1] == list(signals.take().failing.values())


def test_a_visitor_is_a_few_requests_of_the_load(signals: Signals) -> None:
    """What goes beyond is neither load nor proof of what the shop can carry."""
    for _ in range(100):
        signals.answered(signals.asked("loud", timed=True), 200, [])
    signals.answered(signals.asked("quiet", timed=True), 200, [])
    seen = signals.take()
    assert (MOST_OF_A_VISITOR + 1, MOST_OF_A_VISITOR + 1) == (seen.asked, seen.served)
    signals.answered(signals.asked("loud", timed=True), 200, [])
    assert 1 == signals.take().asked


def test_what_the_gateway_refuses_is_no_load(signals: Signals) -> None:
    """It is taken back, but from what counts of its visitor."""
    for _ in range(100):
        signals.refused(signals.asked("loud", timed=True))
    signals.asked("loud", timed=True)
    signals.asked("quiet", timed=True)
    seen = signals.take()
    assert (1, {}, {}) == (seen.asked, seen.failing, seen.times)


def test_where_many_fail_not_all_are_named(signals: Signals) -> None:
    """A telling is short also when everybody fails."""
    for each in range(MOST_NAMES + 20):
        signals.failed(signals.asked(each, timed=True))
    seen = signals.take()
    assert (MOST_NAMES, 20) == (len(seen.failing), seen.failed)


@pytest.mark.parametrize(
    ("value", "load"),
    [
        (b"0.83", 0.83),
        (b" 1.2 ", 1.2),
        (b"1e9", 10.0),
        (b"nan", 0),
        (b"-1", 0),
        (b"high", 0),
        (b"", 0),
        (b"inf", 0),
    ],
)
def test_the_told_load(signals: Signals, value: bytes, load: float) -> None:
    """A number from 0 on is believed; whatever else it says is passed over."""
    headers = [(b"content-type", b"text/html"), (b"waitroom-load", value)]
    signals.answered(signals.asked("somebody", timed=True), 200, headers)
    assert load == pytest.approx(signals.take().load)


@pytest.mark.parametrize(
    ("value", "seconds"), [(b"30", 30), (b"0", 0), (b"Wed, 21 Oct 2026 07:28:00 GMT", 0), (b"9" * 400, 0)]
)
def test_retry_after(signals: Signals, value: bytes, seconds: float) -> None:
    """The longest that an error tells, in seconds; a date is passed over."""
    for told in (value, b"0"):
        number = signals.asked("somebody", timed=True)
        signals.answered(number, 503, [(b"retry-after", told)])
    assert seconds == signals.take().retry_after


def test_nothing_is_kept_of_a_request_that_is_over(signals: Signals) -> None:
    """However it ended."""
    for status in (200, 500):
        signals.answered(signals.asked("somebody", timed=True), status, [])
    signals.failed(signals.asked("somebody", timed=True))
    signals.left(signals.asked("somebody", timed=True))
    signals.take()
    assert "<Signals 0 asked, 0 open>" == repr(signals)
    assert not signals._judged
