"""Five thousand visitors who are inside and read: what do their kept-alive connections cost in memory?"""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from contextlib import AsyncExitStack

from loadtests.measure.processes import resident_mb
from loadtests.measure.report import Result
from loadtests.measure.servers import RoomOptions, Server, gateway, redis_server, shop
from loadtests.measure.visitor import Visitor

VISITORS, MOST_MB = 5_000, 60
IDLE_SECONDS = 5.0
_MOST_SECONDS = 120


def measure() -> list[Result]:
    """The visitors are a process of their own: each is let in, asks once more, and falls silent."""
    options = RoomOptions(mode="pass", rate=60_000)
    with (
        redis_server() as redis,
        shop() as origin,
        gateway(redis.url, options, origin=origin.url) as server,
    ):
        plan = {"host": server.host, "port": server.port, "pid": server.pid}
        ran = subprocess.run(
            [sys.executable, "-m", "loadtests.measure.idle"],
            input=json.dumps(plan).encode(),
            stdout=subprocess.PIPE,
            check=True,
            timeout=_MOST_SECONDS,
        )
    before, during = json.loads(ran.stdout)
    return [
        Result(
            what=f"{VISITORS:,} idle kept-alive visitors",
            target=f"at most {MOST_MB} MB above none",
            measured=f"{during - before:.0f} MB above none",
            passed=during - before <= MOST_MB,
            how=f"Resident memory of the one worker: {before:.1f} MB after its first visitor, who has left; "
            f"{during:.1f} MB with {VISITORS:,} others, each from an address of its own, let in with a pass of its "
            f"own, who asked twice and have been silent for {IDLE_SECONDS:g} s. Then each asks once more on the same "
            "connection and is answered.",
            details={"none_mb": before, "idle_mb": during},
        )
    ]


async def _crowd(server: Server) -> tuple[float, float]:
    """The server's resident megabytes without visitors, and with all of them."""
    async with Visitor(server) as first:
        await _ask(first)
    await asyncio.sleep(1)
    before = resident_mb(server.pid)
    doors = asyncio.Semaphore(64)
    async with AsyncExitStack() as stack:

        async def arrive(index: int) -> Visitor:
            async with doors:
                source = f"127.1.{index // 250}.{1 + index % 250}"
                visitor = await stack.enter_async_context(Visitor(server, source))
                await _ask(visitor)
                await _ask(visitor)
                return visitor

        visitors = await asyncio.gather(*(arrive(index) for index in range(VISITORS)))
        await asyncio.sleep(IDLE_SECONDS)
        during = resident_mb(server.pid)
        for visitor in visitors:
            await _ask(visitor)
    return round(before, 1), round(during, 1)


async def _ask(visitor: Visitor) -> None:
    answer = await visitor.get("/")
    assert answer.status == 200, answer


def main() -> None:
    """Reads what to do from standard input, and prints what was found."""
    plan = json.load(sys.stdin)
    print(json.dumps(asyncio.run(_crowd(Server(plan["host"], plan["port"], plan["pid"])))))


if __name__ == "__main__":
    main()
