"""A room on the workbench: a store of it, its raw fields, and its time."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from redis.asyncio import Redis

from waitroom.line.head import Head
from waitroom.line.keys import room_keys
from waitroom.line.memory import GENERAL, Memory
from waitroom.line.rules import Mode, Rules
from waitroom.line.store import LineStore
from waitroom.line.ticket import Outcome

RULES = Rules(
    rate=600.0, mode=Mode.QUEUE, burst_ms=1000,
    session_ms=60_000, keep_ms=6400, presence_ms=6000, entry_ms=4000,
)  # fmt: skip
"""Short enough that every time is met: a presence slot is two seconds, a turn lapses after four."""
STILL = 0.001
"""A rate at which nothing accrues, so that a test gives out each place by hand; at 0 none could be given."""
KEYS = room_keys("room", [GENERAL])
(
    ROOM,
    RULES_KEY,
    SESSIONS,
    GRANTED,
    _,
    LOG,
    PLAN,
    DESK,
    FOLLOWED,
    _,
    LANE,
    _,
    _,
    USED,
    *SEEN,
    LAPSED,
    LEFT,
    SUMMONED,
    _,
) = KEYS


def told_by_ticket(epoch: int, number: int) -> Memory:
    """What one ticket of the general lane tells of a life that was lost."""
    return Memory().of_ticket(epoch, GENERAL, number, 0)


class Bench:
    """One room, and the worker that runs it."""

    def __init__(self, redis: Redis) -> None:
        self.redis = redis
        self.store = LineStore(redis, "room")
        self.rules = RULES

    async def ask(self, *words: str | bytes | float) -> Any:
        """What Redis itself says to a command."""
        return await self.redis.execute_command(*words)  # type: ignore[no-untyped-call, unused-ignore]

    def worker(self) -> LineStore:
        """Another worker, which has seen nothing yet."""
        return LineStore(self.redis, "room")

    async def open(self, **changes: object) -> Head:
        """Opens the room by ``RULES`` with these changes, its bucket empty."""
        self.rules = replace(RULES, **changes)  # type: ignore[arg-type]
        await self.store.configure(self.rules.to_redis(), source="file", who="test")
        await self.allow(0)
        return await self.store.advance()

    async def turn(self, **changes: object) -> Head:
        """Changes live settings."""
        self.rules = replace(self.rules, **changes)  # type: ignore[arg-type]
        return await self.store.configure(self.rules.to_redis(), source="live", who="test")

    async def wait(self, ms: int, *, present: tuple[int, ...] = ()) -> Head:
        """Time passes in ticks of at most a second; ``present`` are seen in each."""
        head = await self.store.advance()
        while ms > 0:
            tick = min(ms, 1000)
            await self.jump(tick)
            head = await self.store.see(present)
            head = await self.store.advance()
            ms -= tick
        return head

    async def jump(self, ms: int) -> None:
        """Redis's clock jumps: to the scripts it is the same as moving back when they last looked."""
        await self.ask("HINCRBY", ROOM, "wall", -ms)

    async def allow(self, places: float) -> None:
        """Puts this much into the bucket."""
        await self.ask("HSET", ROOM, "tokens", places)

    async def granted(self) -> list[int]:
        """The numbers called while present and not yet entered, by number."""
        return sorted(int(member.split(b":")[1]) for member in await self.ask("ZRANGE", GRANTED, 0, -1))

    async def outcome(self, number: int) -> Outcome:
        """What becomes of a ticket at the door."""
        return (await self.store.claim(number))[0]

    async def lane(self, field: str) -> int:
        """A field of the lane as Redis keeps it."""
        return int(await self.ask("HGET", LANE, field) or 0)
