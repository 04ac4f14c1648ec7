"""What a worker counted, told to Redis once a second, and that it lives."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import cast

from pydantic import ValidationError
from redis.asyncio import Redis
from redis.asyncio.client import Pipeline
from redis.exceptions import RedisError, ResponseError

from waitroom.complaints import Complaints
from waitroom.line.keys import WORKERS_KEY, told_key, totals_key
from waitroom.redis.batch import Batch
from waitroom.telemetry.source import Source
from waitroom.telemetry.worker import Identity, Worker

EVERY_SECONDS = 1.0
TOLD_SECONDS = 3600
"""For so long Redis knows what a worker told last: no answer is waited for longer."""
_TIDY_SECONDS = 60.0

logger = logging.getLogger("waitroom.telemetry")


class Telling:
    """Tells Redis what the ``sources`` counted: increments, so that the sums over all workers only rise.

    Each room's increments are one script call, and all calls of a shard go in one pipeline. What is not known to have
    arrived is told again, under the same number, and Redis counts it once; what is counted meanwhile waits. While Redis
    is away nothing is lost and nothing grows: a count is a number, however high.
    """

    def __init__(
        self, redis: Redis, sources: Sequence[Source], connections: Callable[[], int] = lambda: 0
    ) -> None:
        self._redis = redis
        self._sources = sources
        self._connections = connections
        self._me = Identity()
        self._clock_offset: float | None = None
        self._tidied = 0.0
        self._complaints = Complaints(logger, every_seconds=60)

    def __repr__(self) -> str:
        return f"<Telling of {self._me.name}: {self._sources!r}>"

    async def run(self) -> None:
        """Tells until it is cancelled. A Redis that is away is left for the next time."""
        while True:
            await self._try()
            await asyncio.sleep(EVERY_SECONDS)

    async def finish(self) -> None:
        """Tells for the last time, and that this worker is gone. A Redis that is away holds up no stop."""
        if await self._try():
            with suppress(RedisError, OSError):
                await self._redis.hdel(WORKERS_KEY, self._me.name)

    async def tell(self) -> None:
        """Tells what there is to tell, in one round trip to each shard. Raises what the client raises, and of
        what Redis refuses the first complaint, once all else was told."""
        now = await self._now()
        telling = [source for source in self._sources if source.gather()]
        batch = Batch(self._redis)
        batch.about().time()
        batch.about().hset(WORKERS_KEY, self._me.name, self._worker(now).model_dump_json())
        batch.about().expire(WORKERS_KEY, TOLD_SECONDS)
        for source in telling:
            self._add(batch.about(source.room), source)
        time_, *answers = await batch.execute()
        for source, answer in zip(telling, answers[2:], strict=True):
            if not isinstance(answer, Exception):
                source.settle()
        if errors := [answer for answer in (time_, *answers) if isinstance(answer, Exception)]:
            raise errors[0]
        self._note_time(*time_)
        await self._tidy(now)

    async def _try(self) -> bool:
        """Tells; whether Redis heard it."""
        try:
            await self.tell()
        except ResponseError as error:
            self._complaints.warn("refused", "the counts are told later: Redis refuses: %s", error)
        except (RedisError, OSError) as error:
            # the rooms complain of it
            logger.debug("the counts are told later: %s", error)
            return False
        except Exception:
            # one bad count must not end all others
            self._complaints.exception("failed", "the counts could not be told")
        return True

    def _add(self, pipe: Pipeline, source: Source) -> None:
        keys = totals_key(source.room), told_key(source.room, self._me.name)
        words = [word for pair in source.under_way.items() for word in pair]
        # the text, not its digest: a Redis that was restarted knows no script, and this one is short
        pipe.eval(_add_script(), len(keys), *keys, source.number, TOLD_SECONDS, *words)

    async def _now(self) -> float:
        """Redis's time, so that the workers of several machines are seen by one clock."""
        if self._clock_offset is None:
            self._note_time(*await self._redis.time())
        assert self._clock_offset is not None
        return self._clock_offset + time.monotonic()

    def _note_time(self, seconds: int, microseconds: int) -> None:
        self._clock_offset = seconds + microseconds / 1e6 - time.monotonic()

    def _worker(self, now: float) -> Worker:
        streams = {source.room: source.streams() for source in self._sources if source.streams}
        return self._me.worker(now, connections=self._connections(), streams=streams)

    async def _tidy(self, now: float) -> None:
        """Drops those that have been silent for long: nobody says of a killed worker that it is gone."""
        if now - self._tidied < _TIDY_SECONDS:
            return
        self._tidied = now
        told = cast(dict[bytes, bytes], await self._redis.hgetall(WORKERS_KEY))
        if gone := [name for name, text in told.items() if _is_forgotten(text, now)]:
            await self._redis.hdel(WORKERS_KEY, *gone)


def _is_forgotten(text: bytes, now: float) -> bool:
    try:
        return Worker.model_validate_json(text).is_forgotten(now)
    except ValidationError:
        return False  # of another version, which may be alive


@cache
def _add_script() -> str:
    return (Path(__file__).parent / "scripts" / "add.lua").read_text()
