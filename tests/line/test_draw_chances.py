"""The opening draw as statistics see it, over many keys.

The keys are fixed, so each test always gives the same. The bounds are those that a truly random order would break in
fewer than one of 10,000 such tests; where several figures are looked at, the bound is for the farthest of them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from hashlib import sha256
from itertools import pairwise, permutations
from math import isqrt, sqrt
from statistics import NormalDist, correlation, fmean

import pytest

from waitroom.line.draw import Draw

ONE_IN = 10_000


def keys(count: int) -> Iterator[bytes]:
    """The first keys of a fixed row."""
    return (sha256(b"key %d" % index).digest() for index in range(count))


def bound(figures: int = 1) -> float:
    """What the farthest of so many normal figures seldom goes beyond, in standard deviations."""
    return NormalDist().inv_cdf(1 - 1 / (2 * ONE_IN * figures))


def deviation(statistic: float, freedom: int) -> float:
    """A chi-square statistic in standard deviations of the normal (Wilson and Hilferty 1931)."""
    spread = 2 / (9 * freedom)
    return float(((statistic / freedom) ** (1 / 3) - (1 - spread)) / sqrt(spread))


def chi_square(counts: list[int], expected: float) -> float:
    """Pearson's statistic of counts that are all expected to be the same."""
    return sum((count - expected) ** 2 for count in counts) / expected


@pytest.mark.parametrize(
    ("count", "draws", "ranges"),
    [(2, 4_000, 2), (3, 4_000, 3), (5, 4_000, 5), (6, 4_000, 6), (7, 4_000, 7), (8, 4_000, 8), (16, 3_000, 16),
     (17, 3_000, 17), (97, 2_000, 97), (101, 2_000, 101), (1_000, 800, 20)],
)  # fmt: skip
def test_every_place_is_equally_likely_for_everyone(count: int, draws: int, ranges: int) -> None:
    """How often each number came into each range of places: for every number, and over all of them."""
    table = [[0] * ranges for _ in range(count)]
    for key in keys(draws):
        turn_of = Draw(key, 1, count).turn_of
        for number, row in enumerate(table, start=1):
            row[(turn_of(number) - 1) * ranges // count] += 1
    rows = [chi_square(row, draws / ranges) for row in table]
    farthest = max(abs(deviation(row, ranges - 1)) for row in rows) if ranges > 2 else 0
    assert farthest < bound(count)
    # of two who cannot have the same place, each takes chances from the other: hence the factor
    whole = sum(rows) * (count - 1) / count
    assert abs(deviation(whole, (count - 1) * (ranges - 1))) < bound()


@pytest.mark.parametrize(("count", "draws"), [(3, 12_000), (4, 12_000), (5, 12_000), (6, 18_000)])
def test_every_order_is_equally_likely(count: int, draws: int) -> None:
    """All 6 of three, all 24 of four, all 120 of five, all 720 of six."""
    seen = Counter(tuple(Draw(key, 1, count).order()) for key in keys(draws))
    orders = list(permutations(range(1, count + 1)))
    statistic = chi_square([seen[order] for order in orders], draws / len(orders))
    assert abs(deviation(statistic, len(orders) - 1)) < bound()


@pytest.mark.parametrize(("count", "draws"), [(7, 8_000), (9, 8_000), (12, 8_000)])
def test_no_two_are_tied_together(count: int, draws: int) -> None:
    """All pairs of places are equally likely for any two numbers, so each is before the other half of the time."""
    chosen = [(1, 2), (1, 3), (1, 4), (1, count), (2, 5), (count - 1, count)]
    seen: dict[tuple[int, int], Counter[tuple[int, int]]] = {pair: Counter() for pair in chosen}
    for key in keys(draws):
        turn_of = Draw(key, 1, count).turn_of
        for one, other in chosen:
            seen[one, other][turn_of(one), turn_of(other)] += 1
    places = list(permutations(range(1, count + 1), 2))
    for pair in chosen:
        statistic = chi_square([seen[pair][place] for place in places], draws / len(places))
        assert abs(deviation(statistic, len(places) - 1)) < bound(len(chosen))
        before = sum(times for (one, other), times in seen[pair].items() if one < other)
        assert abs(before - draws / 2) / sqrt(draws / 4) < bound(len(chosen))


@pytest.mark.parametrize("count", [997, 4_096, 10_000])
def test_coming_early_is_worth_nothing(count: int) -> None:
    """The rank correlation (Spearman) of ticket number and turn is that of two random orders."""
    draws = 30
    numbers = range(1, count + 1)
    found = [correlation(numbers, [*map(Draw(key, 1, count).turn_of, numbers)]) for key in keys(draws)]
    # each is normal around 0 with a variance of 1 / (count - 1)
    scaled = [rho * sqrt(count - 1) for rho in found]
    assert max(map(abs, scaled)) < bound(draws)
    assert abs(fmean(scaled)) * sqrt(draws) < bound()
    assert abs(deviation(sum(rho**2 for rho in scaled), draws)) < bound()


def test_neighbours_are_strangers() -> None:
    """Those who came one after another, or a row of the network apart, do not stay together."""
    count = 10_007
    width = isqrt(count - 1) + 1
    lags = (1, 2, width - 1, width, width + 1, 2 * width)
    for key in keys(5):
        turns = [*map(Draw(key, 1, count).turn_of, range(1, count + 1))]
        for lag in lags:
            rho = correlation(turns[:-lag], turns[lag:])
            assert abs(rho) * sqrt(count - lag) < bound(5 * len(lags))


def test_two_draws_have_nothing_in_common() -> None:
    """Orders under keys that are neighbours in their row are uncorrelated."""
    count, draws = 2_000, 30
    orders = [[*map(Draw(key, 1, count).turn_of, range(1, count + 1))] for key in keys(draws)]
    scaled = [correlation(one, other) * sqrt(count - 1) for one, other in pairwise(orders)]
    assert max(map(abs, scaled)) < bound(draws - 1)
