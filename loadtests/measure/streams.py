"""Ten thousand open event streams in one worker: memory, and how soon all are told of a change."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import time
from contextlib import AsyncExitStack

from loadtests.measure.operator import change_live
from loadtests.measure.processes import resident_mb
from loadtests.measure.report import Result
from loadtests.measure.servers import RoomOptions, Server, bare, gateway, redis_server
from loadtests.measure.visitor import Visitor, tickets_of

STREAMS, CHANGES = 10_000, 4
FIRST = 10
"""Visitors at the head of the line who are called meanwhile, so that no stream ends."""
PER_SOURCE = 2_500
"""Streams from one of the loopback addresses, so that ports do not run short."""
ROOM = "drop"
_MOST_SECONDS = 180


def measure() -> list[Result]:
    """The visitors are a process of their own, which joins, opens all streams, and changes the mode."""
    with (
        redis_server() as redis,
        bare("answer") as shop,
        gateway(redis.url, RoomOptions(ROOM, rate=1), origin=shop.url) as server,
    ):
        started = resident_mb(server.pid)
        asyncio.run(tickets_of(server, FIRST))
        plan = {"host": server.host, "port": server.port, "pid": server.pid, "redis": redis.url}
        command = [sys.executable, "-m", "loadtests.measure.streams"]
        ran = subprocess.run(
            command,
            input=json.dumps(plan).encode(),
            stdout=subprocess.PIPE,
            check=True,
            timeout=_MOST_SECONDS,
        )
    found = json.loads(ran.stdout)
    lasts, halves, resident = found["last_seconds"], found["half_seconds"], found["resident_mb"]
    return [
        Result(
            what="10,000 open event streams in one worker",
            target="at most 200 MB, every one told within 2 s of a change",
            measured=f"{resident:.0f} MB, the last one told after {max(lasts):.2f} s",
            passed=resident <= 200 and max(lasts) <= 2 and found["told"] == STREAMS * CHANGES,
            how=f"{STREAMS:,} real tickets and streams over as many connections; resident memory of the worker "
            f"({started:.0f} MB before the first visitor). {CHANGES} changes of the mode through Redis, by turns "
            "pause and queue; from the command to the arrival of the new state at each visitor, whose process "
            f"shares the cores. Half were told after {max(halves):.2f} s.",
            details={
                "resident_mb": resident,
                "resident_mb_at_start": started,
                "last_seconds": lasts,
                "half_seconds": halves,
            },
        )
    ]


async def _crowd(server: Server, redis_url: str) -> dict[str, object]:
    told: asyncio.Queue[tuple[bool, float]] = asyncio.Queue()
    opened = asyncio.Semaphore(0)
    doors = asyncio.Semaphore(128)
    lasts, halves, count = [], [], 0

    async def follow(visitor: Visitor) -> None:
        paused = None
        async for name, data in visitor.events(ROOM):
            now_paused = b'"notice":"paused"' in data
            if name != b"status" or now_paused == paused:
                continue
            if paused is None:
                opened.release()
            else:
                told.put_nowait((now_paused, time.monotonic()))
            paused = now_paused

    async with AsyncExitStack() as stack:

        async def arrive(index: int) -> asyncio.Task[None]:
            async with doors:
                source = f"127.0.0.{2 + index // PER_SOURCE}"
                visitor = await stack.enter_async_context(Visitor(server, source))
                await visitor.join()
                return asyncio.create_task(follow(visitor))

        tasks = await asyncio.gather(*(arrive(index) for index in range(STREAMS)))
        for _ in range(STREAMS):
            await opened.acquire()
        await asyncio.sleep(5)
        resident = resident_mb(server.pid)
        for change in range(CHANGES):
            pausing = change % 2 == 0
            started = time.monotonic()
            await change_live(redis_url, ROOM, mode="pause" if pausing else "queue")
            times: list[float] = []
            async with asyncio.timeout(20):
                while len(times) < STREAMS:
                    state, at = await told.get()
                    assert state == pausing
                    times.append(at - started)
            count += len(times)
            lasts.append(round(max(times), 3))
            halves.append(round(sorted(times)[STREAMS // 2], 3))
            await asyncio.sleep(2)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    return {"resident_mb": round(resident, 1), "last_seconds": lasts, "half_seconds": halves, "told": count}


def main() -> None:
    """Reads what to do from standard input, and prints what was found."""
    plan = json.load(sys.stdin)
    server = Server(plan["host"], plan["port"], plan["pid"])
    print(json.dumps(asyncio.run(_crowd(server, plan["redis"]))))


if __name__ == "__main__":
    main()
