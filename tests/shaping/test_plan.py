"""What a rate means, before it is set."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from waitroom.line.rules import Mode, Rules
from waitroom.shaping.plan import (
    Situation,
    capacity_for,
    effect_of,
    outflow,
    rate_to_finish,
    wait_of_last,
)

WAITING = st.integers(1, 10_000_000)
RATES = st.floats(0.1, 1_000_000)
SHARES = st.floats(0, 0.9)
TIMES = st.floats(1, 1_000_000)


@pytest.mark.parametrize(
    ("waiting", "rate", "more", "seconds"),
    [
        (50_000, 300, {}, 10_000),
        (50_000, 300, {"no_shows": 0.1}, 9_000),
        (50_000, 300, {"capacity": 1000, "visit_seconds": 600}, 30_000),
        (50_000, 300, {"capacity": 9000, "visit_seconds": 600}, 10_000),
        (0, 300, {}, 0),
        (0, 0, {}, 0),
        (1, 0, {}, None),
    ],
)
def test_the_wait_of_the_last(
    waiting: int, rate: float, more: dict[str, float], seconds: float | None
) -> None:
    """Those who come, over those who can enter a minute."""
    capacity, visit = int(more.get("capacity", 0)), more.get("visit_seconds", 0.0)
    told = wait_of_last(
        waiting, rate, no_shows=more.get("no_shows", 0.0), capacity=capacity, visit_seconds=visit
    )

    assert seconds == told


@given(waiting=WAITING, rate=RATES, faster=st.floats(1, 100), no_shows=SHARES)
def test_a_higher_rate_is_never_a_longer_wait(
    waiting: int, rate: float, faster: float, no_shows: float
) -> None:
    """Whatever the share of no-shows."""
    slow = wait_of_last(waiting, rate, no_shows=no_shows)
    fast = wait_of_last(waiting, rate * faster, no_shows=no_shows)
    assert slow is not None
    assert fast is not None
    assert fast <= slow


@given(waiting=WAITING, within=TIMES, no_shows=SHARES)
def test_the_rate_that_ends_a_line_in_time_ends_it_in_time(
    waiting: int, within: float, no_shows: float
) -> None:
    """The one question is the inverse of the other."""
    rate = rate_to_finish(waiting, within, no_shows=no_shows)
    assert rate is not None
    assert within == pytest.approx(wait_of_last(waiting, rate, no_shows=no_shows))


def test_no_rate_is_enough_where_the_capacity_holds() -> None:
    """A place inside is free again only after a visit."""
    assert rate_to_finish(50_000, 3600, capacity=1000, visit_seconds=600) is None
    assert 1000 == pytest.approx(rate_to_finish(60_000, 3600, capacity=10_000, visit_seconds=600))


@given(rate=RATES, visit=TIMES)
def test_capacity_and_flow_follow_from_each_other(rate: float, visit: float) -> None:
    """Little's law, in both directions."""
    capacity = int(capacity_for(rate, visit)) + 1

    assert rate == pytest.approx(outflow(rate, capacity=capacity, visit_seconds=visit))
    assert outflow(10 * rate + 1, capacity=capacity, visit_seconds=visit) == pytest.approx(
        min(10 * rate + 1, capacity * 60 / visit)
    )


def situation(**changes: object) -> Situation:
    """Six hundred in line at 60 a minute."""
    made = Situation(waiting=600, inside=600, visit_seconds=600.0, flow=60.0, rules=Rules(rate=60.0))
    return replace(made, **changes)  # type: ignore[arg-type]


def test_a_change_halves_the_wait_and_doubles_the_load() -> None:
    """Twice the rate: half the wait, twice as many inside."""
    effect = effect_of(situation(), Rules(rate=120.0))

    assert (600.0, 300.0) == (effect.before.last_seconds, effect.after.last_seconds)
    assert (600.0, 1200.0) == (effect.before.load, effect.after.load)
    assert 300.0 == effect.saved_seconds
    assert 0.0 == effect.stands_seconds


def test_a_flow_that_was_measured_lower_stays_as_much_lower() -> None:
    """The shop is slow, or rooms share a rate: a new rate does not cure that."""
    effect = effect_of(situation(flow=30.0), Rules(rate=120.0))

    assert (30.0, 60.0) == (effect.before.outflow, effect.after.outflow)
    assert (1200.0, 600.0) == (effect.before.last_seconds, effect.after.last_seconds)


def test_a_lower_capacity_throws_nobody_out_and_lets_nobody_in() -> None:
    """Until as many have gone."""
    effect = effect_of(situation(), Rules(rate=60.0, capacity=300))
    wait = effect.after.last_seconds

    assert 600 * 0.693 == pytest.approx(effect.stands_seconds, rel=0.001)
    assert wait is not None
    assert 1200 + effect.stands_seconds == pytest.approx(wait)
    assert effect.saved_seconds is not None
    assert effect.saved_seconds < 0


@pytest.mark.parametrize("rules", [Rules(rate=0.0), Rules(mode=Mode.PAUSE), Rules(mode=Mode.CLOSED)])
def test_where_nobody_enters_nobody_s_wait_ends(rules: Rules) -> None:
    """A pause, and a rate of 0."""
    after = effect_of(situation(), rules).after

    assert (0.0, None, None, None) == (
        after.outflow, after.last_seconds, after.newcomer_seconds, after.ends_seconds,
    )  # fmt: skip


def test_a_room_that_lets_everyone_pass_has_no_line() -> None:
    """The shop carries all who come."""
    after = effect_of(situation(inflow=90.0), Rules(mode=Mode.PASS)).after

    assert (0.0, 0.0, 0.0, 900.0) == (
        after.last_seconds, after.newcomer_seconds, after.ends_seconds, after.load,
    )  # fmt: skip


def test_a_line_ends_only_where_fewer_come_than_enter() -> None:
    """The last newcomer counts."""
    assert 1200.0 == effect_of(situation(inflow=30.0), Rules(rate=60.0)).before.ends_seconds
    assert effect_of(situation(inflow=60.0), Rules(rate=60.0)).before.ends_seconds is None
    assert 0.0 == effect_of(situation(waiting=0, inflow=30.0), Rules(rate=60.0)).before.newcomer_seconds


def test_what_the_shop_needs_counts_as_what_ops_staff_set() -> None:
    """The lower of the two rates."""
    rules = Rules(rate=60.0, limit_rate=20.0)

    assert 20.0 == effect_of(situation(rules=rules, flow=0.0), rules).before.outflow


@given(
    waiting=st.integers(0, 100_000), rate=st.floats(0, 10_000), more=st.floats(0, 10_000),
    capacity=st.integers(0, 10_000), inside=st.integers(0, 20_000), visit=st.floats(0, 3600),
    inflow=st.floats(0, 5000), flow=st.floats(0, 10_000),
)  # fmt: skip
def test_more_rate_never_makes_anybody_wait_longer(
    waiting: int,
    rate: float,
    more: float,
    capacity: int,
    inside: int,
    visit: float,
    inflow: float,
    flow: float,
) -> None:
    """Nor the line last longer."""
    now = situation(
        waiting=waiting, inside=inside, visit_seconds=visit, inflow=inflow, flow=flow,
        rules=Rules(rate=rate, capacity=capacity),
    )  # fmt: skip
    effect = effect_of(now, Rules(rate=rate + more, capacity=capacity))
    forever = float("inf")
    for name in ("last_seconds", "newcomer_seconds", "ends_seconds"):
        before, after = getattr(effect.before, name), getattr(effect.after, name)
        assert (forever if after is None else after) <= (forever if before is None else before) * (1 + 1e-9)
