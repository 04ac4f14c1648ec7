"""A rehearsal: nobody is lost in it, the rules are kept in it, and it can be played again."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from math import inf

import pytest

from tests.rehearse.conftest import VISITORS, WILD, scenario
from waitroom.line.rules import Mode, Rules
from waitroom.record.fairness import kendall_tau
from waitroom.rehearse.crowd import Fate
from waitroom.rehearse.curves import curves_of
from waitroom.rehearse.figures import figures_of
from waitroom.rehearse.report import to_json
from waitroom.rehearse.run import Played, rehearse
from waitroom.rehearse.scenario import CROWDS, Change, People, Share
from waitroom.shaping.ramp import Ramp

ENDS = {Fate.ENTERED, Fate.LEFT, Fate.NO_SHOW, Fate.MISSED}


@pytest.mark.parametrize("name", ["calm", "wild", "capped"])
def test_each_visitor_ends_in_exactly_one_fate(name: str, request: pytest.FixtureRequest) -> None:
    """Nobody is lost, and nobody enters twice."""
    played: Played = request.getfixturevalue(name)
    crowd, figures = played.sides[0].crowd, figures_of(played)
    fates = Counter(crowd.fate[1:])

    assert set(fates) <= ENDS
    assert played.scenario.curve.visitors == figures.visitors == sum(fates.values())
    assert figures.visitors == figures.entered + figures.left + figures.no_shows + figures.missed
    assert len(crowd.order) == len(set(crowd.order)) == fates[Fate.ENTERED]
    assert 0 == crowd.waiting == crowd.asleep == crowd.on_the_way


def test_a_calm_crowd_enters_to_the_last(calm: Played) -> None:
    """And no turn is wasted."""
    figures = figures_of(calm)

    assert (VISITORS, 0, 0) == (figures.entered, figures.wasted_turns, figures.still_waiting)


@pytest.mark.parametrize("name", ["calm", "wild", "capped"])
def test_nobody_who_is_there_is_overtaken(name: str, request: pytest.FixtureRequest) -> None:
    """First come, first served among the present, the drawn by their turn."""
    figures = figures_of(request.getfixturevalue(name))

    assert 0 == figures.overtakes
    assert figures.kendall_tau > 0.8


def test_who_came_before_the_opening_is_drawn(calm: Played) -> None:
    """They enter in the order of the draw, which is not that of coming."""
    crowd = calm.sides[0].crowd
    assert crowd.draw is not None
    drawn = [number for number in crowd.order if number in crowd.draw]
    places = [crowd.place[number] for number in drawn]

    assert calm.scenario.curve.opens_at > min(crowd.joined[1:])
    assert len(drawn) > 400
    assert drawn != sorted(drawn)
    assert kendall_tau(drawn) < 0.2
    assert kendall_tau(places) > 0.98
    assert [crowd.draw.turn_of(number) for number in drawn] == places
    assert min(crowd.entered[1:]) >= calm.scenario.curve.opens_at


def test_the_rate_is_kept(calm: Played, wild: Played) -> None:
    """To a percent while somebody waits, whoever comes to take the turns."""
    for played in (calm, wild):
        figures = figures_of(played)
        assert figures.rate_error is not None
        assert abs(figures.rate_error) < 0.01
        assert figures.held_seconds > 200


def test_no_minute_lets_more_in_than_rate_and_burst(calm: Played) -> None:
    """At a minute of any beginning."""
    entered = sorted(calm.sides[0].crowd.turn[1:])
    most = 300 + 300 * 5 / 60 + 1
    first = 0
    for last, at in enumerate(entered):
        while entered[first] <= at - 60:
            first += 1
        assert last - first + 1 <= most


def test_the_capacity_is_kept(capped: Played) -> None:
    """In every tick; and what it allows is used."""
    assert 200 == max(capped.ticks.inside)
    assert not any(
        held for held, inside in zip(capped.ticks.held, capped.ticks.inside, strict=True) if inside == 200
    )


def test_no_shows_match_their_share(wild: Played) -> None:
    """Of those who were called: within four standard deviations."""
    figures = figures_of(wild)
    called = figures.entered + figures.no_shows + figures.missed
    expected = WILD.no_shows * called

    assert abs(figures.no_shows - expected) < 4 * (expected * 0.9) ** 0.5
    assert figures.wasted_turns >= figures.no_shows / 2


def test_patience_and_sleep_show(wild: Played) -> None:
    """Some give up, some phones sleep through their turn and are let in late."""
    crowd, figures = wild.sides[0].crowd, figures_of(wild)
    late = [number for number in crowd.order if crowd.stood_until[number] != crowd.turn[number]]

    assert figures.left > 50
    assert len(late) > 20
    assert all(crowd.entered[number] >= crowd.turn[number] for number in crowd.order)


def test_waits_are_those_of_who_entered(calm: Played) -> None:
    """By the nearest rank."""
    crowd, waits = calm.sides[0].crowd, figures_of(calm).waits
    all_waits = sorted(crowd.entered[number] - crowd.joined[number] for number in crowd.order)

    assert round(all_waits[VISITORS // 2 - 1], 3) == waits.p50
    assert round(all_waits[-1], 3) == waits.max
    assert waits.p50 is not None
    assert waits.p95 is not None
    assert waits.max is not None
    assert 0 <= waits.p50 <= waits.p95 <= waits.max


def test_an_estimate_is_judged_by_what_came_true(calm: Played) -> None:
    """Of those who had to wait after the opening."""
    figures = figures_of(calm)

    assert figures.eta_coverage is not None
    assert 0 <= figures.eta_coverage <= 1
    assert 500 < figures.estimates < VISITORS


def test_the_same_seed_is_the_same_report(wild: Played) -> None:
    """But for the time that it took; and another seed is another one."""
    again = rehearse(wild.scenario)
    other = rehearse(scenario(people=WILD, seed=4))
    first, second, third = (
        to_json(played.scenario, figures_of(played), curves_of(played), 1.0)
        for played in (wild, again, other)
    )

    assert first == second
    assert first != third


def test_a_pause_stops_the_line_and_a_new_rate_moves_it() -> None:
    """Live changes take effect when they are made."""
    stop = Change(120, "2m mode=pause", {"mode": "pause"})
    go = Change(240, "4m mode=queue rate=1200", {"mode": "queue", "rate": "1200"})
    played = rehearse(scenario("steady", seconds=60, visitors=1500, changes=(go, stop)))
    entered = [at for at in played.sides[0].crowd.entered[1:] if at < inf]

    assert not [at for at in entered if 124 < at < 239]
    assert 1500 == len(entered)
    assert max(entered) < 310


def test_a_ramp_is_followed() -> None:
    """Steps of the rate after the opening, as the schedule takes them."""
    ramp = Ramp.parse("60, 600 after 4m")
    played = rehearse(replace(scenario(visitors=1500), rules=Rules(rate=60.0), ramp=ramp))
    opens, turns = played.scenario.curve.opens_at, played.sides[0].crowd.turn[1:]

    assert 235 <= sum(turn <= opens + 240 for turn in turns) <= 260
    assert 590 <= sum(opens + 240 < turn <= opens + 300 for turn in turns) <= 660


def test_lanes_share_the_rate_by_weight() -> None:
    """Three to one, each first come first served in itself."""
    rules = Rules(rate=600.0, weights="general:1 members:3")
    lanes = (Share("general", 0.5), Share("members", 0.5))
    played = rehearse(replace(scenario("steady", rules=rules, seconds=30), lanes=lanes))
    figures = figures_of(played)
    general, members = (side.crowd for side in played.sides)
    both = max(members.entered[1:])

    assert [1000, 1000] == [lane.fairness.entered for lane in figures.lanes]
    assert 0 == figures.overtakes
    taken = sum(at <= both for at in general.entered[1:])
    assert 300 <= taken <= 370


def test_a_lane_that_never_moves_is_not_held_by_the_rate() -> None:
    """Who stands in it waits to the end, and the rate is judged by the others."""
    rules = Rules(rate=600.0, weights="general:1 suspects:0")
    lanes = (Share("general", 0.5), Share("suspects", 0.5))
    figures = figures_of(rehearse(replace(scenario("steady", rules=rules, seconds=30), lanes=lanes)))

    assert (1000, 1000) == (figures.entered, figures.still_waiting)
    assert figures.rate_error is not None and abs(figures.rate_error) < 0.02


def test_where_nobody_ever_enters_it_ends_all_the_same() -> None:
    """At a rate of 0 they are told as still waiting."""
    played = rehearse(scenario("steady", rules=Rules(rate=0.0), visitors=50, seconds=10))
    figures = figures_of(played)

    assert (0, 50, None, None) == (
        figures.entered,
        figures.still_waiting,
        figures.waits.p50,
        figures.rate_error,
    )


def test_it_can_be_ended_early() -> None:
    """Whoever still waits is told as such."""
    played = rehearse(replace(scenario("steady", seconds=60), longest=90))
    figures = figures_of(played)

    assert 90 == figures.seconds
    assert 400 < figures.entered < 500
    assert VISITORS == figures.entered + figures.still_waiting


def test_a_long_sale_is_played_in_longer_ticks() -> None:
    """By the same rules: the rate is kept, and nobody is overtaken."""
    people = People(no_shows=0.1, sleepers=0.3, visit=60)
    asked = scenario("steady", rules=Rules(rate=4.0), people=people, visitors=1200, seconds=600)
    played = rehearse(replace(asked, longest=5400))
    figures = figures_of(played)

    assert max(played.ticks.seconds) >= 2
    assert 0 == figures.overtakes
    assert figures.rate_error is not None
    assert abs(figures.rate_error) < 0.01
    assert 1200 == figures.entered + figures.no_shows + figures.missed + figures.still_waiting
    assert 340 < figures.entered < 370


def test_a_high_rate_is_played_in_shorter_ticks() -> None:
    """No run of the line calls more than a thousand, and the rate is kept all the same."""
    rules = Rules(rate=90_000.0, mode=Mode.QUEUE)
    played = rehearse(scenario("steady", rules=rules, people=CROWDS["calm"], visitors=20_000, seconds=5))
    figures = figures_of(played)

    assert max(played.ticks.seconds) < 1
    assert 20_000 == figures.entered
    assert figures.rate_error is not None
    assert abs(figures.rate_error) < 0.01
