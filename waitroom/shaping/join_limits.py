"""The buckets in Redis that newcomers take from: one script call for all who come together."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from math import ceil
from pathlib import Path
from typing import NamedTuple

from redis.asyncio import Redis
from redis.exceptions import RedisError

from waitroom.errors import LineUnavailableError
from waitroom.line import lua
from waitroom.line.keys import VERSION
from waitroom.redis.cluster import shard_of
from waitroom.shaping.buckets import Bucket

MAX_BATCH = 250
"""Newcomers of one call, so that no call holds Redis for long."""
_SCRIPT = Path(__file__).parent / "scripts" / "take.lua"


class Taken(NamedTuple):
    """What became of it: the bucket that is too full, None where all were taken from; and for how long it is."""

    full: Bucket | None = None
    wait_seconds: int = 0


class JoinLimits:
    """The buckets of one room, as one worker takes from them.

    One call is under way at a time: those who come meanwhile share the next one, so that the number of round trips
    does not grow with the load. Keys have the room's hash tag, and expire when their bucket is empty.
    """

    def __init__(self, redis: Redis, room: str) -> None:
        self._prefix = f"waitroom:{VERSION}:{{{room}}}:joins:"
        self._script = shard_of(redis, room).register_script(f"{lua.clock()}\n{_SCRIPT.read_text()}")
        self._waiting: list[tuple[Sequence[Bucket], asyncio.Future[Taken]]] = []
        self._task: asyncio.Task[None] | None = None

    def __repr__(self) -> str:
        return f"<JoinLimits {self._prefix}…, {len(self._waiting)} waiting>"

    async def take(self, buckets: Sequence[Bucket]) -> Taken:
        """Takes from all of these buckets, or from none of them. Raises
        :class:`~waitroom.errors.LineUnavailableError` when Redis does not answer."""
        if not buckets:
            return Taken()
        taken: asyncio.Future[Taken] = asyncio.get_running_loop().create_future()
        self._waiting.append((buckets, taken))
        if self._task is None:
            self._task = asyncio.create_task(self._serve())
        return await taken

    async def _serve(self) -> None:
        try:
            await asyncio.sleep(0)  # all of this turn of the loop come together
            while self._waiting:
                batch, self._waiting = self._waiting[:MAX_BATCH], self._waiting[MAX_BATCH:]
                # a request that was cancelled meanwhile takes nothing
                await self._ask([each for each in batch if not each[1].done()])
        finally:
            self._task = None

    async def _ask(self, batch: list[tuple[Sequence[Bucket], asyncio.Future[Taken]]]) -> None:
        if not batch:
            return
        try:
            verdicts = await self._run([buckets for buckets, _ in batch])
        except Exception as error:
            for _, taken in batch:
                if not taken.done():
                    taken.set_exception(error)
            return
        for (_, taken), verdict in zip(batch, verdicts, strict=True):
            if not taken.done():
                taken.set_result(verdict)

    async def _run(self, batch: list[Sequence[Bucket]]) -> list[Taken]:
        keys = [self._prefix + bucket.key for buckets in batch for bucket in buckets]
        words: list[int] = []
        for buckets in batch:
            words.append(len(buckets))
            words += [word for bucket in buckets for word in (bucket.most, bucket.window_ms)]
        try:
            reply = await self._script(keys=keys, args=words)
        except (RedisError, OSError) as error:
            raise LineUnavailableError(f"Redis does not answer: {error}") from error
        pairs = zip(reply[::2], reply[1::2], strict=True)
        return [
            Taken(buckets[full - 1], ceil(wait_ms / 1000)) if full else Taken()
            for buckets, (full, wait_ms) in zip(batch, pairs, strict=True)
        ]
