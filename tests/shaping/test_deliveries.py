"""A verified message reaches the shop once, whichever worker it comes to; a retry after a failure passes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
from redis.asyncio import Redis

from waitroom.shaping.deliveries import Deliveries
from waitroom.shaping.signatures import Proof

pytestmark = pytest.mark.anyio

PROOF = Proof(("a1",))


@pytest.fixture
async def workers(redis: Redis, redis_url: str) -> AsyncIterator[tuple[Deliveries, Deliveries]]:
    """Two workers at one Redis."""
    other = Redis.from_url(redis_url)
    yield Deliveries(redis), Deliveries(other)
    await other.aclose()


async def test_a_copy_does_not_pass_in_either_worker(workers: tuple[Deliveries, Deliveries]) -> None:
    """Neither while the first is under way nor after the shop has taken it; of another webhook it is another one."""
    one, other = workers
    claim = await one.claim("stripe", PROOF)
    assert claim is not None
    assert (None, None) == (await one.claim("stripe", PROOF), await other.claim("stripe", PROOF))
    await one.delivered(claim, remember_seconds=60)
    assert (None, None) == (await one.claim("stripe", PROOF), await other.claim("stripe", PROOF))
    assert await other.claim("adyen", PROOF) is not None


async def test_of_many_copies_at_once_one_passes(workers: tuple[Deliveries, Deliveries]) -> None:
    """However they are spread over the workers."""
    claims = await asyncio.gather(*(workers[number % 2].claim("stripe", PROOF) for number in range(50)))
    assert 1 == sum(claim is not None for claim in claims)


async def test_a_retry_after_a_failure_passes(workers: tuple[Deliveries, Deliveries]) -> None:
    """What the shop has not taken is forgotten at once."""
    one, other = workers
    for _ in range(3):
        claim = await one.claim("shopify", PROOF)
        assert claim is not None
        await one.failed(claim)
    assert await other.claim("shopify", PROOF) is not None


async def test_it_is_remembered_for_as_long_as_told(redis: Redis) -> None:
    """And no longer: nothing of it stays in Redis."""
    one = Deliveries(redis)
    claim = await one.claim("stripe", PROOF)
    assert claim is not None
    await one.delivered(claim, remember_seconds=3600)
    (key,) = await redis.keys()
    assert b"waitroom:1:{webhook:stripe}:a1" == key
    assert 3500 < await redis.ttl(key) <= 3600
    await redis.pexpire(key, 1)
    await asyncio.sleep(0.05)
    assert await one.claim("stripe", PROOF) is not None


async def test_a_claim_whose_worker_died_ends(redis: Redis) -> None:
    """After its time the message may come again; what ends late then does not undo the other's claim."""
    one = Deliveries(redis)
    dead = await Deliveries(redis, claim_seconds=0.2).claim("stripe", PROOF)
    assert dead is not None
    assert await one.claim("stripe", PROOF) is None
    await asyncio.sleep(0.3)
    assert await one.claim("stripe", PROOF) is not None
    await one.failed(dead)
    assert await one.claim("stripe", PROOF) is None


async def test_a_batch_passes_while_something_in_it_is_new(redis: Redis) -> None:
    """Adyen's items are remembered one by one, and a failure forgets only what was its own."""
    one = Deliveries(redis)
    first = await one.claim("adyen", PROOF)
    assert first is not None
    await one.delivered(first, remember_seconds=60)
    both = await one.claim("adyen", Proof(("a1", "b2")))
    assert both is not None
    await one.failed(both)
    assert await one.claim("adyen", PROOF) is None
    assert await one.claim("adyen", Proof(("b2",))) is not None
    assert await one.claim("adyen", Proof(("a1", "b2"))) is None


async def test_variants_of_one_signature_are_counted(redis: Redis) -> None:
    """Messages that are rightly signed alike pass one by one, and only so many of them."""
    one = Deliveries(redis)
    variants = [Proof(("a1",), variant=f"orders/{number}", most_variants=3) for number in range(5)]
    claims = [await one.claim("shopify", proof) for proof in variants]
    assert [True, True, True, False, False] == [claim is not None for claim in claims]
    assert await one.claim("shopify", variants[0]) is None
    assert claims[0] is not None
    await one.failed(claims[0])
    assert await one.claim("shopify", variants[4]) is not None


async def test_without_redis_each_worker_remembers_by_itself() -> None:
    """No call-back is lost because Redis is away, and a copy to the same worker does not pass."""
    now = [0.0]
    away = Redis.from_url("unix:///nowhere/redis.sock")
    one = Deliveries(away, clock=lambda: now[0])
    failed = await one.claim("stripe", PROOF)
    assert failed is not None
    assert await one.claim("stripe", PROOF) is None
    await one.failed(failed)
    claim = await one.claim("stripe", PROOF)
    assert claim is not None
    await one.delivered(claim, remember_seconds=60)
    now[0] = 59.0
    assert await one.claim("stripe", PROOF) is None
    now[0] = 61.0
    assert await one.claim("stripe", PROOF) is not None
    await away.aclose()


async def test_what_redis_could_not_be_told_still_counts_when_it_is_back(redis: Redis) -> None:
    """The worker's own memory is asked first."""
    one = Deliveries(redis)
    await redis.config_set("maxmemory", "1")
    try:
        claim = await one.claim("stripe", PROOF)
        assert claim is not None
        await one.delivered(claim, remember_seconds=60)
    finally:
        await redis.config_set("maxmemory", "0")
    assert [] == await redis.keys()
    assert await one.claim("stripe", PROOF) is None


async def test_a_claim_made_without_redis_is_told_to_it_in_the_end(redis: Redis) -> None:
    """What is delivered once Redis is back is known to all."""
    one = Deliveries(redis)
    await redis.config_set("maxmemory", "1")
    try:
        claim = await one.claim("stripe", PROOF)
    finally:
        await redis.config_set("maxmemory", "0")
    assert claim is not None
    await one.delivered(claim, remember_seconds=60)
    assert await Deliveries(redis).claim("stripe", PROOF) is None


async def test_a_workers_memory_is_bounded() -> None:
    """The oldest are forgotten first."""
    away = Redis.from_url("unix:///nowhere/redis.sock")
    one = Deliveries(away, most_remembered=10)
    for number in range(30):
        assert await one.claim("stripe", Proof((str(number),))) is not None
    assert "10 of them" in repr(one)
    assert await one.claim("stripe", Proof(("29",))) is None
    assert await one.claim("stripe", Proof(("0",))) is not None
    await away.aclose()
