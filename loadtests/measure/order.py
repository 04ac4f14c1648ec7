"""Is anybody overtaken? A thousand visitors, two workers."""

from __future__ import annotations

import asyncio
import random
import time
from bisect import bisect_left, insort

from loadtests.measure import log
from loadtests.measure.operator import change_live
from loadtests.measure.report import Result
from loadtests.measure.servers import RoomOptions, Server, bare, gateway, redis_server
from loadtests.measure.visitor import Visitor

VISITORS, GONE, RATE = 1_000, 100, 3_000
ROOM = "drop"


def measure() -> list[Result]:
    """Every third visitor polls, the others follow the event stream; a tenth closes the tab at once."""
    options = RoomOptions(ROOM, mode="pause", rate=RATE, presence="6s")
    with redis_server() as redis, bare("answer") as shop:
        with gateway(redis.url, options, origin=shop.url, workers=2) as server:
            entered = asyncio.run(_sale(server, redis.url))
        called = log.calls(redis.url, ROOM)
    ends = [call.end for call in called]
    # the moment from which a ticket could open the door
    called_at = {number: called[bisect_left(ends, number)].at for number in entered}
    by_entry = sorted(entered, key=entered.__getitem__)
    overtakes = _overtakes(by_entry, entered, called_at)
    crossed = _inversions(by_entry)
    pairs = len(entered) * (len(entered) - 1) // 2
    return [
        Result(
            what="overtakes among present visitors, 2 workers, 1,000 visitors",
            target="0",
            measured=f"{overtakes}",
            passed=overtakes == 0 and len(entered) == VISITORS - GONE,
            how=f"{VISITORS} visitors over HTTP, {GONE} of whom close the tab, the others with event streams or "
            f"polls; {RATE} admissions a minute. An overtake is a pair in which the later ticket came through "
            "the door before the earlier one was called, by the room's log. Whoever is called enters with "
            f"their next request, so that those called together cross: {crossed:,} of {pairs:,} pairs.",
            details={"visitors": VISITORS, "entered": len(entered), "pairs_that_crossed": crossed},
        )
    ]


def _overtakes(by_entry: list[int], entered: dict[int, float], called_at: dict[int, float]) -> int:
    overtakes = 0
    for number in by_entry:
        earlier = (other for other in entered if other < number)
        overtakes += sum(called_at[other] > entered[number] for other in earlier)
    return overtakes


def _inversions(numbers: list[int]) -> int:
    seen: list[int] = []
    total = 0
    for number in numbers:
        total += len(seen) - bisect_left(seen, number)
        insort(seen, number)
    return total


async def _sale(server: Server, redis_url: str) -> dict[int, float]:
    """When each number came in, in seconds since the epoch."""
    entered: dict[int, float] = {}
    arrived = asyncio.Semaphore(0)
    doors = asyncio.Semaphore(64)

    async def visit(index: int) -> None:
        async with Visitor(server) as visitor:
            async with doors:
                number = await visitor.join()
            arrived.release()
            if index % (VISITORS // GONE) == 0:
                return
            await _wait(visitor, polls=index % 3 == 0)
            answer = await visitor.get("/")
            entered[number] = time.time()
            assert answer.status == 200, answer

    async with asyncio.TaskGroup() as crowd, asyncio.timeout(120):
        for index in range(VISITORS):
            crowd.create_task(visit(index))
        for _ in range(VISITORS):
            await arrived.acquire()
        await asyncio.sleep(9)  # until those who closed the tab count as absent
        await change_live(redis_url, ROOM, mode="queue")
    return entered


async def _wait(visitor: Visitor, *, polls: bool) -> None:
    if not polls:
        await visitor.admission(ROOM)
        return
    while True:
        state = (await visitor.get(f"/__waitroom/{ROOM}/status")).members
        if state["state"] == "called":
            return
        await asyncio.sleep(min(float(str(state["refresh_after"])), 1.5) * random.uniform(0.8, 1.2))
