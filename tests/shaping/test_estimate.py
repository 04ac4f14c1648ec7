"""The estimate is a range that keeps its promise."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from waitroom.shaping.estimate import UNCERTAINTY_OF_FLOW, UNCERTAINTY_OF_PLAN, Estimate, estimate

FLOWS = st.floats(0.01, 1e6)
AHEAD = st.integers(0, 1_000_000)


def known(ahead: int, flow: float, rate: float = 300.0) -> Estimate:
    """An estimate where there is one."""
    made = estimate(ahead, flow=flow, rate=rate)
    assert made is not None
    return made


@given(ahead=AHEAD, flow=FLOWS)
def test_the_range_contains_the_likely_wait(ahead: int, flow: float) -> None:
    """And is never before now."""
    made = known(ahead, flow)
    assert 0 <= made.low <= made.seconds <= made.high


@given(ahead=AHEAD, more=st.integers(1, 1000), flow=FLOWS)
def test_who_stands_farther_back_is_never_told_a_shorter_wait(ahead: int, more: int, flow: float) -> None:
    """Each of the three numbers grows with the place."""
    near, far = known(ahead, flow), known(ahead + more, flow)
    assert near.low <= far.low and near.seconds <= far.seconds and near.high <= far.high


@pytest.mark.parametrize("flow", [0.0, 60.0])
def test_a_room_that_admits_nobody_has_no_estimate(flow: float) -> None:
    """A rate of nothing, whatever flowed before."""
    assert estimate(5, flow=flow, rate=0) is None


def test_the_measured_outflow_counts_and_not_the_configured_rate() -> None:
    """The rate stands in only where nothing was measured, with more doubt."""
    measured, planned = known(99, 60.0, rate=6000.0), known(99, 0.0, rate=60.0)
    assert 100 == measured.seconds == planned.seconds
    assert measured.high - measured.low < planned.high - planned.low


@pytest.mark.parametrize("ahead", [0, 1, 5, 30, 200])
@pytest.mark.parametrize(("measured", "doubt"), [(True, UNCERTAINTY_OF_FLOW), (False, UNCERTAINTY_OF_PLAN)])
def test_about_four_waits_of_five_fall_into_the_range(ahead: int, measured: bool, doubt: float) -> None:
    """Admissions as a Poisson stream, of a rate that is known as badly as is assumed."""
    chance = random.Random(ahead)
    told = known(ahead, 6.0 if measured else 0.0, rate=6.0)
    hits, rounds = 0, 4000
    for _ in range(rounds):
        per_second = 0.1 * max(chance.gauss(1, doubt), 0.05)
        wait = chance.gammavariate(ahead + 1, 1 / per_second)
        hits += told.low <= wait <= told.high
    assert 0.72 <= hits / rounds <= 0.92


def test_where_the_outflow_is_steady_the_range_holds_more_often() -> None:
    """The doubt about it is not needed then."""
    chance = random.Random(1)
    told = known(30, 6.0)
    waits = [chance.gammavariate(31, 10) for _ in range(4000)]
    assert 0.8 <= sum(told.low <= wait <= told.high for wait in waits) / len(waits)
