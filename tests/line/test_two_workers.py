"""Two workers, one Redis, no leader: together they admit what one would."""

from __future__ import annotations

import asyncio
import time
from itertools import pairwise

import pytest
from redis.asyncio import Redis

from tests.line.bench import STILL, Bench
from waitroom.line.head import Head
from waitroom.line.store import LineStore
from waitroom.line.ticket import Outcome

pytestmark = pytest.mark.anyio

RATE = 6000.0
SECONDS = 3.0


async def run_until(store: LineStore, deadline: float) -> list[Head]:
    """Calls ``advance`` as fast as Redis answers."""
    heads = [await store.advance()]
    while time.monotonic() < deadline:
        heads.append(await store.advance())
    return heads


async def test_two_workers_never_exceed_the_rate(bench: Bench, line_url: str) -> None:
    """However often both call at the same time: in no window is more admitted than the rate gives."""
    other_redis = Redis.from_url(line_url)
    other = LineStore(other_redis, "room")
    await bench.open(rate=RATE, presence_ms=60_000, entry_ms=6000)
    await bench.store.join(1000)
    deadline = time.monotonic() + SECONDS
    both = await asyncio.gather(run_until(bench.store, deadline), run_until(other, deadline))
    await other_redis.aclose()

    heads = sorted((head.clock, head.admitted) for worker in both for head in worker)
    (first, before), (last, after) = heads[0], heads[-1]
    assert after - before >= (last - first) * RATE / 60_000 * 0.98 - 2, "and not less than it could"
    # by how far the worst window that ends here exceeds the rate; the bucket itself holds one
    excess = 0.0
    for (earlier, then), (later, now) in pairwise(heads):
        excess = max(excess, 0.0) + (now - then) - (later - earlier) * RATE / 60_000
        assert excess <= 1.01


async def test_a_ticket_shown_to_two_workers_opens_the_door_once(bench: Bench, line_url: str) -> None:
    """Of a hundred claims of one ticket at the same time one opens a visit, the others find it open."""
    other_redis = Redis.from_url(line_url)
    await bench.open(rate=STILL)
    await bench.store.join(1)
    await bench.allow(1)
    other = LineStore(other_redis, "room")
    claims = [store.claim(1) for _ in range(50) for store in (bench.store, other)]
    outcomes = [outcome for outcome, _ in await asyncio.gather(*claims)]
    await other_redis.aclose()

    assert 1 == outcomes.count(Outcome.ADMITTED)
    assert 99 == outcomes.count(Outcome.AGAIN)


async def test_two_workers_never_give_out_a_number_twice(bench: Bench, line_url: str) -> None:
    """Joins of both at the same time share one counter."""
    other_redis = Redis.from_url(line_url)
    await bench.open(rate=STILL)
    other = LineStore(other_redis, "room")
    joins = [store.join(size) for size in range(1, 30) for store in (bench.store, other)]
    joined = await asyncio.gather(*joins)
    await other_redis.aclose()

    numbers = [number for each in joined for number in range(each.first, each.first + each.count)]
    assert list(range(1, len(numbers) + 1)) == sorted(numbers)
