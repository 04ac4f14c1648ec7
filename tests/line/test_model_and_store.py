"""The scripts in Redis do what the pure model says, whatever happens in whatever order."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from dataclasses import replace
from typing import TypeVar

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from redis.asyncio import Redis

from waitroom.line.head import Head
from waitroom.line.model import Line
from waitroom.line.rules import Mode, Rules
from waitroom.line.store import LineStore
from waitroom.line.ticket import Outcome, Stage

T = TypeVar("T")
RATES = st.sampled_from([0.0, 30.0, 60.0, 300.0, 1000.0, 6000.0])
PICK = st.integers(0, 10_000)
CAPACITIES = st.sampled_from([0, 0, 1, 3, 20])


class LineMachine(RuleBasedStateMachine):
    """Drives a room in Redis and its model with the same commands, and compares all that can be seen.

    Time is Redis's own. It is made to pass by moving back the moment at which the room was last looked at,
    which to the scripts is the same as a clock that moved on.
    """

    redis_url = ""

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.redis = Redis.from_url(self.redis_url)
        self.store = LineStore(self.redis, "room")
        self.given: set[int] = set()
        self.before_capacity = 0

    def run(self, answer: Awaitable[T]) -> T:
        async def wait() -> T:
            return await answer

        return self.runner.run(wait())

    def teardown(self) -> None:
        self.run(self.redis.aclose())
        self.runner.close()

    @initialize(
        mode=st.sampled_from([Mode.AUTO, Mode.QUEUE]), rate=RATES, capacity=CAPACITIES,
        burst=st.sampled_from([0, 1000, 5000]),
    )  # fmt: skip
    def open_room(self, mode: Mode, rate: float, capacity: int, burst: int) -> None:
        """A room begins, with times short enough that they are met."""
        rules = Rules(
            rate=rate, capacity=capacity, mode=mode, burst_ms=burst,
            session_ms=4000, keep_ms=6400, presence_ms=3000, entry_ms=2000,
        )  # fmt: skip
        self.run(self.redis.flushall())
        head = self.run(self.store.configure(rules.to_redis(), source="file", who="test"))
        self.model = Line(rules, head.clock)
        self.epoch = head.epoch
        self.compare(head)

    def compare(self, head: Head) -> None:
        """What Redis reports is what the model holds."""
        model = self.model
        expected = {
            "issued": model.issued,
            "called": model.called,
            "floor": model.floor,
            "slot": model.slot,
            "sessions": len(model.staged(Stage.INSIDE)),
            "granted": len(model.staged(Stage.GRANTED)),
            "admitted": model.admitted,
            "no_shows": model.no_shows,
            "epoch": self.epoch,
        }
        assert expected == {name: getattr(head, name) for name in expected}
        assert head.tokens == pytest.approx(model.tokens, abs=0.01)

    @rule(count=st.integers(1, 6))
    def join(self, count: int) -> None:
        joined = self.run(self.store.join(count))
        self.model.pass_time(joined.head.clock)
        assert self.model.join(count) == (joined.first, joined.admitted)
        numbers = set(range(joined.first, joined.first + count))
        assert not numbers & self.given, "no number is given twice"
        self.given |= numbers
        self.compare(joined.head)

    @rule()
    def advance(self) -> None:
        present_before = [t.number for t in self.model.staged(Stage.WAITING) if self.model.is_present(t)]
        head = self.run(self.store.advance())
        self.model.pass_time(head.clock)
        self.model.advance()
        self.compare(head)
        granted = {t.number for t in self.model.staged(Stage.GRANTED)}
        passed = [n for n in present_before if n in granted]
        left_behind = [
            n for n in present_before
            if n not in granted and self.model.tickets[n].stage is Stage.WAITING
            and self.model.is_present(self.model.tickets[n])
        ]  # fmt: skip
        assert not passed or not left_behind or max(passed) < min(left_behind), "no overtaking of the present"

    def some(self, numbers: list[int], picks: list[int]) -> list[int]:
        """What is drawn must not depend on the state, which depends on the time that really passes."""
        return sorted({numbers[pick % len(numbers)] for pick in picks}) if numbers else []

    @rule(picks=st.lists(PICK, min_size=1, max_size=8))
    def see(self, picks: list[int]) -> None:
        numbers = self.some(list(self.model.tickets), picks)
        head = self.run(self.store.see(numbers))
        self.model.pass_time(head.clock)
        for number in numbers:
            self.model.see(number)
        self.compare(head)

    @rule(pick=PICK)
    def claim(self, pick: int) -> None:
        number = pick % (self.model.issued + 1)
        before = len(self.model.staged(Stage.INSIDE)) + len(self.model.staged(Stage.GRANTED))
        outcome, head = self.run(self.store.claim(number))
        self.model.pass_time(head.clock)
        assert self.model.claim(number) is outcome
        self.compare(head)
        inside = head.sessions + head.granted
        if outcome is Outcome.ADMITTED and self.model.rules.capacity and self.model.admits:
            assert inside <= max(self.model.rules.capacity, before), "no more than capacity allows"

    @rule(pick=PICK)
    def enter(self, pick: int) -> None:
        for number in self.some([t.number for t in self.model.staged(Stage.GRANTED)], [pick]):
            self.enter_one(number)

    def enter_one(self, number: int) -> None:
        outcome, head = self.run(self.store.claim(number))
        self.model.pass_time(head.clock)
        assert self.model.claim(number) is outcome
        self.compare(head)

    @rule(number=st.sampled_from([0, 99_999]))
    def claim_unknown(self, number: int) -> None:
        outcome, head = self.run(self.store.claim(number))
        self.model.pass_time(head.clock)
        assert outcome is Outcome.UNKNOWN
        self.compare(head)

    @rule(pick=PICK)
    def leave(self, pick: int) -> None:
        number = pick % (self.model.issued + 1)
        outcome, head = self.run(self.store.leave(number))
        self.model.pass_time(head.clock)
        assert self.model.leave(number) is outcome
        self.compare(head)

    @rule(pick=PICK)
    def renew(self, pick: int) -> None:
        for number in self.some([t.number for t in self.model.staged(Stage.INSIDE)], [pick]):
            self.renew_one(number)

    def renew_one(self, number: int) -> None:
        session = f"{self.epoch}:general:{number}"
        # a session that has just ended comes back by its own activity; here only those that still run do
        head = self.run(self.store.advance())
        self.model.pass_time(head.clock)
        self.model.advance()
        if (
            self.model.tickets[number].stage is not Stage.INSIDE
            or self.model.tickets[number].until - head.clock < 50
        ):
            return
        head = self.run(self.store.renew({session: 0}))
        self.model.pass_time(head.clock)
        self.model.renew(number)
        self.compare(head)

    @rule(pick=PICK)
    def finish(self, pick: int) -> None:
        for number in self.some([t.number for t in self.model.staged(Stage.INSIDE)], [pick]):
            self.finish_one(number)

    def finish_one(self, number: int) -> None:
        head = self.run(self.store.finish(f"{self.epoch}:general:{number}"))
        self.model.pass_time(head.clock)
        self.model.finish(number)
        self.compare(head)

    @rule(ms=st.sampled_from([50, 200, 700, 1500]))
    def time_passes(self, ms: int) -> None:
        self.run(self.redis.hincrby("waitroom:1:{room}:room", "wall", -ms))

    @rule(rate=RATES, capacity=CAPACITIES)
    def turn_the_dial(self, rate: float, capacity: int) -> None:
        self.configure(replace(self.model.rules, rate=rate, capacity=capacity))

    @rule(mode=st.sampled_from(list(Mode)))
    def switch_mode(self, mode: Mode) -> None:
        self.configure(replace(self.model.rules, mode=mode))

    def configure(self, rules: Rules) -> None:
        head = self.run(self.store.configure(rules.to_redis(), source="live", who="test"))
        self.model.pass_time(head.clock)
        self.model.configure(rules)
        self.compare(head)

    @rule()
    def restart_worker(self) -> None:
        """A worker that knows nothing takes over; Redis has dropped its scripts."""
        self.run(self.redis.script_flush())
        self.store = LineStore(self.redis, "room")

    @rule()
    def everyone_gets_in(self) -> None:
        """Nobody is stuck: with budget and room for all, whoever is present and shows up enters."""
        self.configure(replace(self.model.rules, mode=Mode.AUTO, rate=6000.0, capacity=0, burst_ms=60_000))
        stages = (Stage.WAITING, Stage.GRANTED, Stage.PASSED, Stage.LATE)
        for _ in range(4):
            standing = [n for n, ticket in self.model.tickets.items() if ticket.stage in stages]
            self.time_passes(1500)
            for number in sorted(standing):
                outcome, head = self.run(self.store.claim(number))
                self.model.pass_time(head.clock)
                assert self.model.claim(number) is outcome
        left = [t for t in self.model.tickets.values() if t.stage in stages]
        assert left == [], "no visitor is stuck"

    @invariant()
    def shows_nothing_impossible(self) -> None:
        if hasattr(self, "model"):
            assert 0 <= self.model.floor <= self.model.called <= self.model.issued


def test_redis_and_model_never_differ(redis_url: str) -> None:
    """Random joins, silences, returns, leaves, dial turns, restarts: the store does what the model says."""
    LineMachine.redis_url = redis_url
    run_state_machine_as_test(
        LineMachine,
        settings=settings(
            max_examples=150, stateful_step_count=40, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
