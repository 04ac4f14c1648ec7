"""The controller against simulated shops, and what it never does whatever it sees."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from statistics import mean

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.shaping.plant import Failing, Habits, Moment, Queueing, Run, served_rates
from waitroom.shaping.adaptive import State, begin, step
from waitroom.shaping.aims import Aims
from waitroom.shaping.window import Window, bucket

AIMS = Aims()


def seconds_to_90(moments: list[Moment]) -> float:
    """Until the mean of ten seconds reached 90 % of the capacity."""
    for end in range(10, len(moments)):
        if mean(moment.served for moment in moments[end - 10 : end]) >= 0.9 * moments[end].capacity:
            return moments[end].at - moments[0].at
    raise AssertionError("it never did")


def error_share(moments: list[Moment]) -> float:
    """Of all answers, later than ten seconds after the first moment."""
    late = [moment for moment in moments if moment.at > moments[0].at + 10]
    return sum(moment.failed for moment in late) / sum(moment.failed + moment.served for moment in late)


def swing(moments: list[Moment]) -> float:
    """Half of the span of the served rate, of its mean."""
    rates = list(served_rates(moments))
    return (max(rates) - min(rates)) / 2 / mean(rates)


def utilisation(moments: list[Moment]) -> float:
    """What was served, of the capacity."""
    return mean(moment.served / moment.capacity for moment in moments)


@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize(
    "build",
    [
        lambda: Queueing(60),
        lambda: Queueing(100, noise=0.7),
        lambda: Queueing(100, contention=0, patience=1e9),
    ],
    ids=["demo", "noisy", "only slow"],
)
def test_it_finds_a_capacity_that_halves_and_comes_back(build: Callable[[], Queueing], seed: int) -> None:
    """90 % within two minutes, errors below 1 % ten seconds after each change, no swing beyond 15 %."""
    plant = build()
    run, capacity = Run(plant, AIMS, seed=seed), plant.capacity
    for now in (capacity, capacity / 2, capacity):
        moments = run.go(240, capacity=now)
        if run.now <= 480:
            assert 120 > seconds_to_90(moments)
        assert 0.01 > error_share(moments)
        assert 0.15 > swing(moments[120:])
        assert 0.78 < utilisation(moments[120:]) <= 1.01


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_shop_that_fails_without_being_slow(seed: int) -> None:
    """Errors alone tell enough; each search for more costs less than 1 % of the answers."""
    run = Run(Failing(100), AIMS, seed=seed)
    moments = run.go(240)
    assert 120 > seconds_to_90(moments)
    assert 0.01 > error_share(moments)
    halved = run.go(240, capacity=50)
    assert 0.02 > error_share(halved)
    assert 0.15 > swing(halved[120:])


def test_long_visits_are_not_overfilled() -> None:
    """Those admitted stay for minutes: it stops before they are too many, since nobody can be sent away."""
    run = Run(Queueing(100), AIMS, habits=Habits(pages=20, think=10))
    moments = run.go(400)
    assert 0.01 > error_share(moments)
    assert 0.8 < utilisation(moments[200:])


def test_a_shop_that_tells_its_load_is_believed() -> None:
    """It is kept below its full load although nothing is slow or fails yet."""
    run = Run(Failing(100, margin=2.0), AIMS, load_told=True)
    moments = run.go(240)
    assert 0 == sum(moment.failed for moment in moments)
    assert 0.75 < utilisation(moments[120:]) < 1.02


def test_without_visitors_nothing_winds_up() -> None:
    """A room in which nobody waits learns nothing from its quiet shop, and begins low when the crowd comes."""
    run = Run(Queueing(100), AIMS, demand=0)
    quiet = run.go(600)
    assert [60.0] == list({moment.limit for moment in quiet})
    run.demand = float("inf")
    assert 0.01 > error_share(run.go(120))


def test_few_visitors_are_no_reason_to_let_in_more() -> None:
    """While everybody enters at once, the shop is not thought to carry much more than it gets."""
    run = Run(Queueing(100), AIMS, demand=30)
    run.go(600)
    assert run.state.carries <= 1.5 * 30 / 60 * run.habits.pages * 2


def test_a_shop_that_is_slow_for_another_reason_is_not_starved_for_ever() -> None:
    """Slow also with nobody left to keep out: after ten minutes that is how the shop is."""
    run = Run(Queueing(100), AIMS)
    run.go(200)
    slow = run.go(900, hold=1.0)
    assert AIMS.least == min(moment.limit for moment in slow)
    assert 10 * AIMS.least < slow[-1].limit


def test_a_shop_that_hangs_is_noticed() -> None:
    """It answers nothing at all: what does not begin in time is late, and within seconds only the least are let in."""
    run = Run(Queueing(100, patience=1e9), AIMS)
    run.go(150)
    hanging = run.go(20, hold=1e6)
    assert 0 == hanging[-1].served
    assert AIMS.least == hanging[5].limit


def test_retry_after_is_kept() -> None:
    """While the shop asks to be left alone, only the least come in."""
    run = Run(Queueing(100), AIMS)
    run.go(150)
    window = Window(1.0, 100, 50, 50, {bucket(0.08): 50.0}, retry_after=20.0, well=50)
    state, why = step(run.state, window, AIMS, admitted=0, active=100, waiting=100)
    assert AIMS.least == state.limit
    assert "asks to be left alone for 20 s" in why
    for _ in range(19):
        state, _ = step(state, Window(1.0), AIMS, admitted=0, active=100, waiting=100)
        assert AIMS.least == state.limit


def test_it_begins_with_what_is_let_in() -> None:
    """Switched on in a running room it goes on from the outflow there is, within the bounds."""
    assert 60 == begin(AIMS).limit
    assert 300 == begin(AIMS, outflow=300).limit
    assert 200 == begin(AIMS.bounded(200), outflow=300).limit
    assert 100 == begin(replace(AIMS, least=100)).limit
    assert 5 == begin(AIMS.bounded(5)).limit


def test_bounds_take_effect_at_once() -> None:
    """When ops staff lower the rate, the next step is within it, and says why."""
    run = Run(Queueing(100), AIMS)
    run.go(150)
    aims = AIMS.bounded(100)
    state, why = step(run.state, Window(1.0), aims, admitted=0, active=100, waiting=100)
    assert 100 == state.limit
    assert "the bounds are 6 to 100 a minute" == why


WINDOWS = st.builds(
    Window,
    seconds=st.floats(0.05, 20),
    asked=st.integers(0, 5000),
    served=st.integers(0, 5000),
    failed=st.floats(0, 5000),
    well=st.floats(0, 5000),
    times=st.dictionaries(st.integers(0, 200), st.floats(0, 5000), max_size=5),
    retry_after=st.floats(0, 1e6),
    load_sum=st.floats(0, 1e5),
    load_count=st.integers(0, 5000),
)
STEPS = st.lists(
    st.tuples(WINDOWS, st.integers(0, 10**6), st.integers(0, 10**5), st.integers(0, 10**6)), max_size=30
)


@settings(max_examples=150, deadline=None)
@given(STEPS, st.floats(0, 1000), st.floats(0, 5000), st.sampled_from([0.0, 0.3]))
def test_whatever_it_sees_it_stays_within_its_bounds(
    steps: list[tuple[Window, int, int, int]], least: float, rate: float, latency: float
) -> None:
    """The limit is never below the least nor above the most, changes with a reason only, and is always a number."""
    aims = Aims(least=least, latency=latency).bounded(rate)
    state = begin(aims)
    for window, admitted, active, waiting in steps:
        before = state.limit
        state, why = step(state, window, aims, admitted=admitted, active=active, waiting=waiting)
        assert aims.least <= state.limit <= aims.most
        assert (state.limit != before) == bool(why)
        assert 0 <= state.carries < float("inf")
        assert 0 <= state.demand.leaving < float("inf")


@settings(max_examples=100, deadline=None)
@given(st.integers(100, 1000), st.integers(0, 900), st.integers(0, 900), st.integers(120, 400))
def test_a_worse_window_never_lets_more_in(answers: int, failed: int, more: int, after: int) -> None:
    """Of two windows that differ only in their errors, the one with more of them does not lead to a higher limit."""
    state = known_state()
    limits = [
        step(
            state,
            Window(
                1.0, answers, answers - errors, errors, {bucket(0.08): float(after)}, well=answers - errors
            ),
            AIMS,
            admitted=1000,
            active=300,
            waiting=100,
        )[0].limit
        for errors in (min(failed, answers), min(failed + more, answers))
    ]
    assert limits[1] <= limits[0] * 1.101  # changes of less than a tenth are left for later


_KNOWN: list[State] = []


def known_state() -> State:
    """The controller once it knows the shop."""
    if not _KNOWN:
        run = Run(Queueing(100), AIMS)
        run.go(180)
        _KNOWN.append(run.state)
    return _KNOWN[0]


def test_a_shop_that_serves_nothing_is_found_out_anew() -> None:
    """During an outage the least come in; afterwards it begins as at first, and is soon where it was."""
    run = Run(Failing(100), AIMS)
    run.go(150)
    out = run.go(60, capacity=0.001)
    assert {AIMS.least} == {moment.limit for moment in out[10:]}
    back = run.go(150, capacity=100)
    assert 0.01 > error_share(back)
    assert 120 > seconds_to_90(back)


@pytest.mark.parametrize(("waiting", "grows"), [(0, False), (1, True)])
def test_it_grows_only_while_somebody_waits(waiting: int, grows: bool) -> None:
    """A shop at ease with all that comes may carry more; but who would come in?"""
    state = replace(known_state(), overload_seconds=0.0, hold_seconds=0.0, unjudged=Window(), was_slow=False)
    carries = state.carries
    count = round(carries)
    for _ in range(60):
        window = Window(1.0, count, count, 0, {bucket(0.08): float(count)}, well=count)
        state, _ = step(state, window, AIMS, admitted=0, active=300, waiting=waiting)
    assert grows == (state.carries > carries)
