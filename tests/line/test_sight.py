"""What the outlooks of a room's lanes are told."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from redis.asyncio import Redis

from waitroom.line.head import Head
from waitroom.line.lane import Lane
from waitroom.line.memory import Memory
from waitroom.line.plan import NO_PLAN, Plan, Step, StepKind
from waitroom.line.rules import Mode, Rules
from waitroom.line.sight import Sights, profile_of
from waitroom.line.snapshot import blank
from waitroom.line.store import LineStore
from waitroom.shaping.profile import Profile
from waitroom.shaping.profile import Step as Rate
from waitroom.shaping.sight import Sight

NOW = 1_800_000_000_000
CLOCK = 5_000_000
HEAD = Head(epoch=1, clock=CLOCK, issued=50)


def lanes_of(*names: str) -> dict[str, Lane]:
    """Lanes that never talk to Redis."""
    memory = Memory(names)
    return {name: Lane(LineStore(Redis.from_url("unix:///nowhere"), "drop", name, memory)) for name in names}


def seen(lane: Lane, **changes: float) -> None:
    """What was heard of a lane."""
    lane.snapshot = blank(HEAD._replace(**changes))  # type: ignore[arg-type]


def look(
    sights: Sights, lanes: Mapping[str, Lane], rules: Rules, shares: Mapping[str, float]
) -> dict[str, Sight]:
    """One look."""
    return sights.look(lanes, rules, NO_PLAN, shares, now_ms=NOW, order_is_open=False)


def set_to(at_ms: int, **changes: str) -> Step:
    """A step that changes settings."""
    return Step(at_ms, StepKind.SET, "sale", changes)


def test_without_a_schedule_the_rate_is_that_of_the_room() -> None:
    """What binds it besides is told apart."""
    rules = Rules(rate=120.0, limit_rate=60.0, limit_shared=80.0, capacity=100, limit_inside=50)
    lanes = lanes_of("general")
    seen(lanes["general"], sessions=20, granted=5, flow=30.0)
    sight = look(Sights(), lanes, rules, {"general": 1.0})["general"]
    assert Profile.steady(120.0) == sight.profile
    assert (60.0, 50, 100, 25, 30.0) == (
        sight.limit_per_minute,
        sight.capacity,
        sight.set_capacity,
        sight.inside,
        sight.flow_per_minute,
    )


def test_the_steps_of_a_ramp_are_planned_rates() -> None:
    """By the room's clock; where an event ends, nobody is admitted any more."""
    plan = Plan((set_to(NOW + 60_000, rate="200"), set_to(NOW + 90_000, mode="closed", rate="100")))
    expected = Profile((Rate(0, 100.0), Rate(CLOCK + 60_000, 200.0), Rate(CLOCK + 90_000, 0.0)))
    assert expected == profile_of(Rules(rate=100.0), plan, HEAD, NOW)


def test_before_the_opening_nobody_is_admitted() -> None:
    """Also while the step that opens the door is being taken."""
    head = HEAD._replace(opens=NOW + 60_000)
    plan = Plan((Step(NOW + 60_000, StepKind.OPEN, "sale"), set_to(NOW + 90_000, rate="200")))
    opening = (Rate(0, 0.0), Rate(CLOCK + 60_000, 100.0))
    assert (*opening, Rate(CLOCK + 90_000, 200.0)) == profile_of(Rules(rate=100.0), plan, head, NOW).steps
    assert opening == profile_of(Rules(rate=100.0), NO_PLAN, head, NOW).steps


def test_the_line_of_the_next_event_is_another_one() -> None:
    """What comes after its beginning is no promise to those who stand in this one."""
    plan = Plan((Step(NOW + 60_000, StepKind.BEGIN, "next"), Step(NOW + 90_000, StepKind.OPEN, "next")))
    expected = Profile((Rate(0, 100.0), Rate(CLOCK + 60_000, 0.0)))
    assert expected == profile_of(Rules(rate=100.0), plan, HEAD, NOW)


@pytest.mark.parametrize(
    ("mode", "hold", "order_is_open", "moving", "paused"),
    [
        (Mode.AUTO, 0, False, True, False), (Mode.QUEUE, CLOCK, False, True, False),
        (Mode.AUTO, CLOCK + 1, False, False, False), (Mode.AUTO, 0, True, False, False),
        (Mode.PAUSE, 0, False, False, True), (Mode.CLOSED, 0, False, False, False),
        (Mode.PASS, 0, False, False, False),
    ],
)  # fmt: skip
def test_when_a_line_moves(mode: Mode, hold: int, order_is_open: bool, moving: bool, paused: bool) -> None:
    """Not while it is held after a loss, nor before its order is drawn."""
    lanes = lanes_of("general")
    seen(lanes["general"], hold=hold)
    sights = Sights().look(
        lanes, Rules(mode=mode), NO_PLAN, {"general": 1.0}, now_ms=NOW, order_is_open=order_is_open
    )
    assert (moving, paused) == (sights["general"].moving, sights["general"].paused)


def test_what_was_admitted_is_parted_among_the_lanes() -> None:
    """By their shares, until their outflows are known; nothing is counted twice."""
    lanes, sights = lanes_of("general", "members"), Sights()
    shares = {"general": 0.25, "members": 0.75}
    for lane in lanes.values():
        seen(lane, admitted=100)
    first = look(sights, lanes, Rules(), shares)
    assert (25.0, 75.0) == (first["general"].served, first["members"].served)
    seen(lanes["general"], admitted=130, flow=20.0)
    seen(lanes["members"], admitted=120, flow=40.0)  # heard a little earlier
    then = look(sights, lanes, Rules(), shares)
    assert (35.0, 95.0) == (then["general"].served, then["members"].served)
    assert look(sights, lanes, Rules(), shares)["general"].served == 35.0
