"""The scripts in Redis do what the pure model says, whatever happens in whatever order."""

from __future__ import annotations

import asyncio
import os
import random
from collections import Counter
from collections.abc import Awaitable
from dataclasses import replace
from typing import TypeVar

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from redis.asyncio import Redis

from waitroom.line.desk import Fate, Help
from waitroom.line.draw import Draw, draw_key
from waitroom.line.head import Head
from waitroom.line.memory import Memory
from waitroom.line.model import Line
from waitroom.line.model_lane import Lane
from waitroom.line.plan import Plan, Step, StepKind
from waitroom.line.rules import Mode, Rules, SoldOut
from waitroom.line.seeds import Seeds
from waitroom.line.store import Handed, LineStore
from waitroom.line.ticket import Outcome, Stage, Ticket

T = TypeVar("T")
LANES = ("general", "members", "suspects")
LANE = st.sampled_from(["general", "general", "members", "members", "suspects"])
WEIGHTS = "general:1 members:2.5 suspects:0"
RATES = st.sampled_from([0.0, 30.0, 60.0, 300.0, 1000.0, 6000.0])
SEEDS = Seeds(("a secret of the test",))
FAR = 4_000_000_000_000
"""An opening that no clock reaches: the test opens the door itself."""
PICK = st.integers(0, 10_000)
CAPACITIES = st.sampled_from([0, 0, 1, 3, 20])
EXAMPLES = 2000 if os.environ.get("WAITROOM_LONG_TESTS") else 64
"""With ``WAITROOM_LONG_TESTS=1`` a quarter of an hour instead of some ten seconds."""
UNDISTURBED = 10
"""So many answers are compared before everyone is let in, and before that is done again: it takes as long as twenty."""


FATES = {
    None: {Fate.UNKNOWN},
    Stage.WAITING: {Fate.WAITING, Fate.CALLED},
    Stage.GRANTED: {Fate.GRANTED},
    Stage.PASSED: {Fate.CALLED, Fate.MISSED},
    Stage.LATE: {Fate.LATE},
    Stage.INSIDE: {Fate.INSIDE},
    Stage.MISSED: {Fate.MISSED},
    Stage.SPENT: {Fate.SPENT, Fate.LEFT, Fate.FINISHED},
}
"""What the desk is told of a ticket in each stage. One that was passed over may have outlived its turn, unnoticed."""


class LineMachine(RuleBasedStateMachine):
    """Drives a room in Redis and its model with the same commands, and compares all that can be seen.

    Time is Redis's own. It is made to pass by moving back the moment at which the room was last looked at,
    which to the scripts is the same as a clock that moved on.
    """

    redis_url = ""
    keep_ms = 6400

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.new_event_loop()
        self.redis = Redis.from_url(self.redis_url)
        self.begin_worker()
        self.given: set[tuple[str, int]] = set()
        self.has_drawn = False
        self.changes = 0

    def begin_worker(self, lanes: tuple[str, ...] = LANES) -> None:
        memory = Memory(lanes)
        self.stores = {lane: LineStore(self.redis, "room", lane, memory) for lane in LANES}

    def run(self, answer: Awaitable[T]) -> T:
        async def wait() -> T:
            return await answer

        return self.loop.run_until_complete(wait())

    def teardown(self) -> None:
        self.run(self.redis.aclose())
        self.loop.close()

    @initialize(
        mode=st.sampled_from([Mode.AUTO, Mode.QUEUE]), rate=RATES, capacity=CAPACITIES,
        burst=st.sampled_from([0, 1000, 5000]),
    )  # fmt: skip
    def open_room(self, mode: Mode, rate: float, capacity: int, burst: int) -> None:
        """A room begins, with times short enough that they are met."""
        rules = Rules(
            weights=WEIGHTS, rate=rate, capacity=capacity, mode=mode, burst_ms=burst,
            session_ms=4000, keep_ms=self.keep_ms, presence_ms=3000, entry_ms=2000,
        )  # fmt: skip
        self.run(self.redis.flushall())
        head = self.run(self.stores["general"].configure(rules.to_redis(), source="file", who="test"))
        self.model = Line(rules, head.clock, LANES)
        self.epoch = head.epoch
        self.compare(head)

    def compare(self, head: Head, lane: str = "general") -> None:
        """What Redis reports is what the model holds."""
        self.changes += 1
        model, of_lane = self.model, self.model.lanes[lane]
        expected = {
            "issued": of_lane.issued,
            "called": of_lane.called,
            "floor": of_lane.floor,
            "slot": model.slot,
            "sessions": len(model.staged(Stage.INSIDE)),
            "granted": len(model.staged(Stage.GRANTED)),
            "admitted": model.admitted,
            "entered": model.entered,
            "no_shows": model.no_shows,
            "given_back": model.given_back,
            "epoch": self.epoch,
        }
        assert expected == {name: getattr(head, name) for name in expected}
        assert head.tokens == pytest.approx(model.tokens, abs=0.01)

    @rule(count=st.integers(1, 6), lane=LANE)
    def join(self, count: int, lane: str) -> None:
        joined = self.run(self.stores[lane].join(count))
        self.model.pass_time(joined.head.clock)
        assert self.model.join(count, lane) == (joined.first, joined.admitted)
        numbers = {(lane, number) for number in range(joined.first, joined.first + count)}
        assert not numbers & self.given, "no number is given twice"
        self.given |= numbers
        self.compare(joined.head, lane)

    def handed(self) -> list[Handed]:
        """The drawn orders, as a worker hands them over."""
        lanes = [lane for lane in self.model.lanes.values() if lane.draw is not None]
        return [
            Handed(lane.name, lane.called + 1, [lane.number_at(lane.called + 1 + i) for i in range(200)])
            for lane in lanes
        ]

    @rule(lane=LANE)
    def advance(self, lane: str) -> None:
        before = {
            of.name: [t for t in of.staged(Stage.WAITING) if self.model.is_present(t)]
            for of in self.model.lanes.values()
        }
        head = self.run(self.stores[lane].advance(self.handed()))
        self.model.pass_time(head.clock)
        self.model.advance()
        self.compare(head, lane)
        for name, tickets in before.items():
            self.check_order(self.model.lanes[name], tickets)

    def check_order(self, lane: Lane, tickets: list[Ticket]) -> None:
        """Of those who were present, no later turn was granted before an earlier one."""
        granted = [lane.turn_of(t.number) for t in tickets if t.stage is Stage.GRANTED]
        left = [
            lane.turn_of(t.number) for t in tickets if t.stage is Stage.WAITING and self.model.is_present(t)
        ]
        assert not granted or not left or max(granted) < min(left), "no overtaking of the present"

    def some(self, numbers: list[int], picks: list[int]) -> list[int]:
        """What is drawn must not depend on the state, which depends on the time that really passes."""
        return sorted({numbers[pick % len(numbers)] for pick in picks}) if numbers else []

    def staged(self, lane: str, stage: Stage, pick: int) -> list[int]:
        return self.some([t.number for t in self.model.lanes[lane].staged(stage)], [pick])

    @rule(picks=st.lists(PICK, min_size=1, max_size=8), lane=LANE)
    def see(self, picks: list[int], lane: str) -> None:
        numbers = self.some(list(self.model.lanes[lane].tickets), picks)
        head = self.run(self.stores[lane].see(numbers))
        self.model.pass_time(head.clock)
        for number in numbers:
            self.model.see(number, lane)
        self.compare(head, lane)

    def show(self, number: int, lane: str) -> tuple[Outcome, Head]:
        """Shows a ticket at the door, in Redis and in the model."""
        turn = self.model.lanes[lane].turn_of(number)
        outcome, head = self.run(self.stores[lane].claim(number, turn))
        self.model.pass_time(head.clock)
        assert self.model.claim(number, lane) is outcome
        self.compare(head, lane)
        return outcome, head

    @rule(pick=PICK, lane=LANE)
    def claim(self, pick: int, lane: str) -> None:
        number = pick % (self.model.lanes[lane].issued + 1)
        before = len(self.model.staged(Stage.INSIDE)) + len(self.model.staged(Stage.GRANTED))
        outcome, head = self.show(number, lane)
        inside = head.sessions + head.granted
        if outcome is Outcome.ADMITTED and self.model.rules.places and self.model.admits:
            assert inside <= max(self.model.rules.places, before), "no more than capacity allows"

    @rule(pick=PICK, lane=LANE)
    def enter(self, pick: int, lane: str) -> None:
        for number in self.staged(lane, Stage.GRANTED, pick):
            self.show(number, lane)

    @rule(number=st.sampled_from([0, 99_999]))
    def claim_unknown(self, number: int) -> None:
        assert self.show(number, "general")[0] is Outcome.UNKNOWN

    @rule(pick=PICK, lane=LANE)
    def leave(self, pick: int, lane: str) -> None:
        number = pick % (self.model.lanes[lane].issued + 1)
        outcome, head = self.run(self.stores[lane].leave(number))
        self.model.pass_time(head.clock)
        assert self.model.leave(number, lane) is outcome
        self.compare(head, lane)

    @rule(pick=PICK, lane=LANE)
    def reinstate(self, pick: int, lane: str) -> None:
        self.give_back(pick % (self.model.lanes[lane].issued + 1), lane)

    def give_back(self, number: int, lane: str) -> None:
        turn = self.model.lanes[lane].turn_of(number)
        done = self.run(self.stores[lane].reinstate(number, turn, who="desk", why="test"))
        self.model.pass_time(done.head.clock)
        assert self.model.reinstate(number, lane) is (done.help is Help.DONE)
        self.compare(done.head, lane)

    @rule(pick=PICK, lane=LANE)
    def bring_forward(self, pick: int, lane: str) -> None:
        self.call_next(pick % (self.model.lanes[lane].issued + 1), lane)

    def call_next(self, number: int, lane: str) -> None:
        turn = self.model.lanes[lane].turn_of(number)
        help_, head = self.run(self.stores[lane].bring_forward(number, turn, who="desk", why="test"))
        self.model.pass_time(head.clock)
        assert self.model.bring_forward(number, lane) is (help_ is Help.DONE)
        self.compare(head, lane)

    @rule(pick=PICK, lane=LANE)
    def look_up(self, pick: int, lane: str) -> None:
        """What the desk is told of a place is the stage that it is in."""
        number = pick % (self.model.lanes[lane].issued + 1)
        turn = self.model.lanes[lane].turn_of(number)
        self.advance(lane)
        report = self.run(self.stores[lane].place(number, turn))
        assert report is not None
        ticket = self.model.lanes[lane].tickets.get(number)
        assert FATES[ticket.stage if ticket else None] >= {report.fate}
        if ticket and ticket.stage is Stage.WAITING:
            summoned = ticket.summoned > self.model.open
            assert report.fate is (Fate.CALLED if summoned else Fate.WAITING)

    @rule(pick=PICK, lane=LANE)
    def renew(self, pick: int, lane: str) -> None:
        for number in self.staged(lane, Stage.INSIDE, pick):
            self.renew_one(number, lane)

    def renew_one(self, number: int, lane: str) -> None:
        session = f"{self.epoch}:{lane}:{number}"
        # a session that has just ended comes back by its own activity; here only those that still run do
        self.advance(lane)
        ticket = self.model.lanes[lane].tickets[number]
        if ticket.stage is not Stage.INSIDE or ticket.until - self.model.clock < 50:
            return
        head = self.run(self.stores[lane].renew({session: 0}))
        self.model.pass_time(head.clock)
        self.model.renew(number, lane)
        self.compare(head, lane)

    @rule(pick=PICK, lane=LANE)
    def finish(self, pick: int, lane: str) -> None:
        for number in self.staged(lane, Stage.INSIDE, pick):
            head = self.run(self.stores[lane].finish(f"{self.epoch}:{lane}:{number}"))
            self.model.pass_time(head.clock)
            self.model.finish(number, lane)
            self.compare(head, lane)

    @precondition(lambda self: self.model.is_opened and not self.has_drawn)
    @rule()
    def close_for_an_event(self) -> None:
        """The event begins without a line of its own only where nobody has a number yet."""
        if any(lane.issued for lane in self.model.lanes.values()):
            return
        step = Step(1, StepKind.BEGIN, "sale", opens_ms=FAR, commitment=SEEDS.commit("room", "sale"))
        head = self.plan([step, Step(FAR, StepKind.OPEN, "sale")])
        self.model.is_opened = False
        self.compare(head)

    @precondition(lambda self: not self.model.is_opened)
    @rule()
    def open_with_a_draw(self) -> None:
        """Everyone who came before stands in a drawn order; who comes later stands behind them."""
        self.plan([Step(1, StepKind.OPEN, "sale")])
        event = self.run(self.stores["general"].event())
        seed, as_committed = SEEDS.find("room", event)
        assert as_committed
        draws = []
        for lane in self.model.lanes.values():
            first, count = lane.called + 1, lane.issued - lane.called
            key = draw_key(
                seed, event.digest, room="room", event="sale", lane=lane.name, first=first, count=count
            )
            draws.append(Draw(key, first, count))
        self.model.open_door(draws)
        self.has_drawn = True
        for lane_name in LANES:
            self.advance(lane_name)

    def plan(self, steps: list[Step]) -> Head:
        plan = Plan(tuple(steps))
        head = self.run(
            self.stores["general"].plan(plan.to_redis(), name=plan.name, source="live", who="test")
        )
        self.model.pass_time(head.clock)
        return head

    @rule(ms=st.sampled_from([50, 200, 700, 1500]))
    def time_passes(self, ms: int) -> None:
        self.run(self.redis.hincrby("waitroom:1:{room}:room", "wall", -ms))

    @rule(picks=st.lists(PICK, max_size=6), lane=LANE, seconds=st.integers(1, 5))
    def a_while(self, picks: list[int], lane: str, seconds: int) -> None:
        """Long enough that grants lapse, visits end and turns are missed; only these are there."""
        for _ in range(seconds):
            self.time_passes(1400)
            if picks:
                self.see(picks, lane)
            self.advance(lane)

    @rule(rate=RATES, capacity=CAPACITIES)
    def turn_the_dial(self, rate: float, capacity: int) -> None:
        self.configure(replace(self.model.rules, rate=rate, capacity=capacity))

    @rule(mode=st.sampled_from(list(Mode)))
    def switch_mode(self, mode: Mode) -> None:
        self.configure(replace(self.model.rules, mode=mode))

    @rule(sold_out=st.sampled_from(list(SoldOut)))
    def sell_out(self, sold_out: SoldOut) -> None:
        """And back: whoever stands in line keeps the place."""
        self.configure(replace(self.model.rules, sold_out=sold_out))

    def configure(self, rules: Rules) -> None:
        head = self.run(self.stores["general"].configure(rules.to_redis(), source="live", who="test"))
        self.model.pass_time(head.clock)
        self.model.configure(rules)
        self.compare(head)

    @rule(lanes=st.sampled_from([LANES, ("general",), ("general", "suspects", "members")]))
    def restart_worker(self, lanes: tuple[str, ...]) -> None:
        """A worker that knows nothing takes over, with its own file; Redis has dropped its scripts."""
        self.run(self.redis.script_flush())
        self.begin_worker(lanes)
        for store in self.stores.values():
            self.run(store.view(0))
        self.run(self.stores["general"].event())

    @precondition(lambda self: self.changes >= UNDISTURBED)
    @rule()
    def everyone_gets_in(self) -> None:
        """Nobody is stuck: with budget and room for all, whoever is present and shows up enters."""
        self.configure(
            replace(
                self.model.rules,
                mode=Mode.AUTO,
                sold_out=SoldOut.NO,
                rate=6000.0,
                capacity=0,
                burst_ms=60_000,
            )
        )
        if not self.model.is_opened:
            self.open_with_a_draw()
        stages = (Stage.WAITING, Stage.GRANTED, Stage.PASSED, Stage.LATE)
        moving = ("general", "members")
        for _ in range(4):
            self.time_passes(1500)
            self.advance("general")
            for name in moving:
                lane = self.model.lanes[name]
                for number in [n for n, ticket in lane.tickets.items() if ticket.stage in stages]:
                    self.show(number, name)
        left = [t for name in moving for t in self.model.lanes[name].tickets.values() if t.stage in stages]
        assert left == [], "no visitor is stuck"
        self.changes = 0

    @invariant()
    def shows_nothing_impossible(self) -> None:
        if hasattr(self, "model"):
            for lane in self.model.lanes.values():
                assert 0 <= lane.floor <= lane.called <= lane.issued


def test_redis_and_model_never_differ(redis_url: str) -> None:
    """Random joins, silences, returns, leaves, dial turns, restarts: the store does what the model says."""
    LineMachine.redis_url = redis_url
    run_state_machine_as_test(
        LineMachine,
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=40,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )


def at_the_desk(machine: LineMachine, seed: int, steps: int) -> Counter[str]:
    """A line that hardly moves and a busy support desk. Returns what was done."""
    chance = random.Random(seed)
    machine.keep_ms = chance.choice((700, 6400))
    machine.open_room(Mode.QUEUE, chance.choice((60.0, 300.0)), chance.choice((0, 0, 3)), 0)
    done: Counter[str] = Counter()

    def one_of(lane: str, *stages: Stage) -> list[int]:
        return machine.some(
            [ticket.number for stage in stages for ticket in machine.model.lanes[lane].staged(stage)],
            [chance.randrange(10_000)],
        )

    for _ in range(steps):
        lane = chance.choice(("general", "general", "members", "suspects"))
        what = chance.choices(
            ("join", "front", "back", "leave", "enter", "finish", "show", "see", "wait", "dial", "look"),
            (8, 8, 8, 5, 8, 3, 8, 12, 20, 2, 6),
        )[0]
        done[what] += 1
        pick = chance.randrange(10_000)
        match what:
            case "join":
                machine.join(chance.randint(1, 4), lane)
            case "front":
                for number in one_of(lane, Stage.WAITING):
                    machine.call_next(number, lane)
            case "back":
                for number in one_of(lane, Stage.MISSED, Stage.SPENT, Stage.PASSED):
                    machine.give_back(number, lane)
            case "leave":
                tickets = machine.model.lanes[lane].tickets.values()
                called = [ticket.number for ticket in tickets if ticket.summoned > machine.model.open]
                for number in machine.some(called, [pick]) or [pick]:
                    machine.leave(number, lane)
            case "finish":
                machine.finish(pick, lane)
            case "enter":
                machine.enter(pick, lane)
            case "show":
                for number in one_of(lane, Stage.PASSED, Stage.LATE, Stage.WAITING):
                    machine.show(number, lane)
            case "see":
                machine.see([chance.randrange(10_000) for _ in range(4)], lane)
            case "wait":
                machine.time_passes(chance.choice((200, 700, 1500, 1900)))
                machine.advance(lane)
            case "dial":
                rate, capacity = chance.choice((0.0, 60.0, 1000.0)), chance.choice((0, 0, 2))
                machine.turn_the_dial(rate, capacity)
            case "look":
                machine.look_up(pick, lane)
    return done


@pytest.mark.parametrize("seed", range(24))
def test_a_busy_support_desk_and_its_model_never_differ(redis_url: str, seed: int) -> None:
    """Places given back and brought to the front, present and absent, while the line goes on: as the model says."""
    LineMachine.redis_url = redis_url
    machine = LineMachine()
    try:
        at_the_desk(machine, seed, 160)
    finally:
        machine.teardown()
