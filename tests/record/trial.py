"""A room that is driven by chance: everything that may happen to a line, in a real Redis."""

from __future__ import annotations

import random
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from typing import cast

from redis.asyncio import Redis

from waitroom.line.draw import Draw, draw_key
from waitroom.line.keys import RoomKeys
from waitroom.line.memory import Memory
from waitroom.line.plan import Plan, Step, StepKind
from waitroom.line.rules import Mode, Rules
from waitroom.line.seeds import Seeds
from waitroom.line.store import Handed, LineStore
from waitroom.record.audit import Audit
from waitroom.record.reading import RecordReader, Stored
from waitroom.record.standing import Standing

ROOM = "room"
LANES = ("general", "members", "suspects")
RULES = Rules(
    rate=600.0, mode=Mode.AUTO, burst_ms=1000, weights="general:1 members:2.5 suspects:0",
    session_ms=4000, keep_ms=6400, presence_ms=3000, entry_ms=1500,
)  # fmt: skip
SEEDS = Seeds(("a secret of the test",))
FAR = 4_000_000_000_000
"""An opening that no clock reaches: the trial opens the door itself."""
KEYS = RoomKeys.of(ROOM)


class Trial:
    """One room and its two workers."""

    def __init__(self, redis: Redis, seed: int) -> None:
        self.redis = redis
        self.chance = random.Random(seed)
        self.rules = RULES
        self.memories = [Memory(LANES), Memory(LANES)]
        self.tickets: list[tuple[int, str, int]] = []
        self.left: list[tuple[str, int]] = []
        self.resting: list[tuple[str, int]] = []
        self.draws: dict[str, Draw] = {}
        self.events = 0
        self.opens: str | None = None
        self.reader = RecordReader(redis, ROOM, LANES)

    def store(self, lane: str | None = None) -> LineStore:
        """A lane as one of the workers has it."""
        lane = lane or self.chance.choice(LANES)
        return LineStore(self.redis, ROOM, lane, self.chance.choice(self.memories))

    async def begin(self) -> None:
        """The gateway brings the settings of its file."""
        store = self.store()
        await store.configure(self.rules.for_file(), source="file", who="configuration file")
        await store.plan([], name="", source="file", who="configuration file")
        for _ in self.memories:
            await self.advance()

    async def advance(self) -> None:
        """A tick of a worker."""
        store = self.store("general")
        head = await store.advance(
            [
                Handed(lane, draw.first, [draw.number_at(draw.first + i) for i in range(draw.count)])
                for lane, draw in self.draws.items()
            ]
        )
        if head.version == 0:
            await store.configure(self.rules.for_file(), source="file", who="configuration file")
            await store.plan([], name="", source="file", who="configuration file")

    async def run(self, steps: int) -> None:
        """Does what chance says; a worker is there all the while."""
        for _ in range(steps):
            await self.chance.choices(list(self.weights), list(self.weights.values()))[0]()
            if self.chance.random() < 0.7:
                await self.time_passes()

    @property
    def weights(self) -> Mapping[Callable[[], Awaitable[None]], int]:
        """What may happen, and how often."""
        return {
            self.join: 40, self.claim: 50, self.see: 30, self.leave: 6, self.undo: 6, self.rest: 6, self.desk: 6,
            self.renew: 6,
            self.finish: 3,
            self.configure: 8, self.clock_jumps: 3, self.event: 5, self.reset: 1, self.redis_restarts: 1,
            self.forget_all: 1, self.worker_restarts: 2, self.ticket_tells: 1,
        }  # fmt: skip

    async def time_passes(self) -> None:
        """A tick or two, at the end of which the line is moved."""
        ms = self.chance.choice((0, 50, 200, 400, 900, 1600))
        await self.redis.hincrby(KEYS.room, "wall", -ms)
        await self.advance()

    async def clock_jumps(self) -> None:
        """Redis's clock jumps an hour forwards, or backwards."""
        await self.redis.hincrby(KEYS.room, "wall", self.chance.choice((-1, 1)) * 3_600_000)
        await self.advance()

    async def join(self) -> None:
        store = self.store(self.chance.choice(("general", "general", "members", "suspects")))
        joined = await store.join(self.chance.randint(1, 9))
        self.tickets += [(joined.head.epoch, store.lane, joined.first + i) for i in range(joined.count)]

    def some(self, count: int) -> list[tuple[int, str, int]]:
        return self.chance.sample(self.tickets, min(count, len(self.tickets)))

    async def claim(self) -> None:
        for _, lane, number in self.some(6):
            draw = self.draws.get(lane)
            await self.store(lane).claim(number, draw.turn_of(number) if draw else number)

    async def see(self) -> None:
        for _, lane, number in self.some(8):
            await self.store(lane).see([number])

    async def leave(self) -> None:
        """Somebody in line gives up, or somebody at the door does."""
        granted = await cast(Awaitable[list[bytes]], self.redis.zrange(KEYS.granted, 0, 3))
        at_the_door = [(lane.decode(), int(number)) for lane, number in (of.split(b":") for of in granted)]
        for lane, number in at_the_door or [(lane, number) for _, lane, number in self.some(1)]:
            await self.store(lane).leave(number)
            self.left.append((lane, number))

    async def undo(self) -> None:
        """Somebody who left wants the place back, or tries to."""
        for lane, number in self.left[-3:]:
            draw = self.draws.get(lane)
            turn = draw.turn_of(number) if draw else number
            await self.store(lane).undo(number, turn, self.chance.choice((0, 0, 0, 1)))

    async def rest(self) -> None:
        """Somebody lets others pass; somebody who did is back."""
        for _, lane, number in self.some(2):
            draw = self.draws.get(lane)
            turn = draw.turn_of(number) if draw else number
            await self.store(lane).rest(number, turn, 5000)
            self.resting.append((lane, number))
        for lane, number in self.resting[-4:-2]:
            draw = self.draws.get(lane)
            await self.store(lane).ready(number, draw.turn_of(number) if draw else number)

    async def desk(self) -> None:
        """The support desk helps somebody, or tries to."""
        for _, lane, number in self.some(3):
            draw, store = self.draws.get(lane), self.store(lane)
            turn = draw.turn_of(number) if draw else number
            if self.chance.random() < 0.5:
                await store.reinstate(number, turn, who="anna", why="a trial")
            else:
                await store.bring_forward(number, turn, who="ben", why="a trial")

    async def renew(self) -> None:
        for epoch, lane, number in self.some(1):
            if await self.redis.zscore(KEYS.sessions, f"{epoch}:{lane}:{number}"):
                await self.store().renew({f"{epoch}:{lane}:{number}": 0})

    async def finish(self) -> None:
        for epoch, lane, number in self.some(1):
            await self.store().finish(f"{epoch}:{lane}:{number}")

    async def configure(self) -> None:
        change = self.chance.choice
        self.rules = replace(
            self.rules,
            rate=change((0.0, 30.0, 300.0, 600.0, 6000.0)),
            capacity=change((0, 0, 5, 40)),
            mode=change((*Mode, Mode.AUTO, Mode.QUEUE)),
            burst_ms=change((0, 1000, 5000)),
            entry_ms=change((500, 1500)),
            limit_rate=change((-1.0, -1.0, 100.0)),
            limit_inside=change((0, 0, 10)),
            message=change(("", "it goes on -> soon\nreally", "Grüße")),
        )
        await self.store().configure(self.rules.to_redis(), source="live", who="ops", why="a trial")

    async def event(self) -> None:
        """An event begins, moves, opens with a draw or without one; its end turns the dial."""
        if self.opens is None:
            self.events += 1
            name = f"sale-{self.events}"
            commitment = self.chance.choice(("", SEEDS.commit(ROOM, name)))
            begin = Step(1, StepKind.BEGIN, name, opens_ms=FAR, commitment=commitment)
            await self.plan([begin, Step(FAR, StepKind.OPEN, name)])
            self.opens, self.draws = name, {}
        elif self.chance.random() < 0.3:
            await self.plan([Step(FAR + 1, StepKind.OPEN, self.opens)])
        else:
            rate = self.chance.choice(("60", "1200"))
            await self.plan([Step(1, StepKind.OPEN, self.opens, {"rate": rate, "mode": "auto"})])
            self.opens = None
            await self.learn_draw()

    async def plan(self, steps: list[Step]) -> None:
        plan = Plan(tuple(steps))
        await self.store().plan(plan.to_redis(), name="live", source="live", who="ops")
        self.rules = await self.store().rules()

    async def learn_draw(self) -> None:
        event = await self.store().event()
        self.draws = {}
        if not event.opened_at or not event.commitment:
            return
        seed, as_committed = SEEDS.find(ROOM, event)
        await self.store().reveal(seed.hex(), as_committed=as_committed)
        for lane in LANES:
            head = (await self.store(lane).view(0)).head
            first, count = head.drawn_first, head.drawn_count
            if count:
                key = draw_key(
                    seed, event.digest, room=ROOM, event=event.name, lane=lane, first=first, count=count
                )
                self.draws[lane] = Draw(key, first, count)

    async def reset(self) -> None:
        self.draws = {}
        await self.store().reset(who="ops", why="a trial")

    async def redis_restarts(self) -> None:
        await self.redis.hset(KEYS.room, "server", "another one")
        await self.advance()

    async def forget_all(self) -> None:
        """Redis loses everything, and the workers tell it."""
        await self.store().event()
        await self.redis.flushall()
        await self.advance()
        self.draws = {}
        await self.learn_draw()

    async def worker_restarts(self) -> None:
        # its file may have other lanes, or have them in another order
        lanes = self.chance.choice((LANES, LANES, ("general",), ("general", "suspects", "members")))
        self.memories[self.chance.randrange(2)] = Memory(lanes)
        await self.advance()
        await self.store().event()

    async def ticket_tells(self) -> None:
        """Redis loses everything and the workers are new: a ticket tells."""
        self.memories, self.opens, self.draws = [Memory(LANES), Memory(LANES)], None, {}
        await self.redis.flushall()
        await self.begin()
        for epoch, lane, number in self.some(1):
            store = self.store(lane)
            await store.restore(store.memory.of_ticket(epoch, lane, number, 0))

    async def recorded(self) -> tuple[list[Stored], Standing]:
        """The record, and how the room stands."""
        standing = await self.reader.standing()
        return [entry async for entry in self.reader.entries(until=standing.last_id or "+")], standing


def audit(entries: list[Stored], standing: Standing, known: Mapping[str, str] | None = None) -> Audit:
    """The audit of a record."""
    replayed = Audit(ROOM, known)
    replayed.replay(entries)
    replayed.finish(standing)
    return replayed
