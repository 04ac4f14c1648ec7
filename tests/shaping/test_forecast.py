"""The estimate is a range, from the plan, the pace, and those who leave."""

from __future__ import annotations

import random
from dataclasses import replace
from math import exp

import pytest
from hypothesis import given
from hypothesis import strategies as st

from waitroom.shaping.attrition import Churn
from waitroom.shaping.calibration import HORIZONS_MS, Margins
from waitroom.shaping.forecast import Estimate, Forecast, Pace
from waitroom.shaping.profile import MINUTE_MS, Profile, Step
from waitroom.shaping.shares import Share
from waitroom.shaping.shop import Shop


def shop_of(capacity: float, inside: float, leaving_per_minute: float, doubt: float = 0.0) -> Shop:
    """A shop that anyone leaves alike, however long they have been there."""
    hazard = 1 - exp(-leaving_per_minute * BIN_MS / MINUTE_MS)
    ages = 12
    stocks = (inside,) + (0.0,) * (ages - 1)
    return Shop(capacity, stocks, (hazard,) * ages, (hazard * (1 - doubt),) * ages, BIN_MS, BIN_MS)


CALM = Churn(bounce=0.0, bounce_doubt=0.0, watched_ms=1e9)
BIN_MS = 6_000.0
EXACT = Pace(dispersion=0.01, doubt=0.0, churn=CALM)
MARGINS = st.lists(st.floats(-1, 6), min_size=len(HORIZONS_MS), max_size=len(HORIZONS_MS)).map(tuple)
RATES = st.one_of(st.just(0.0), st.floats(0.01, 100_000))
PROFILES = st.lists(st.tuples(st.integers(0, 10**7), RATES), min_size=1, max_size=6).map(
    lambda steps: Profile(tuple(Step(*step) for step in sorted(steps)))
)
PACES = st.builds(
    Pace,
    level=st.floats(0.05, 2),
    dispersion=st.floats(0.01, 50),
    doubt=st.floats(0, 1),
    churn=st.builds(
        Churn,
        leaving_per_minute=st.floats(-0.3, 0.3),
        back=st.floats(0, 0.9),
        bounce=st.floats(0, 0.9),
        seasoned=st.floats(0, 1e5),
        watched_ms=st.floats(0, 1e7),
        bounce_doubt=st.floats(0, 1),
    ),
    shop=st.none()
    | st.builds(shop_of, st.floats(1, 1e5), st.floats(0, 1e5), st.floats(0, 10), st.floats(0, 1)),
)


def known(forecast: Forecast, ahead: int) -> Estimate:
    """An estimate where there is one."""
    told = forecast.estimate(ahead)
    assert told is not None
    return told


@given(PROFILES, PACES, MARGINS, MARGINS, st.integers(0, 10**7))
def test_who_stands_farther_back_is_never_told_less(
    profile: Profile, pace: Pace, below: tuple[float, ...], above: tuple[float, ...], ahead: int
) -> None:
    """Whatever is planned and measured: each of the three numbers grows with the place, and they are in order."""
    forecast = Forecast(0, profile, pace, Margins(below, above))
    last = Estimate(0, 0, 0)
    for place in sorted({0, 1, 2, 10, 100, ahead // 2, ahead, ahead + 1, 2 * ahead}):
        told = forecast.estimate(place)
        if told is None:
            continue
        assert 0 <= told.low <= told.seconds <= told.high
        assert last.low <= told.low and last.seconds <= told.seconds and last.high <= told.high
        last = told


@pytest.mark.parametrize(
    "profile", [Profile.steady(0), Profile((Step(0, None),)), Profile((Step(0, None), Step(9, 60)))]
)
def test_where_nobody_knows_there_is_no_estimate(profile: Profile) -> None:
    """A rate of nothing, and a stop without a known end."""
    assert Forecast(0, profile, EXACT).estimate(0) is None


def test_a_plan_that_ends_is_no_answer_for_those_behind_its_end() -> None:
    """Only those who surely come before it are told a time."""
    forecast = Forecast(0, Profile((Step(0, 60.0), Step(600_000, 0.0))), EXACT)
    assert forecast.estimate(300) is not None
    assert forecast.estimate(700) is None


def test_an_opening_and_a_ramp_are_certain() -> None:
    """The wait runs until the opening, and then through the steps; the doubt is of the time after it only."""
    ramp = Profile((Step(600_000, 60.0), Step(660_000, 120.0)))
    forecast = Forecast(0, ramp, EXACT)
    assert (630, 660 + 30) == (known(forecast, 29).seconds, known(forecast, 119).seconds)
    assert known(forecast, 0).low == 600
    assert known(forecast, 29).high - known(forecast, 29).low < 10


def test_the_measured_pace_scales_the_plan() -> None:
    """Half of what was planned takes twice as long, in steps to come as well."""
    steps = Profile((Step(0, 60.0), Step(60_000, 120.0)))
    forecast = Forecast(0, steps, Pace(level=0.5, dispersion=0.01, doubt=0.0, churn=CALM))
    assert (60, 120) == (known(forecast, 29).seconds, known(forecast, 89).seconds)


def test_those_who_leave_shorten_the_wait_of_those_behind() -> None:
    """Those who come back lengthen it; near the head it hardly matters."""
    plain = known(Forecast(0, Profile.steady(60.0), EXACT), 1199).seconds
    told = {}
    for leaving in (-0.02, 0.02):
        pace = Pace(dispersion=0.01, doubt=0.0, churn=CALM._replace(leaving_per_minute=leaving))
        told[leaving] = Forecast(0, Profile.steady(60.0), pace)
    assert known(told[0.02], 1199).seconds < 0.9 * plain < 1.1 * plain < known(told[-0.02], 1199).seconds
    assert abs(known(told[0.02], 9).seconds - 10) <= 1


def test_the_curve_of_those_who_leave_solves_its_equation() -> None:
    """dn/dt = -λ - c·n, c fading: followed step by step it reaches nothing at the time that was told."""
    churn = CALM._replace(leaving_per_minute=0.05)
    forecast = Forecast(0, Profile((Step(0, 60.0), Step(300_000, 120.0))), Pace(doubt=0.0, churn=churn))
    until = forecast.ms_until(1000.0)
    assert until is not None
    standing, at_ms, step = 1000.0, 0.0, 100.0
    while standing > 0:
        fading = 0.05 * 2.718281828 ** (-at_ms / 900_000)
        standing -= ((60 if at_ms < 300_000 else 120) + fading * standing) * step / 60_000
        at_ms += step
    assert abs(at_ms - until) < 0.01 * until


def test_those_who_come_back_enter_first() -> None:
    """The line gets what they leave of the rate."""
    pace = Pace(dispersion=0.01, doubt=0.0, churn=CALM._replace(back=0.25))
    assert 40 == known(Forecast(0, Profile.steady(60.0), pace), 29).seconds


def test_newcomers_who_only_look_in_are_not_waited_for() -> None:
    """A share of those who have not stood for long is taken away, and of the others nobody."""
    pace = Pace(dispersion=0.01, doubt=0.0, churn=CALM._replace(bounce=0.2, seasoned=100.0))
    forecast = Forecast(0, Profile.steady(60.0), pace)
    assert abs(known(forecast, 99).seconds - 100) <= 2
    assert abs(known(forecast, 599).seconds - (100 + 0.8 * 500)) <= 10


def test_a_shop_fills_and_then_lets_in_as_many_as_leave() -> None:
    """Until it is full the rate counts, after that capacity times the share that leaves."""
    shop = shop_of(capacity=100, inside=40, leaving_per_minute=0.1)
    forecast = Forecast(0, Profile.steady(60.0), Pace(dispersion=0.01, doubt=0.0, churn=CALM, shop=shop))
    inside, at_ms, places = 40.0, 0.0, 0.0
    while inside < 100:
        inside += (60 - 0.1 * inside) * 0.1 / 60
        at_ms += 100
        places += 0.1
    full = forecast.ms_until(places)
    assert full is not None and abs(full - at_ms) < BIN_MS / 2
    later = forecast.ms_until(places + 10)
    assert later is not None and abs(later - full - 60_000) < BIN_MS / 2


def test_a_shop_that_empties_as_fast_is_no_bound() -> None:
    """It never fills."""
    shop = shop_of(capacity=100, inside=40, leaving_per_minute=1.0)
    assert Forecast(0, Profile.steady(60.0), Pace(churn=CALM, shop=shop)).ms_until(60) == 60_000


def test_how_long_visits_last_is_a_doubt_of_who_waits_for_their_end() -> None:
    """As long as the shop has room it makes no difference; then the range goes as far as visits may last."""
    sure, unsure = (
        Forecast(
            0,
            Profile.steady(60.0),
            Pace(dispersion=0.01, doubt=0.0, churn=CALM, shop=shop_of(100, 40, 0.1, off)),
        )
        for off in (0.0, 0.5)
    )
    assert known(sure, 30) == known(unsure, 30)
    assert known(sure, 600).seconds == known(unsure, 600).seconds
    assert known(unsure, 600).high > 1.5 * known(sure, 600).seconds > 1.2 * known(sure, 600).high


def test_what_other_lanes_leave_counts_when_they_do() -> None:
    """A lane that is given a half, and all of it after a minute; how sure that is stands in the range."""
    shares = (Share(0.0, 0.5), Share(60_000.0, 1.0))
    pace = Pace(dispersion=0.01, doubt=0.0, churn=CALM, shares=shares)
    forecast = Forecast(0, Profile.steady(60.0), pace)
    assert (40, 90) == (known(forecast, 19).seconds, known(forecast, 59).seconds)
    doubted = Forecast(
        0, Profile.steady(60.0), replace(pace, shares=(Share(0.0, 0.5, 0.2), Share(60_000.0, 1.0)))
    )
    assert known(doubted, 19).low < 30 < 50 < known(doubted, 19).high


def test_who_looks_far_ahead_of_what_was_watched_knows_less() -> None:
    """That nobody has left so far says less of the next ten minutes after one than after an hour."""
    new, old = (
        Forecast(
            0, Profile.steady(60.0), Pace(dispersion=0.01, doubt=0.0, churn=CALM._replace(watched_ms=watched))
        )
        for watched in (60_000.0, 3_600_000.0)
    )
    width = [known(told, 600).high - known(told, 600).low for told in (new, old)]
    assert width[0] > 1.5 * width[1]


@pytest.mark.parametrize("ahead", [1, 5, 30, 200])
def test_a_steady_stream_of_chance_is_held_four_times_of_five(ahead: int) -> None:
    """Admissions as a Poisson stream whose rate is known as badly as is said."""
    chance = random.Random(ahead)
    told = known(Forecast(0, Profile.steady(6.0), Pace(doubt=0.15, churn=CALM)), ahead)
    hits, rounds = 0, 4000
    for _ in range(rounds):
        per_second = 0.1 * max(chance.gauss(1, 0.15), 0.05)
        hits += told.low <= chance.gammavariate(ahead + 1, 1 / per_second) <= told.high
    assert 0.75 <= hits / rounds <= 0.9  # of one or two places a wait is far from a normal distribution
