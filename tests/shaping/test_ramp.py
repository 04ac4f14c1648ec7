"""Rates that change in steps."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from waitroom.shaping.ramp import MAX_STEPS, Ramp, RampError


@pytest.mark.parametrize(
    ("text", "steps"),
    [
        ("100", ((0, 100),)),
        ("100/min", ((0, 100),)),
        (" 0.5 / minute ", ((0, 0.5),)),
        ("100, 300 after 10m", ((0, 100), (600, 300))),
        ("100, then 300/min after 10 min, 600 after 1h", ((0, 100), (600, 300), (3600, 600))),
        (
            "100/min, then +50 every 5 min to 300",
            ((0, 100), (300, 150), (600, 200), (900, 250), (1200, 300)),
        ),
        ("100, then +80 every 30s to 300", ((0, 100), (30, 180), (60, 260), (90, 300))),
        ("300, -100 every 1h to 50", ((0, 300), (3600, 200), (7200, 100), (10800, 50))),
        (
            "10, 20 after 1m, +5 every 1m to 30, 100 after 10m",
            ((0, 10), (60, 20), (120, 25), (180, 30), (600, 100)),
        ),
    ],
)
def test_a_ramp_is_read_as_people_write_it(text: str, steps: tuple[tuple[float, float], ...]) -> None:
    """The rate at the opening, then steps after a time, or series up or down to a bound."""
    assert steps == Ramp.parse(text).steps


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "'' is not a rate"),
        ("fast", "'fast' is not a rate"),
        ("-5", "not a rate"),
        ("100, quickly", "'quickly' is no step"),
        ("100, +50 to 600", "is no step"),
        ("100, +50 every 5m to 50", "never gets there from 100"),
        ("100, -50 every 5m to 600", "never gets there from 100"),
        ("100, +0 every 5m to 600", "never gets there"),
        ("100, +50 every 0s to 600", "never gets there"),
        ("100, 300 after 10m, 400 after 5m", "comes before the step in front"),
        ("100, 300 after 0m", "comes before"),
        ("1, +1 every 1s to 1000000", f"more than {MAX_STEPS} steps"),
        ("2000000", "at most 1000000"),
        ("1e9", "not a rate"),
    ],
)
def test_a_ramp_that_cannot_be_is_refused(text: str, why: str) -> None:
    """The error names the part that is wrong."""
    with pytest.raises(RampError, match=why.replace("'", ".")):
        Ramp.parse(text)


@given(
    start=st.integers(0, 1000), by=st.integers(1, 400), bound=st.integers(0, 2000), every=st.integers(1, 900)
)
def test_a_series_ends_on_its_bound(start: int, by: int, bound: int, every: int) -> None:
    """Whatever the step, the last rate is the bound, no step passes it, and the times are evenly apart."""
    assume(start != bound and abs(bound - start) / by < MAX_STEPS - 1)
    sign = "+" if bound > start else "-"
    steps = Ramp.parse(f"{start}, then {sign}{by} every {every}s to {bound}").steps
    rates = [rate for _, rate in steps]

    assert bound == rates[-1]
    assert rates == sorted(rates, reverse=bound < start)
    assert [index * every for index in range(len(steps))] == [at for at, _ in steps]
