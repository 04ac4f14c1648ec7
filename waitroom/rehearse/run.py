"""Runs a rehearsal: the line's own scripts in a Redis of its own, a crowd, and a clock that the crowd outruns."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from itertools import accumulate
from math import ceil
from pathlib import Path

import uvloop
from redis.asyncio import Redis

from waitroom.embedded import EmbeddedRedis
from waitroom.line.head import Head
from waitroom.line.memory import Memory
from waitroom.line.plan import NO_PLAN
from waitroom.line.rules import Mode
from waitroom.rehearse.crowd import Crowd
from waitroom.rehearse.line import SimulatedLine, SimulatedTime, client
from waitroom.rehearse.opening import Opening
from waitroom.rehearse.scenario import Scenario
from waitroom.rehearse.side import Side
from waitroom.rehearse.ticks import Ticks
from waitroom.rehearse.told import Watch

STEP = 2
"""Seconds that the line's clock may advance in a call: MAX_STEP in ``scripts/lib/state.lua``."""
CALLS_A_TICK = 500
"""Visitors called in a tick at most, half of what one run of ``advance`` may."""
TICKS = 6_000
"""About so many ticks a rehearsal has: long ones have longer ticks, and several runs of ``advance`` in each."""
LONGEST_TICK = 10
STANDSTILL = 3600.0
"""It ends when nothing has happened for so long: nobody will ever enter."""
TICKS_A_REPORT = 32
_MOVING = (Mode.AUTO, Mode.QUEUE)

Progress = Callable[[int, int, float], None]
"""Is told how many visitors' fate is known, of how many, and the seconds rehearsed."""


@dataclass(frozen=True, slots=True)
class Played:
    """A rehearsal that has been played."""

    scenario: Scenario
    sides: list[Side]
    ticks: Ticks
    wasted_turns: int


def rehearse(scenario: Scenario, progress: Progress = lambda *_: None) -> Played:
    """Plays ``scenario``. Raises ``RedisServerError`` where there is no Redis server to start."""
    with (
        tempfile.TemporaryDirectory(prefix="waitroom-rehearsal-") as folder,
        EmbeddedRedis(Path(folder)) as server,
    ):
        return uvloop.run(_play(server.url, scenario, progress))


async def _play(url: str, scenario: Scenario, progress: Progress) -> Played:
    redis = client(url)
    try:
        # what happens here is to be forgotten
        await redis.config_set("appendonly", "no")
        await redis.config_set("slowlog-log-slower-than", -1)
        return await _Play(redis, scenario, progress).run()
    finally:
        await redis.aclose(close_connection_pool=True)


class _Play:
    """A rehearsal under way. All of a tick happens at its end."""

    def __init__(self, redis: Redis, scenario: Scenario, progress: Progress) -> None:
        self._scenario = scenario
        self._progress = progress
        self._time = SimulatedTime(redis)
        self._memory = Memory([share.lane for share in scenario.lanes])
        self._sides = [
            Side(self._line(redis, share.lane), self._crowd(of_lane), of_lane)
            for share, of_lane in zip(scenario.lanes, _shared_out(scenario), strict=True)
        ]
        self._general = self._sides[0]
        self._rules = scenario.rules
        self._version = 0
        self._changes = sorted(scenario.changes, key=lambda change: change.at)
        self._opening = Opening(scenario)
        self._plan = NO_PLAN
        self._watch = Watch([side.lane for side in self._sides], len(scenario.curve.arrivals))
        self._ticks = Ticks()
        self._is_held = False
        self._now = Fraction(0)

    async def run(self) -> Played:
        """Plays it to its end."""
        await self._begin()
        visitors = self._scenario.curve.visitors
        while not self._is_over():
            await self._tick()
            if len(self._ticks.time) % TICKS_A_REPORT == 0:
                known = sum(side.crowd.arrived - side.crowd.unsettled for side in self._sides)
                self._progress(known, visitors, float(self._now))
        self._progress(visitors, visitors, float(self._now))
        return Played(self._scenario, self._sides, self._ticks, self._head.no_shows)

    @property
    def _head(self) -> Head:
        return self._general.lane.head

    def _line(self, redis: Redis, lane: str) -> SimulatedLine:
        return SimulatedLine(redis, lane, self._memory, self._time, self._scenario.seed)

    def _crowd(self, due: list[int]) -> Crowd:
        session = self._scenario.rules.session_ms / 1000
        return Crowd(self._scenario.people, due[-1], session, self._scenario.seed)

    async def _begin(self) -> None:
        line = self._general.line
        await self._time.set(0)
        await line.configure(self._rules.for_file(), source="file", who="rehearsal")
        await self._opening.plan(line)
        await self._advance(0.0)

    def _is_over(self) -> bool:
        scenario, now = self._scenario, float(self._now)
        if scenario.longest and now >= scenario.longest:
            return True
        if now < len(scenario.curve.arrivals) or self._changes:
            return False
        last_event = max(side.crowd.last_event for side in self._sides)
        unsettled = any(side.crowd.unsettled for side in self._sides)
        return not (unsettled or self._head.granted) or now - last_event > STANDSTILL

    async def _tick(self) -> None:
        before, waited = self._now, self._looking
        self._now += self._length()
        now = float(self._now)
        await self._pass_time(before)
        await self._change()
        for second in range(int(before), int(self._now)):
            for side in self._sides:
                side.live(second)
        newcomers = [(side, await side.arrive(float(before), now)) for side in self._sides]
        is_drawn = self._opening.is_drawn
        if await self._watch.look(self._rules, self._plan, now=now, now_ms=self._time.ms, is_drawn=is_drawn):
            for side, numbers in newcomers:
                side.estimates.ask(side.lane, numbers)
        await self._call(now)
        for side in self._sides:
            await side.claim(now)
            await side.tell(self._head.slot, now)
        self._measure(now - float(before), waited)

    @property
    def _looking(self) -> int:
        # the rate holds nobody in a lane that never moves
        moving = (side for side in self._sides if self._rules.weight_of(side.line.lane))
        return sum(side.crowd.waiting for side in moving)

    def _length(self) -> Fraction:
        """Whole seconds, or a whole part of one where more than a run of ``advance`` can call would be due."""
        rate, curve = self._rules.admission_rate, self._scenario.curve
        parts = ceil(rate / 60 / CALLS_A_TICK)
        if parts > 1:
            return Fraction(1, parts)
        expected = len(curve.arrivals) if not rate else max(len(curve.arrivals), curve.visitors * 60 / rate)
        return Fraction(min(max(int(max(expected, self._now) / TICKS), 1), LONGEST_TICK))

    async def _pass_time(self, before: Fraction) -> None:
        """The clock runs to the end of the tick, in steps that it may make."""
        steps = ceil((self._now - before) / STEP)
        for step in range(1, steps + 1):
            await self._time.set(float(before + (self._now - before) * step / steps))
            await self._advance(float(self._now))

    async def _change(self) -> None:
        """What ops staff and the schedule change."""
        line = self._general.line
        while self._changes and self._changes[0].at <= self._now:
            change = self._changes.pop(0)
            await line.configure(change.fields, source="live", who="rehearsal", why=change.words)
            await self._advance(float(self._now))
        if self._head.version != self._version:
            self._rules, self._version = await line.rules(), self._head.version
            self._plan = (await line.planned()).plan
        await self._opening.learn_draw(self._sides)

    async def _advance(self, now: float) -> None:
        """One call moves all lanes; each other lane asks how far it has come, as in a gateway."""
        handed = [of for side in self._sides if (of := side.hand_over(self._rules))]
        self._general.heed(await self._general.line.advance(handed), now)
        for side in self._sides[1:]:
            side.heed(await side.line.advance(), now)

    async def _call(self, now: float) -> None:
        """As many runs of ``advance`` as it takes to spend the budget: a gateway makes five a second."""
        while self._head.tokens >= 1:
            called = [side.lane.head.called for side in self._sides]
            await self._advance(now)
            if called == [side.lane.head.called for side in self._sides]:
                return

    def _measure(self, seconds: float, waited: int) -> None:
        rules, head, crowds = self._rules, self._head, [side.crowd for side in self._sides]
        admits = rules.mode in _MOVING and not head.opens
        inside = head.sessions + head.granted
        is_held = bool(admits and waited and self._looking and not 0 < rules.places <= inside)
        # what was saved up before is spent within the first tick
        was_held, self._is_held = self._is_held, is_held
        self._ticks.add(
            time=float(self._now),
            seconds=seconds,
            arrived=sum(crowd.arrived for crowd in crowds),
            waiting=sum(crowd.waiting + crowd.asleep for crowd in crowds),
            entered=sum(len(crowd.order) for crowd in crowds),
            given=head.admitted - head.no_shows,
            inside=inside,
            capacity=rules.places,
            rate=rules.admission_rate if admits else 0.0,
            is_held=is_held and was_held,
        )


def _shared_out(scenario: Scenario) -> list[list[int]]:
    """How many have come to each lane by the end of each second."""
    everyone = [0, *accumulate(scenario.curve.arrivals)]
    of_lanes = [[round(arrived * share.visitors) for arrived in everyone] for share in scenario.lanes[1:]]
    rest = [arrived - sum(others) for arrived, *others in zip(everyone, *of_lanes, strict=True)]
    return [rest, *of_lanes]
