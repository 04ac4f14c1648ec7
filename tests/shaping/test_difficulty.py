"""How hard the challenge is, by tables."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from waitroom.line.guard import When
from waitroom.line.snapshot import GAP
from waitroom.shaping.difficulty import JoinRate, due_bits

OFF, AUTO, ALWAYS = When.OFF, When.AUTO, When.ALWAYS


@pytest.mark.parametrize(
    ("when", "joins", "rate", "holding", "expected"),
    [
        (OFF, 1e6, 60, True, 0),
        (AUTO, 1e6, 60, False, 0),  # nobody waits
        (AUTO, 0, 60, True, 0),
        (AUTO, 60, 60, True, 0),  # the line does not grow
        (AUTO, 61, 60, True, 16),
        (AUTO, 119, 60, True, 16),
        (AUTO, 120, 60, True, 17),
        (AUTO, 240, 60, True, 18),
        (AUTO, 480, 60, True, 19),
        (AUTO, 960, 60, True, 20),
        (AUTO, 1e9, 60, True, 20),  # the most
        (AUTO, 6, 0, True, 0),  # a room that admits nobody counts as one that admits a few
        (AUTO, 12, 0, True, 17),
        (ALWAYS, 0, 60, False, 16),
        (ALWAYS, 120, 60, False, 17),
        (ALWAYS, 1e9, 0, True, 20),
    ],
)
def test_due(when: When, joins: float, rate: float, holding: bool, expected: int) -> None:
    """Nothing while it is off or nobody waits; one bit more each time that joins are twice the rate, up to the most."""
    found = due_bits(when, joins=joins, rate=rate, holding=holding, bits=16, most_bits=20)
    assert expected == found


@given(st.floats(0, 1e9), st.floats(0, 1e6), st.floats(1, 1e3))
def test_never_falls_as_joins_rise(joins: float, rate: float, factor: float) -> None:
    """More joins never make it easier, and it stays within its bounds."""

    def due(joins: float) -> int:
        return due_bits(AUTO, joins=joins, rate=rate, holding=True, bits=16, most_bits=20)

    assert due(joins) <= due(joins * factor)
    assert due(joins) in (0, *range(16, 21))


def test_join_rate_follows_the_counter() -> None:
    """A steady stream of joins is found as its rate a minute; a silence makes it fade."""
    rate = JoinRate()
    for second in range(120):
        rate.observe(epoch=7, issued=50 * second, clock_ms=1000 * second)
    assert 3000 == pytest.approx(rate.per_minute, rel=0.001)
    rate.observe(epoch=7, issued=50 * 119, clock_ms=119_000 + 60_000)
    assert rate.per_minute < 10


def test_join_rate_is_not_moved_by_what_is_no_crowd() -> None:
    """A gap that a restarted Redis leaves, a new life of the line, an answer that is overtaken, a clock that stands."""
    rate = JoinRate()
    for second in range(60):
        rate.observe(epoch=7, issued=second, clock_ms=1000 * second)
    before = rate.per_minute
    rate.observe(epoch=7, issued=60 + GAP, clock_ms=60_000)
    assert before == pytest.approx(rate.per_minute, rel=0.01)
    rate.observe(epoch=7, issued=500, clock_ms=59_000)
    rate.observe(epoch=7, issued=1_000_000, clock_ms=60_000)
    rate.observe(epoch=9, issued=5_000, clock_ms=1)
    rate.observe(epoch=9, issued=4_000, clock_ms=2_000)
    assert before == pytest.approx(rate.per_minute, rel=0.01)
