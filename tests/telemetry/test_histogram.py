"""Times in buckets, and what can be read from them."""

from __future__ import annotations

import random
from itertools import pairwise

import pytest

from waitroom.telemetry.counters import Counters
from waitroom.telemetry.histogram import SHOP_SECONDS, log_spaced, quantile


def test_the_buckets_of_the_shop_are_about_twenty_and_evenly_wide() -> None:
    """From a millisecond to beyond a minute, each less than twice as wide as the one before."""
    bounds = SHOP_SECONDS.bounds
    assert (0.001, True, 21) == (bounds[0], bounds[-1] >= 60, len(bounds))
    assert all(1.7 <= high / low <= 1.9 for low, high in pairwise(bounds))
    assert {0.01, 0.1, 1.0, 10.0} <= set(bounds)


def test_a_bound_belongs_to_its_bucket() -> None:
    """A bucket has what took as long as its upper end, as Prometheus' ``le`` says."""
    counters = Counters()
    for seconds in (0.1, 0.1000001, 1e9):
        counters.answered(200, seconds)
    found = SHOP_SECONDS.counts(counters.summed_up())
    at = SHOP_SECONDS.bounds.index(0.1)
    assert (1, 1, 1, 3) == (found[at], found[at + 1], found[-1], sum(found))


@pytest.mark.parametrize("share", [0.5, 0.95, 0.99])
def test_a_quantile_is_as_good_as_its_bucket(share: float) -> None:
    """That of ten thousand times is found to within 15 %."""
    chance = random.Random(7)
    times = sorted(chance.lognormvariate(-2.0, 0.8) for _ in range(10_000))
    counters = Counters()
    for seconds in times:
        counters.answered(200, seconds)
    found = quantile(share, SHOP_SECONDS.bounds, SHOP_SECONDS.counts(counters.summed_up()))
    assert pytest.approx(times[round(share * len(times)) - 1], rel=0.15) == found
    assert pytest.approx(sum(times), rel=0.001) == SHOP_SECONDS.seconds(counters.summed_up())


def test_of_nothing_there_is_no_quantile() -> None:
    """And of what is longer than the last bound, no more is told than the bound."""
    bounds = log_spaced(0.001, 60, a_decade=4)
    assert quantile(0.5, bounds, [0] * (len(bounds) + 1)) is None
    assert bounds[-1] == quantile(0.5, bounds, [*[0] * len(bounds), 3])
