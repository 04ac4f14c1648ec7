"""Commands about several rooms, in one round trip to each shard at once."""

from __future__ import annotations

import asyncio
from itertools import repeat
from typing import Any

from redis.asyncio import Redis
from redis.asyncio.client import Pipeline
from redis.exceptions import ClusterDownError, RedisError, ResponseError

from waitroom.redis.cluster import shard_of


def is_refusal(answer: object) -> bool:
    """Whether a command was refused where its shard is well: that is no matter of waiting."""
    return isinstance(answer, ResponseError) and not isinstance(answer, ClusterDownError)


class Batch:
    """Gathers commands: each is put to the pipeline that :meth:`about` gives for it. With one server they are one
    pipeline. Their order among those of one room is kept."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis
        self._pipes: dict[Redis, Pipeline] = {}
        self._order: list[Redis] = []

    def about(self, tag: str | None = None) -> Pipeline:
        """For ONE command about the keys with this hash tag; None: about those of no room."""
        shard = self._redis if tag is None else shard_of(self._redis, tag)
        self._order.append(shard)
        pipe = self._pipes.get(shard)
        if pipe is None:
            pipe = self._pipes[shard] = shard.pipeline(transaction=False)
        return pipe

    async def execute(self) -> list[Any]:
        """The answers, in the order of the commands. An error stands in the place of its answer, and that of a shard
        that does not answer in the place of all of its answers. Raises it where no shard answers."""
        told = dict(zip(self._pipes, await asyncio.gather(*map(self._run, self._pipes)), strict=True))
        errors = [answers for answers in told.values() if isinstance(answers, Exception)]
        if errors and len(errors) == len(told):
            raise errors[0]
        streams = {
            shard: repeat(answers) if isinstance(answers, Exception) else iter(answers)
            for shard, answers in told.items()
        }
        return [next(streams[shard]) for shard in self._order]

    async def _run(self, shard: Redis) -> list[Any] | Exception:
        try:
            async with self._pipes[shard] as pipe:
                answers: list[Any] = await pipe.execute(raise_on_error=False)
                return answers
        except (RedisError, OSError) as error:
            return error
