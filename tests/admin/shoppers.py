"""Shoppers in the line of the room "drop", one of whom has lost their place."""

from __future__ import annotations

from dataclasses import dataclass

from redis.asyncio import Redis

from waitroom.line.desk import Spot
from waitroom.line.keys import RoomKeys
from waitroom.line.memory import GENERAL, Memory
from waitroom.line.store import LineStore
from waitroom.support.code import support_code

LANES = ("general", "members")


@dataclass(frozen=True, slots=True)
class Shoppers:
    """The codes on their pages."""

    store: LineStore
    missed: str
    """Of number 2, who was not there when called."""
    since: str
    """Of the place that they were given when they came back."""
    waiting: str
    """Of number 9, who is there."""

    async def code(self, number: int, lane: str = GENERAL) -> str:
        """What the page of a number shows."""
        return support_code("drop", (await self.store.advance()).epoch, lane, number)


async def shoppers(redis: Redis) -> Shoppers:
    """The first and the third are let in, the second is not there; it comes back, and stands behind the others."""
    room = RoomKeys.of("drop").room
    store = LineStore(redis, "drop", GENERAL, Memory(LANES))
    await store.configure(
        {"mode": "queue", "rate": "0.001", "keep_ms": "6000", "presence_ms": "60000", "entry_ms": "4000"},
        source="live",
        who="olga",
        why="payment is slow",
    )
    await redis.hset(room, "tokens", "0")
    await store.join(2)
    await store.advance()
    # away for longer than the presence window
    await _pass_time(redis, store, 90_000)
    await store.join(8)
    await store.see([1])
    await redis.hset(room, "tokens", "2")
    await store.advance()
    await redis.hset(room, "tokens", "0")
    for number in (1, 3):
        await store.claim(number)
    for _ in range(10):
        await _pass_time(redis, store, 1000)
        await store.see(range(4, 11))
    new = (await store.join(1)).first
    await store.follow(new, Spot(GENERAL, 2))
    await store.see(range(4, new + 1))
    epoch = (await store.advance()).epoch
    codes = [support_code("drop", epoch, GENERAL, number) for number in (2, new, 9)]
    return Shoppers(store, *codes)


async def _pass_time(redis: Redis, store: LineStore, ms: int) -> None:
    while ms > 0:
        await redis.hincrby(RoomKeys.of("drop").room, "wall", -min(ms, 1000))
        await store.advance()
        ms -= 1000
