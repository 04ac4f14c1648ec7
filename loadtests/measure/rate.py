"""Is the rate kept? Two and a half minutes with absent tickets among the present."""

from __future__ import annotations

import asyncio
import random
import time

from loadtests.measure import log
from loadtests.measure.operator import change_live
from loadtests.measure.report import Detail, Result
from loadtests.measure.servers import RoomOptions, Server, bare, gateway, redis_server
from loadtests.measure.visitor import Visitor

ROOM, RATE = "drop", 600
RUN_SECONDS, WINDOW_SECONDS = 150, 60
ABSENT_PERCENT = 30
PRESENT = RATE * (RUN_SECONDS + 15) // 60
TICKETS = PRESENT * 100 // (100 - ABSENT_PERCENT)


def measure() -> list[Result]:
    """Counts admissions in every window of 60 s: grants by the room's log, entries by the visitors' clocks."""
    options = RoomOptions(ROOM, mode="pause", rate=RATE, presence="6s")
    with redis_server() as redis, bare("answer") as shop:
        with gateway(redis.url, options, origin=shop.url, workers=2) as server:
            entries = asyncio.run(_sale(server, redis.url))
        calls = log.calls(redis.url, ROOM)
    grants = [call.at for call in calls for _ in range(call.granted)]
    passed_over = sum(call.end - call.start - call.granted for call in calls)
    details: dict[str, Detail] = {"tickets": TICKETS, "passed_over": passed_over}
    worst = 0.0
    texts = []
    for name, times in (("grants", grants), ("entries", sorted(entries))):
        low, high = windows(times, WINDOW_SECONDS)
        error = 100 * max(high - RATE, RATE - low) / RATE
        details |= {f"{name}": len(times), f"{name}_least": low, f"{name}_most": high}
        worst = max(worst, error)
        texts.append(f"{name} {low} to {high}")
    return [
        Result(
            what="admissions against the rate, any 60 s window, 30 % of the tickets absent",
            target="within 1 %",
            measured=f"within {worst:.2f} % of {RATE} ({'; '.join(texts)})",
            passed=worst <= 1 and passed_over > 0,
            how=f"Mode queue, {RATE} a minute, 2 workers, {TICKETS} tickets of which {ABSENT_PERCENT} % belong to "
            f"closed tabs, {RUN_SECONDS} s. Sliding windows over the grants in the room's log (Redis's clock) "
            "and over the visitors' own first answers of the shop.",
            details=details,
        )
    ]


def windows(times: list[float], seconds: float) -> tuple[int, int]:
    """The least and the most events in any window of that length within the run.

    The count changes only where an event enters or leaves, so it is enough to look at windows that begin at an
    event (the most) and right after one (the least).
    """
    counts: list[tuple[int, int]] = []
    end = 0
    for start, at in enumerate(times):
        if at + seconds > times[-1]:
            break
        while end < len(times) and times[end] < at + seconds:
            end += 1
        counts.append((end - start - 1, end - start))
    return min(least for least, _ in counts), max(most for _, most in counts)


async def _sale(server: Server, redis_url: str) -> list[float]:
    """When each visitor came in."""
    entries: list[float] = []
    arrived = asyncio.Semaphore(0)
    doors = asyncio.Semaphore(64)
    absent = set(random.Random(1).sample(range(TICKETS), TICKETS - PRESENT))

    async def visit(index: int) -> None:
        async with Visitor(server) as visitor:
            async with doors:
                await visitor.join()
            arrived.release()
            if index in absent:
                return
            await visitor.admission(ROOM)
            answer = await visitor.get("/")
            assert answer.status == 200, answer
            entries.append(time.time())

    crowd = [asyncio.create_task(visit(index)) for index in range(TICKETS)]
    try:
        for _ in range(TICKETS):
            await arrived.acquire()
        await asyncio.sleep(9)  # until those who closed the tab count as absent
        await change_live(redis_url, ROOM, mode="queue")
        await asyncio.sleep(RUN_SECONDS)
    finally:
        for visitor in crowd:
            visitor.cancel()
        ends = await asyncio.gather(*crowd, return_exceptions=True)
    failed = [end for end in ends if isinstance(end, Exception)]
    if failed:
        raise ExceptionGroup("visitors failed", failed[:5])
    return entries
