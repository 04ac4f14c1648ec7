"""What Redis keeps of those who wait, after as many real joins."""

from __future__ import annotations

import asyncio
import time

from redis import Redis

from loadtests.measure.servers import Server
from loadtests.side_by_side.client import send
from loadtests.side_by_side.contenders import Contender, Start
from loadtests.side_by_side.results import Memory
from loadtests.side_by_side.visitor import until_known

_FEW = 100
_SETTLE_SECONDS = 5.0


def measure(contender: Contender, redis: Redis, redis_url: str, shop: Server, waiting: int) -> Memory:
    """How much ``used_memory`` rises, from a line of a hundred to one of ``waiting`` more."""
    redis.flushall()
    with contender.started(Start(redis_url, shop.url)) as server:

        def join(count: int) -> int:
            found = send(
                server,
                [contender.join],
                count=count,
                statuses=contender.join_statuses,
                capture=contender.capture,
            )
            if number := contender.number(found.captured[-1]):
                asyncio.run(until_known(server, number))
            time.sleep(_SETTLE_SECONDS)
            return int(redis.info("memory")["used_memory"])

        few = join(_FEW)
        grown = join(waiting) - few
    return Memory(waiting, round(grown / waiting, 2))
