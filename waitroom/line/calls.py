"""Calls of the scripts in Redis, in which what a worker knows is told each time."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import cast

from redis.asyncio import Redis
from redis.exceptions import NoScriptError, RedisError, ResponseError

from waitroom.errors import LineUnavailableError
from waitroom.line import lua
from waitroom.line.head import Head
from waitroom.line.keys import RoomKeys, room_keys
from waitroom.line.memory import GENERAL, Memory
from waitroom.line.ticket import Outcome
from waitroom.redis.cluster import shard_of

Word = str | int | float | bytes
"""An argument of a script."""
TRIES = 5
"""So often is Redis told what it lacks, or asked anew with what it told, in one call."""
UNTOLD = "Redis could not be told what it forgot"
ANYTHING = "*"
"""Stands for whatever is there: a change that replaces it looks at nothing."""


class Calls:
    """One lane of one room in Redis, as far as calling its scripts goes.

    Each call tells Redis the most that this worker has seen of the room. Where Redis knows less (it lost its
    last second, or everything), it says so and changes nothing; it is then restored and asked again.
    Every method raises :class:`~waitroom.errors.LineUnavailableError` when Redis does not answer.
    """

    clock = lua.REDIS_CLOCK

    def __init__(
        self,
        redis: Redis,
        room: str,
        lane: str = GENERAL,
        memory: Memory | None = None,
        wall_ms: Callable[[], int] = lambda: int(time.time() * 1000),
    ) -> None:
        self.lane = lane
        self.memory = memory or Memory()
        self._redis = shard_of(redis, room)
        self._room = room
        self._of_room = RoomKeys.of(room)
        self._keys_of: tuple[tuple[str, ...], list[str]] = ((), [])
        self._shas: dict[str, str] = {}
        self._wall_ms = wall_ms

    def __repr__(self) -> str:
        return f"<LineStore {self.lane} of {self._room}, {self.memory.of(self.lane)}>"

    async def restore(self, memory: Memory) -> Head:
        """Tells Redis of a life that it forgot: from this worker's memory, or from a signed ticket."""
        for _ in range(TRIES):
            reply = await self._run("restore", memory, memory.event_words(self.lane))
            if reply[0] != b"LANES":
                return self._learn(reply[1])
            memory.meet(reply[1].decode().split())
        raise LineUnavailableError(UNTOLD)

    async def _head(self, script: str, *args: Word) -> Head:
        return self._learn((await self._ask(script, *args))[1])

    async def _outcome(self, script: str, *args: Word) -> tuple[Outcome, Head]:
        outcome, head, *_ = await self._ask(script, *args)
        return Outcome(outcome.decode()), self._learn(head)

    def _learn(self, reply: bytes) -> Head:
        head = Head.parse(reply)
        self.memory.learn(self.lane, head)
        return head

    async def _ask(self, script: str, *args: Word, more_keys: Sequence[str] = ()) -> list[bytes]:
        for _ in range(TRIES):
            reply = await self._run(script, self.memory, args, more_keys)
            if reply[0] == b"LOST":
                await self.restore(self.memory)
            elif reply[0] == b"LANES":
                # brought by a gateway with another file: whatever is done to the room is done to them, too
                self.memory.meet(reply[1].decode().split())
            else:
                return reply
        raise LineUnavailableError(UNTOLD)

    async def _run(
        self, script: str, memory: Memory, args: Iterable[Word], more_keys: Sequence[str] = ()
    ) -> list[bytes]:
        words = (*memory.words(self.lane, self._wall_ms()), *args)
        try:
            return await self._evaluate(script, words, (*self._keys(memory), *more_keys))
        except (RedisError, OSError) as error:
            raise _unavailable(error) from error

    async def _read(self, command: object) -> object:
        try:
            return await cast(Awaitable[object], command)
        except (RedisError, OSError) as error:
            raise _unavailable(error) from error

    def _keys(self, memory: Memory) -> list[str]:
        lanes = memory.told(self.lane)
        if self._keys_of[0] != lanes:
            self._keys_of = (lanes, room_keys(self._room, lanes))
        return self._keys_of[1]

    async def _evaluate(self, script: str, words: Sequence[Word], keys: Sequence[str]) -> list[bytes]:
        sha = self._shas.get(script)
        if sha is not None:
            try:
                return await self._evalsha(sha, words, keys)
            except NoScriptError:
                pass
        self._shas[script] = await self._redis.script_load(lua.source(script, self.clock))
        return await self._evalsha(self._shas[script], words, keys)

    async def _evalsha(self, sha: str, words: Sequence[Word], keys: Sequence[str]) -> list[bytes]:
        reply = await self._redis.evalsha(sha, len(keys), *keys, *words)
        return cast(list[bytes], reply)


def _unavailable(error: Exception) -> LineUnavailableError:
    # a full disk, no replica, no memory: Redis is there, and what ops staff need is its own word for it
    verb = "refuses" if isinstance(error, ResponseError) else "does not answer"
    return LineUnavailableError(f"Redis {verb}: {error}")
