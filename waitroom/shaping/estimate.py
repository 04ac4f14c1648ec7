"""How long a place in line will take: a range, from the outflow that was measured."""

from __future__ import annotations

from math import ceil, sqrt
from typing import NamedTuple

CONFIDENCE = 1.28
"""Standard deviations to either side: the range holds in about four cases of five."""
UNCERTAINTY_OF_FLOW = 0.15
"""Relative error of a measured outflow as a forecast."""
UNCERTAINTY_OF_PLAN = 0.3
"""The same where nothing was measured yet, and the configured rate stands in."""


class Estimate(NamedTuple):
    """A wait in whole seconds: the likely one, and the range that holds in about four cases of five."""

    seconds: int
    low: int
    high: int


def estimate(ahead: int, *, flow: float, rate: float) -> Estimate | None:
    """The wait of a visitor with ``ahead`` others before them; None while nobody is admitted.

    ``flow`` is the measured outflow a minute (0: not measured yet), ``rate`` the configured one, which only
    stands in until there is a measurement. The time until the k-th of a stream of independent admissions has
    mean k/λ and standard deviation √k/λ (Erlang); the error of λ itself is added in quadrature.
    """
    if rate <= 0:
        return None
    per_second = (flow if flow > 0 else rate) / 60
    places = ahead + 1
    mean = places / per_second
    doubt = UNCERTAINTY_OF_FLOW if flow > 0 else UNCERTAINTY_OF_PLAN
    spread = CONFIDENCE * mean * sqrt(1 / places + doubt**2)
    return Estimate(seconds=ceil(mean), low=int(max(mean - spread, 0)), high=ceil(mean + spread))
