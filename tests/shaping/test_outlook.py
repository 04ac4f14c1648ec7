"""What a room promises does not jump without a reason, and the reason is told."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest

from waitroom.shaping.outlook import REASON_MS, Outlook
from waitroom.shaping.profile import Profile, Step
from waitroom.shaping.reason import Reason
from waitroom.shaping.sight import Sight


class Watched:
    """A line of which nobody leaves, watched second by second."""

    def __init__(self, length: int = 5000, rate: float = 300.0) -> None:
        self.outlook = Outlook()
        self.sight = Sight(
            at_ms=1_000,
            epoch=1,
            called=0,
            issued=length,
            served=0,
            waiting=length,
            profile=Profile.steady(rate),
            admitted=0,
            standing=length,
        )
        self.carry = 0.0
        self.share = 1.0
        self.chance: random.Random | None = None
        self.look()

    def look(self) -> None:
        """The outlook looks once."""
        called = self.sight.called
        self.outlook.observe(self.sight, lambda number: max(number - 1 - called, 0))

    def change(self, **changes: object) -> None:
        """What is seen from now on."""
        self.sight = self.sight._replace(**changes)  # type: ignore[arg-type]

    def go(self, seconds: int) -> set[Reason | None]:
        """Lets time pass; the reasons that were told meanwhile."""
        told: set[Reason | None] = set()
        for _ in range(seconds):
            seen = self.sight
            rate = (seen.profile.rate_at(seen.at_ms) or 0.0) * self.share if seen.moving else 0.0
            if self.chance:
                rate *= self.chance.uniform(0.4, 1.6)
            self.carry += rate / 60
            served = min(int(self.carry), seen.issued - seen.called)
            self.carry -= served
            self.change(
                at_ms=seen.at_ms + 1000,
                called=seen.called + served,
                served=seen.served + served,
                admitted=seen.admitted + served,
                waiting=seen.issued - seen.called - served,
                standing=seen.issued - seen.called - served,
            )
            self.look()
            told.add(self.outlook.reason)
        return told

    def wait(self, ahead: int = 600) -> int:
        """The likely wait of somebody in seconds."""
        told = self.outlook.estimate(ahead)
        assert told is not None
        return told.seconds


@pytest.fixture
def watched() -> Watched:
    """A line that has moved steadily for four minutes."""
    watched = Watched()
    assert {None} == watched.go(240)
    return watched


@pytest.mark.parametrize(
    ("change", "reason", "wait"),
    [
        (lambda line: line.change(profile=Profile.steady(150.0)), Reason.RATE_LOWERED, 240),
        (lambda line: line.change(profile=Profile.steady(600.0)), Reason.RATE_RAISED, 60),
        (
            lambda line: line.change(profile=Profile((Step(0, 300.0), Step(line.sight.at_ms + 60_000, 100.0)))),
            Reason.SCHEDULE_CHANGED,
            240,
        ),
    ],
)  # fmt: skip
def test_a_change_of_the_plan_counts_at_once_with_its_reason(
    watched: Watched, change: Callable[[Watched], None], reason: Reason, wait: int
) -> None:
    """The reason stays for a minute."""
    change(watched)
    assert {reason} == watched.go(REASON_MS // 1000)
    assert abs(watched.wait() - wait) <= 0.05 * wait or reason is Reason.SCHEDULE_CHANGED
    assert None in watched.go(2)


def test_a_planned_change_is_no_news() -> None:
    """Who was told of it beforehand is told nothing when it comes."""
    line = Watched()
    line.change(profile=Profile((Step(0, 300.0), Step(100_000, 100.0), Step(200_000, 400.0))))
    line.go(70)
    assert {None} == line.go(150)


def test_an_opening_that_is_moved_is_told() -> None:
    """Before it there is an estimate already."""
    line = Watched()
    line.change(profile=Profile((Step(600_000, 300.0),)))
    line.go(100)
    before = line.wait()
    line.change(profile=Profile((Step(1_200_000, 300.0),)))
    assert {Reason.OPENING_MOVED} == line.go(10)
    assert abs(line.wait() - before - 590) <= 3


def test_a_change_that_changes_nothing_for_anyone_is_not_told(watched: Watched) -> None:
    """A little of the rate, and a capacity that never fills."""
    watched.change(profile=Profile.steady(305.0))
    assert {None} == watched.go(30)
    watched.change(capacity=1_000_000, set_capacity=1_000_000)
    assert {None} == watched.go(30)


def test_a_pause_is_told_while_it_lasts_and_when_it_ends(watched: Watched) -> None:
    """Meanwhile there is no estimate, and after it the same as before."""
    before = watched.wait()
    watched.change(moving=False, paused=True)
    assert {Reason.PAUSED} == watched.go(300)
    assert watched.outlook.estimate(600) is None
    watched.change(moving=True, paused=False)
    assert {Reason.RESUMED} == watched.go(30)
    assert abs(watched.wait() - before) <= 3


def test_a_slow_shop_is_noticed_and_told(watched: Watched) -> None:
    """Within a minute, and likewise when it is itself again."""
    watched.share = 0.5
    assert Reason.SHOP_SLOW in watched.go(60)
    watched.go(60)
    assert abs(watched.wait() - 240) < 30
    watched.share = 1.0
    assert Reason.SHOP_FASTER in watched.go(60)


def test_an_uneven_outflow_moves_the_estimate_little_by_little() -> None:
    """Without a reason nobody is told a wait that is more than a few hundredths off the one of a second ago."""
    line = Watched(length=12_000)
    line.chance = random.Random(4)
    last = line.wait()
    for _ in range(900):
        told = line.go(1)
        now = line.wait()
        assert told == {None}
        assert abs(now - last) <= 2 + 0.03 * last
        last = now


def test_a_shop_with_a_capacity_is_foreseen_to_fill() -> None:
    """Those far back are told of what will leave it, before it is full."""
    line = Watched()
    line.change(capacity=400.0, inside=100.0)  # and visits of a quarter of an hour, as is assumed
    line.look()
    assert abs(line.wait(4000) - 4000 * 15 / 400 * 60) < 1500
    assert line.wait(200) < 60


def test_more_room_is_told_and_counts_at_once() -> None:
    """Of a full shop, its new places are filled at the rate, and those behind wait for twice as many to leave."""
    line = Watched()
    line.change(capacity=400.0, set_capacity=400, inside=400.0, session_ms=300_000.0)
    line.go(1)
    before = line.wait()
    line.change(capacity=800.0, set_capacity=800)
    assert {Reason.CAPACITY_RAISED} == line.go(1)
    assert line.wait() < before / 2
    assert abs(line.wait(390) - 80) < 5


def test_promises_before_a_change_are_no_measure() -> None:
    """They are counted apart; those after it come true."""
    line = Watched(length=1500)
    line.go(60)
    line.change(profile=Profile.steady(900.0))
    line.go(120)
    hits = line.outlook.hits
    assert hits.overtaken > 20
    assert hits.asked > 20


def test_a_line_begun_anew_forgets_what_it_promised() -> None:
    """The numbers are others."""
    line = Watched()
    line.go(60)
    asked = line.outlook.hits.asked
    line.change(epoch=2, called=0, issued=5000)
    line.look()
    assert (asked, 0) == (line.outlook.hits.asked, line.outlook.hits.overtaken)
    assert line.outlook.estimate(10) is not None


def test_what_redis_measured_is_where_a_new_worker_begins() -> None:
    """Without it the plan stands in."""
    told = []
    for flow in (0.0, 150.0):
        outlook = Outlook()
        sight = Sight(1_000, 1, 0, 5000, 0, 5000, Profile.steady(300.0), 0, 5000, flow_per_minute=flow)
        outlook.observe(sight, lambda number: number - 1)
        told.append(outlook.estimate(600))
    assert told[0] is not None and told[1] is not None
    assert abs(told[1].seconds - 2 * told[0].seconds) <= 2


def test_before_the_first_look_nothing_is_promised() -> None:
    """Nor explained."""
    assert (None, None) == (Outlook().estimate(3), Outlook().reason)
