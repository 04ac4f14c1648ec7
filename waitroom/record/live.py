"""Is the line fair, as it runs? Each worker counts those whom it lets in itself, and all workers' counts are summed."""

from __future__ import annotations

import asyncio
import logging
import secrets
import time
from bisect import bisect_left
from collections import deque
from collections.abc import Awaitable, Iterable, Sequence
from typing import Annotated, cast

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from redis.asyncio import Redis
from redis.exceptions import RedisError

from waitroom.errors import LineUnavailableError
from waitroom.line.keys import room_keys
from waitroom.record.fairness import kendall_tau
from waitroom.redis.cluster import shard_of

WINDOW = 512
"""The last entries of a worker into each lane, of which the order is compared."""
WAIT_SECONDS = (1, 5, 15, 30, 60, 120, 300, 600, 1200, 1800, 3600, 7200)
"""The upper ends of the histogram of waits; a last bar has what is longer."""
EVERY_SECONDS = 60.0
SILENT_SECONDS = 4 * EVERY_SECONDS
"""Then the last word of a worker that is gone counts no more."""

logger = logging.getLogger("waitroom.line")

_Count = Annotated[int, Field(ge=0)]


class Counted(BaseModel):
    """What some workers have counted since they were started."""

    model_config = ConfigDict(frozen=True)

    entered: _Count = 0
    """Those who stood in line and were let in."""
    overtakes: _Count = 0
    """Of them: those whose turn had not been called."""
    longest_wait_seconds: float = 0.0
    waits: tuple[_Count, ...] = (0,) * (len(WAIT_SECONDS) + 1)
    """How many waited for up to each of :data:`WAIT_SECONDS`, and for longer than the last."""
    kendall_tau: float = 1.0
    """How much the orders of joining and of entering agreed lately, by Kendall's measure: 1 entirely. Who came back
    late counts as out of order here, though it took nothing from anyone."""
    compared: _Count = 0
    """The entries that were compared for it."""
    at: float = 0.0
    """When this was counted, in seconds since 1970."""


class LiveFairness:
    """The figures of one room. ``entered`` is all that a request has to do with it: about a microsecond."""

    def __init__(self, redis: Redis, room: str) -> None:
        self.others: tuple[Counted, ...] = ()
        """What the other workers told last."""
        self.overtakes = 0
        """Of those whom this worker let in from the line: those whose turn had not been called."""
        self.waits = [0] * (len(WAIT_SECONDS) + 1)
        """How many of them waited for up to each of :data:`WAIT_SECONDS`, and for longer than the last."""
        self.waited_seconds = 0.0
        """All their waits together."""
        self._redis = shard_of(redis, room)
        self._key = _key(room)
        self._worker = secrets.token_hex(8)
        self._lanes: dict[str, deque[int]] = {}
        self._epoch = self._entered = 0
        self._longest = 0.0

    def __repr__(self) -> str:
        return f"<LiveFairness {self.counted}>"

    def entered(self, lane: str, epoch: int, turn: int, *, called: int, waited_seconds: float) -> None:
        """Somebody who stood in line was let in: their turn, how far the lane was called, and the wait."""
        if epoch != self._epoch:
            # the turns of another life of the line do not compare
            self._epoch = epoch
            self._lanes.clear()
        self._entered += 1
        if turn > called:
            self.overtakes += 1
        if waited_seconds > self._longest:
            self._longest = waited_seconds
        self.waits[bisect_left(WAIT_SECONDS, waited_seconds)] += 1
        self.waited_seconds += waited_seconds
        turns = self._lanes.get(lane)
        if turns is None:
            turns = self._lanes[lane] = deque(maxlen=WINDOW)
        turns.append(turn)

    @property
    def counted(self) -> Counted:
        """This worker's part."""
        tau, compared = _mean((kendall_tau(turns), len(turns)) for turns in map(list, self._lanes.values()))
        return Counted(
            entered=self._entered,
            overtakes=self.overtakes,
            longest_wait_seconds=round(self._longest, 3),
            waits=tuple(self.waits),
            kendall_tau=tau,
            compared=compared,
            at=time.time(),
        )

    @property
    def total(self) -> Counted:
        """All workers' parts: this one's as it is, those of the others as they were up to a minute ago."""
        return summed((self.counted, *self.others))

    async def run(self) -> None:
        """Tells the other workers, and hears from them, until it is cancelled."""
        while True:
            await asyncio.sleep(EVERY_SECONDS)
            await self.exchange()

    async def exchange(self) -> None:
        """Tells and hears once. A Redis that is away is left for the next time."""
        mine = self.counted
        try:
            async with self._redis.pipeline(transaction=False) as pipe:
                pipe.hset(self._key, self._worker, mine.model_dump_json())
                pipe.expire(self._key, int(SILENT_SECONDS))
                pipe.hgetall(self._key)
                told = cast(dict[bytes, bytes], (await pipe.execute())[2])
            others = {worker: counted for worker, text in told.items() if (counted := _parse(text))}
            others.pop(self._worker.encode(), None)
            silent = [worker for worker in others if mine.at - others[worker].at > SILENT_SECONDS]
            if silent:
                await self._redis.hdel(self._key, *silent)
        except (RedisError, OSError) as error:
            logger.debug("the figures of fairness wait for Redis: %s", error)
            return
        self.others = tuple(counted for worker, counted in others.items() if worker not in silent)


async def read_counted(redis: Redis, room: str) -> Counted:
    """What the workers of a room told last, in one. Raises :class:`~waitroom.errors.LineUnavailableError`."""
    try:
        told = await cast(Awaitable[dict[bytes, bytes]], shard_of(redis, room).hgetall(_key(room)))
    except (RedisError, OSError) as error:
        raise LineUnavailableError(f"Redis does not answer: {error}") from error
    parts = [counted for text in told.values() if (counted := _parse(text))]
    return summed([part for part in parts if time.time() - part.at <= SILENT_SECONDS])


def summed(parts: Sequence[Counted]) -> Counted:
    """The parts in one. The order of entries is compared within each worker, and the mean taken."""
    tau, compared = _mean((part.kendall_tau, part.compared) for part in parts)
    return Counted(
        entered=sum(part.entered for part in parts),
        overtakes=sum(part.overtakes for part in parts),
        longest_wait_seconds=max((part.longest_wait_seconds for part in parts), default=0.0),
        waits=tuple(map(sum, zip(*(part.waits for part in parts), strict=True))) or Counted().waits,
        kendall_tau=tau,
        compared=compared,
        at=max((part.at for part in parts), default=0.0),
    )


def _key(room: str) -> str:
    return f"{room_keys(room, ())[0].removesuffix(':room')}:fairness"


def _mean(weighted: Iterable[tuple[float, int]]) -> tuple[float, int]:
    pairs = list(weighted)
    total = sum(weight for _, weight in pairs)
    return round(sum(value * weight for value, weight in pairs) / total, 4) if total else 1.0, total


def _parse(text: bytes) -> Counted | None:
    try:
        counted = Counted.model_validate_json(text)
    except ValidationError:
        return None
    return counted if len(counted.waits) == len(WAIT_SECONDS) + 1 else None
