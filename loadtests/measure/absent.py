"""What does a closed tab at the head of the line cost the next visitor?"""

from __future__ import annotations

import asyncio
from bisect import bisect_left
from contextlib import AsyncExitStack

from loadtests.measure import log
from loadtests.measure.operator import change_live
from loadtests.measure.report import Result
from loadtests.measure.servers import RoomOptions, Server, bare, gateway, redis_server
from loadtests.measure.visitor import Visitor
from waitroom.line.room import BUSY_TICK_SECONDS

REPEATS = 8
PRESENCE_SECONDS, ENTRY_SECONDS, RATE = 3, 2, 60
TICK_MS = BUSY_TICK_SECONDS * 1000
NOISE_MS = 50
"""Granted to the scheduler of a machine on which everything runs at once."""


def measure() -> list[Result]:
    """Three rooms a repeat, in one gateway: the tab lapsed before, is still held present, fills the shop."""
    rooms = [
        _options(f"{kind}{index}", capacity)
        for kind, capacity in (("control", 0), ("lapsed", 0), ("held", 0), ("full", 1))
        for index in range(REPEATS)
    ]
    with redis_server() as redis, bare("answer") as shop:
        with gateway(redis.url, *rooms, origin=shop.url) as server:
            asyncio.run(_run(server, redis.url))
        delays = {
            "control": [_since_change(redis.url, f"control{index}", 1) for index in range(REPEATS)],
            "lapsed": [_since_change(redis.url, f"lapsed{index}", 2) for index in range(REPEATS)],
            # the tab was still present: it spent one unit of the budget, or held the only place until it lapsed
            "held": [max(_apart(redis.url, f"held{index}") - 60_000 / RATE, 0) for index in range(REPEATS)],
            "full": [_apart(redis.url, f"full{index}") - ENTRY_SECONDS * 1000 for index in range(REPEATS)],
        }
    most = {kind: max(found) for kind, found in delays.items()}
    extra = max(0.0, sum(delays["lapsed"]) / REPEATS - sum(delays["control"]) / REPEATS)
    late = max(most["held"], most["full"])
    return [
        Result(
            what="a closed tab at the head of the line delays the next visitor",
            target="less than one tick (200 ms) after it lapses; none where it lapsed before",
            measured=f"{late:.0f} ms after it lapsed; {extra:.0f} ms where it lapsed before",
            passed=late < TICK_MS + NOISE_MS and most["lapsed"] < TICK_MS + NOISE_MS and extra < TICK_MS / 2,
            how=f"{REPEATS} rooms each. Lapsed before: from opening the room to the call of the visitor behind, "
            f"against the same with nobody in front (at most {most['lapsed']:.0f} and {most['control']:.0f} ms: a "
            "tick). Not yet lapsed: the tab is called, and the next visitor follows with the next unit of the "
            f"rate (at most {most['held']:.0f} ms later) or, where the shop is full, when the tab's place lapses "
            f"(at most {most['full']:.0f} ms later). Times from the room's log.",
            details={f"{kind}_ms": [round(delay) for delay in found] for kind, found in delays.items()},
        )
    ]


def _options(name: str, capacity: int) -> RoomOptions:
    return RoomOptions(
        name,
        mode="pause",
        rate=6_000 if capacity else RATE,
        capacity=capacity,
        presence=f"{PRESENCE_SECONDS}s",
        entry=f"{ENTRY_SECONDS}s",
        paths=(f"/{name}/*",),
    )


async def _run(server: Server, redis_url: str) -> None:
    async with AsyncExitStack() as stack, asyncio.TaskGroup() as streams:

        async def arrive(room: str) -> Visitor:
            visitor = await stack.enter_async_context(Visitor(server))
            await visitor.join(f"/{room}/")
            return visitor

        async def follow(room: str) -> None:
            visitor = await arrive(room)
            streams.create_task(_until_called(visitor, room))

        for kind in ("lapsed", "control"):
            for index in range(REPEATS):
                if kind == "lapsed":
                    await arrive(f"{kind}{index}")
                await follow(f"{kind}{index}")
        await asyncio.sleep(PRESENCE_SECONDS * 4 / 3 + 1)
        for kind in ("held", "full"):
            for index in range(REPEATS):
                await arrive(f"{kind}{index}")
                await follow(f"{kind}{index}")
                await change_live(redis_url, f"{kind}{index}", mode="queue")
        for kind in ("lapsed", "control"):
            for index in range(REPEATS):
                await change_live(redis_url, f"{kind}{index}", mode="queue")


async def _until_called(visitor: Visitor, room: str) -> None:
    async with asyncio.timeout(30):
        await visitor.admission(room)


def _since_change(redis_url: str, room: str, number: int) -> float:
    """Milliseconds from the last change of settings to the call of ``number``."""
    return (_called_at(redis_url, room, number) - log.changes(redis_url, room)[-1]) * 1000


def _apart(redis_url: str, room: str) -> float:
    """Milliseconds between the calls of numbers 1 and 2."""
    return (_called_at(redis_url, room, 2) - _called_at(redis_url, room, 1)) * 1000


def _called_at(redis_url: str, room: str, number: int) -> float:
    calls = log.calls(redis_url, room)
    return calls[bisect_left([call.end for call in calls], number)].at
