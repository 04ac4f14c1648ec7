"""A million waiting: what Redis keeps of them, and what a position costs."""

from __future__ import annotations

import asyncio
import random
import secrets
import time

from redis.asyncio import Redis

from loadtests.measure.report import Result
from loadtests.measure.servers import redis_server
from waitroom.line.keys import room_keys
from waitroom.line.memory import GENERAL
from waitroom.line.presence import MAX_FLUSH
from waitroom.line.rules import Mode, Rules
from waitroom.line.snapshot import Snapshot
from waitroom.line.store import LineStore

WAITING, BATCH = 1_000_000, 1_000
ROOM = "drop"
PRESENCE_SLOTS = 4
POSITIONS, REPEATS = 100_000, 5


def measure() -> list[Result]:
    """One line of a million, for both rows."""
    with redis_server() as redis:
        return asyncio.run(_measure(redis.url))


async def _measure(redis_url: str) -> list[Result]:
    client = Redis.from_url(redis_url)
    store = LineStore(client, ROOM)
    # a slot is long enough to tell a million present within it
    rules = Rules(mode=Mode.PAUSE, presence_ms=24_000)
    await store.configure(rules.to_redis(), source="file", who="loadtests")
    empty = await _used(client)
    await _fill(store)
    grown = await _used(client) - empty
    keys = {key: await client.memory_usage(key, samples=0) or 0 for key in room_keys(ROOM, [GENERAL])}
    total = sum(keys.values())
    building, asking, waiting = await _positions(store)
    compared = await _sorted_set(client)
    await client.aclose()
    assert waiting == WAITING, waiting
    median = sorted(asking)[REPEATS // 2]
    built = sorted(building)[REPEATS // 2]
    return [
        Result(
            what="Redis memory for 1,000,000 waiting",
            target="at most 2 MB (a sorted set: 126 MB)",
            measured=f"{total / 1e6:.2f} MB (a sorted set: {compared / 1e6:.0f} MB)",
            passed=total <= 2e6 and grown <= 2e6,
            how=f"Joined in batches of {BATCH:,}, all of them present in each of the {PRESENCE_SLOTS} slots. "
            "MEMORY USAGE of all keys of the room; used_memory of the whole server rose by "
            f"{grown / 1e6:.2f} MB, the scripts and the client's buffers included. The sorted set holds as many "
            "random names of 22 characters, scored by time.",
            details={"bytes": total, "used_memory_rose": grown, "sorted_set_bytes": compared},
        ),
        Result(
            what="position of one visitor among 1,000,000, from the snapshot",
            target="at most 20 µs",
            measured=f"{median:.2f} µs",
            passed=max(asking) <= 20,
            how=f"Snapshot.ahead of {POSITIONS:,} random numbers, {REPEATS} times (median of the means; the worst "
            f"{max(asking):.2f} µs). Making the snapshot, once a second, takes {built:.1f} ms.",
            details={
                "microseconds": [round(each, 3) for each in asking],
                "snapshot_ms": [round(each, 2) for each in building],
            },
        ),
    ]


async def _fill(store: LineStore) -> None:
    for _ in range(WAITING // BATCH):
        head = (await store.join(BATCH)).head
    told: set[int] = set()
    while len(told) < PRESENCE_SLOTS:
        if head.slot in told:
            await asyncio.sleep(0.1)
            head = await store.advance()
            continue
        slot = head.slot
        for first in range(1, WAITING + 1, MAX_FLUSH):
            head = await store.see(range(first, first + MAX_FLUSH))
        if head.slot == slot:
            told.add(slot)


async def _positions(store: LineStore) -> tuple[list[float], list[float], int]:
    """Milliseconds for a snapshot and microseconds for a position, and how many the snapshot counts."""
    numbers = [random.randint(1, WAITING) for _ in range(POSITIONS)]
    building, asking = [], []
    for _ in range(REPEATS):
        view = await store.view(0)
        started = time.perf_counter()
        snapshot = Snapshot(view)
        building.append((time.perf_counter() - started) * 1e3)
        ahead = snapshot.ahead
        started = time.perf_counter()
        for number in numbers:
            ahead(number)
        asking.append((time.perf_counter() - started) / POSITIONS * 1e6)
        assert ahead(numbers[0]) == numbers[0] - 1
    return building, asking, snapshot.waiting


async def _sorted_set(client: Redis) -> int:
    before = await _used(client)
    for first in range(0, WAITING, 10_000):
        members: dict[str, float] = {secrets.token_urlsafe(16): first + at for at in range(10_000)}
        await client.zadd("compared", members)
    return await _used(client) - before


async def _used(client: Redis) -> int:
    return int((await client.info("memory"))["used_memory"])
