"""A waiting room as it is usually written with Redis: one sorted set.

``ZADD`` at the join, ``ZRANK`` a poll, and a ticker that takes the first ones out with ``ZPOPMIN``. Nobody knows who
is still there. An event stream is the same question once a second, told when the answer has changed.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Mapping
from typing import cast
from uuid import uuid4

from loadtests.side_by_side.rooms.options import LOG, RATE, Budget, Options, connect
from loadtests.side_by_side.rooms.web import TICK_SECONDS, Answer, Request, Room

LINE = "line"
SESSION_SECONDS = 600


class SortedSet(Room):
    """``GET /`` joins or enters, ``GET /position`` is a poll, ``GET /events`` the stream."""

    def __init__(self, options: Options) -> None:
        self._redis = connect(options.redis_url)
        self._logged = options.logged
        self._budget = Budget()

    async def answer(self, request: Request) -> Answer:
        """What a visitor gets."""
        visitor = request.cookie
        if request.path == "/position":
            return Answer(200, await self._state(visitor))
        if request.path == "/events":
            return Answer(200, {}, events=self._events(visitor))
        if visitor and await self._redis.exists(_admitted(visitor)):
            return Answer(200, {"state": "admitted"})
        if visitor:  # has a place; between ZPOPMIN and SET nobody must be given a second one
            return Answer(503, {"state": "waiting", "visitor": visitor})
        visitor = uuid4().hex
        await self._redis.zadd(LINE, {visitor: time.time()}, nx=True)
        return Answer(503, {"state": "waiting", "visitor": visitor}, cookie=visitor)

    async def tick(self) -> None:
        """Lets the first ones in."""
        rate = await self._redis.get(RATE)
        count = self._budget.spend(time.monotonic(), float(rate or 0))
        if not count:
            return
        called = cast("list[tuple[str, float]]", await self._redis.zpopmin(LINE, count))
        pipe = self._redis.pipeline(transaction=False)
        for visitor, _ in called:
            pipe.set(_admitted(visitor), 1, ex=SESSION_SECONDS)
            if self._logged:
                pipe.rpush(LOG, f"{time.time()} {visitor}")
        await pipe.execute()

    async def close(self) -> None:
        """Lets go of Redis."""
        await self._redis.aclose()

    async def _state(self, visitor: str) -> Mapping[str, object]:
        rank = await self._redis.zrank(LINE, visitor)
        if isinstance(rank, int):
            return {"state": "waiting", "position": rank + 1}
        if await self._redis.exists(_admitted(visitor)):
            return {"state": "admitted"}
        return {"state": "unknown"}

    async def _events(self, visitor: str) -> AsyncIterator[Mapping[str, object]]:
        last: Mapping[str, object] = {}
        while last.get("state", "waiting") == "waiting":
            state = await self._state(visitor)
            if state != last:
                yield state
                last = state
            await asyncio.sleep(TICK_SECONDS)


def _admitted(visitor: str) -> str:
    return f"admitted:{visitor}"
