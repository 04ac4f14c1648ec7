"""Is the shop well? By tables."""

from __future__ import annotations

import pytest

from waitroom.shaping.aims import Aims
from waitroom.shaping.judging import Sign, judge, target
from waitroom.shaping.window import Window, bucket

USUAL = 0.1


def seen(count: int, seconds: float, *, slow: int = 0, failed: int = 0, load: float = 0.0) -> Window:
    """A second with ``count`` answers in that time, and ``slow`` that took two seconds."""
    times = {bucket(seconds): float(count), bucket(2.0): float(slow)}
    return Window(
        1.0,
        count + slow,
        count + slow - failed,
        failed,
        times,
        0.0,
        load,
        int(load > 0),
        count + slow - failed,
    )


@pytest.mark.parametrize(
    ("window", "sign"),
    [
        (seen(100, 0.1), Sign.EASY),
        (seen(100, 0.25), Sign.BUSY),
        (seen(100, 0.1, load=0.85), Sign.BUSY),
        (seen(93, 0.1, slow=7), Sign.FULL),
        (seen(100, 0.1, failed=2), Sign.FULL),
        (seen(100, 0.1, load=0.95), Sign.FULL),
        (seen(100, 0.5), Sign.SLOW),
        (seen(100, 1.0), Sign.OVERLOADED),
        (seen(80, 0.1, slow=20), Sign.OVERLOADED),
        (seen(100, 0.1, failed=5), Sign.OVERLOADED),
        (seen(100, 0.1, load=1.1), Sign.OVERLOADED),
        (seen(10, 0.1), Sign.UNKNOWN),
        (seen(10, 0.1, failed=1), Sign.UNKNOWN),
        (seen(0, 0.1, failed=0), Sign.UNKNOWN),
        (seen(10, 0.1, failed=4), Sign.OVERLOADED),
        (seen(0, 0.1, slow=5), Sign.OVERLOADED),
    ],
)
def test_signs(window: Window, sign: Sign) -> None:
    """What a second says of a shop that takes 100 ms when it is not busy, and may take 400."""
    assert sign is judge(window, USUAL, Aims(), was_slow=False).sign


def test_a_line_that_stands_is_an_overload() -> None:
    """Too slow twice in a row is no burst any more."""
    assert Sign.OVERLOADED is judge(seen(100, 0.5), USUAL, Aims(), was_slow=True).sign


def test_the_worse_the_less_it_should_get() -> None:
    """Beyond the target the shop is given time to catch up, the more the slower it is, but never less than half."""
    eases = [judge(seen(100, seconds), USUAL, Aims(), was_slow=True).ease for seconds in (0.5, 0.7, 1.0, 9.0)]
    assert sorted(eases, reverse=True) == eases
    assert 1 > eases[0] > eases[-1] == 0.5


def test_a_quiet_time_is_enough_after_a_while() -> None:
    """A few requests without a sign of trouble are a good sign once nothing more has come for ten seconds."""
    few = Window(10.0, 6, 6, 0, {bucket(0.1): 6.0}, well=6)
    assert Sign.EASY is judge(few, USUAL, Aims(), was_slow=False).sign
    assert Sign.UNKNOWN is judge(Window(60.0), USUAL, Aims(), was_slow=False).sign


def test_the_reason_tells_every_sign() -> None:
    """Errors, time and told load are named with their bounds."""
    why = judge(seen(0, 0.1, slow=100, failed=30, load=1.5), USUAL, Aims(), was_slow=True).why
    assert "30.0% of its answers are errors (bound 1.0%)" in why
    assert "1 of 10 answers takes 2048 ms to begin (bound 400 ms)" in why
    assert "its load is 1.50" in why


@pytest.mark.parametrize(
    ("usual", "aims", "expected"),
    [
        (0.1, Aims(latency=0.8), 0.8),
        (0.0, Aims(latency=0.8), 0.8),
        (0.0, Aims(), float("inf")),
        (0.1, Aims(), 0.4),
        (0.001, Aims(), 0.051),
        (2.0, Aims(), 3.0),
    ],
)
def test_the_target(usual: float, aims: Aims, expected: float) -> None:
    """It is the one set, or four times the usual, but at least 50 ms and at most a second more."""
    assert expected == pytest.approx(target(usual, aims))
