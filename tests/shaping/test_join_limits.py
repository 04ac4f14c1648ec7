"""Buckets in a real Redis, taken from by several workers at once."""

from __future__ import annotations

import asyncio
from collections import Counter

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from redis.asyncio import Redis

from waitroom.errors import LineUnavailableError
from waitroom.shaping import buckets
from waitroom.shaping.buckets import Bucket
from waitroom.shaping.join_limits import JoinLimits

pytestmark = pytest.mark.anyio

UNIT = 10_000
"""Milliseconds in which the tests of time reckon: what passes of real time meanwhile is nothing to it."""
PREFIX = "waitroom:1:{drop}:joins:"
HOUR = 3_600_000


async def later(redis: Redis, ms: int) -> None:
    """Time passes: to the script it is the same as moving back what is stored."""
    for key in await redis.keys(PREFIX + "*"):
        left = await redis.pttl(key)
        if left <= ms:
            await redis.delete(key)
        else:
            stored = float(await redis.get(key) or 0)
            await redis.set(key, f"{stored - ms:.3f}", px=left - ms)


async def takes(limits: JoinLimits, bucket: Bucket, times: int) -> int:
    """How often it could be taken from."""
    return sum([(await limits.take([bucket])).full is None for _ in range(times)])


async def test_as_many_as_allowed_and_then_one_each_share_of_the_window(redis: Redis) -> None:
    """Ten at once, the eleventh is told when to come again; then one more each tenth of the window."""
    limits, bucket = JoinLimits(redis, "drop"), Bucket("a", 10, HOUR)
    assert 10 == await takes(limits, bucket, 15)
    refused = await limits.take([bucket])
    assert bucket is refused.full
    assert 350 <= refused.wait_seconds <= 360
    await later(redis, HOUR // 10 * 3)
    assert 3 == await takes(limits, bucket, 15)
    await later(redis, HOUR)
    assert 10 == await takes(limits, bucket, 15)


async def test_all_or_none(redis: Redis) -> None:
    """Whoever finds one of their buckets too full takes from none of them, and is told which it is."""
    limits, small, large = JoinLimits(redis, "drop"), Bucket("small", 1, HOUR), Bucket("large", 5, HOUR)
    assert (await limits.take([small, large])).full is None
    for _ in range(10):
        assert small is (await limits.take([large, small])).full
    assert 4 == await takes(limits, large, 10)
    assert (await limits.take([])).full is None


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    most=st.integers(1, 7),
    window=st.integers(1, 30),
    steps=st.lists(st.one_of(st.none(), st.integers(1, 40)), max_size=25),
)
async def test_the_script_follows_the_model(
    redis: Redis, most: int, window: int, steps: list[int | None]
) -> None:
    """Each take, after any pauses, ends as the pure function says, with the same time to wait."""
    await redis.flushall()
    limits = JoinLimits(redis, "drop")
    window_ms = window * UNIT * most  # so that every share of it is a whole unit
    now = arrival = 0.0
    for step in steps:
        if step is not None:
            now += step * UNIT
            await later(redis, step * UNIT)
            continue
        arrival, wait = buckets.take(arrival, now, most=most, window_ms=window_ms)
        taken = await limits.take([Bucket("a", most, window_ms)])
        assert (wait > 0) == (taken.full is not None)
        assert wait / 1000 - UNIT / 2000 <= taken.wait_seconds <= wait / 1000 + 1


@given(
    most=st.integers(1, 20),
    times=st.lists(st.integers(0, 5_000), max_size=60).map(sorted),
    window=st.integers(100, 3_000),
)
def test_no_window_lets_more_through_than_twice_the_limit(most: int, times: list[int], window: int) -> None:
    """In no stretch as long as the window do more than `most` pass beside those that it refills; none is refused
    that waited as long as it was told."""
    arrival, passed = 0.0, []
    for now in times:
        before = arrival
        arrival, wait = buckets.take(arrival, now, most=most, window_ms=window)
        if wait:
            assert before == arrival
            assert 0 == buckets.take(arrival, now + wait, most=most, window_ms=window)[1]
        else:
            passed.append(now)
    for at in passed:
        assert sum(at <= other < at + window for other in passed) <= 2 * most


def test_a_clock_that_ran_backwards_costs_a_window_at_most() -> None:
    """What was stored an hour ahead counts as one window: then somebody passes again."""
    _, wait = buckets.take(10 * HOUR, HOUR, most=5, window_ms=60_000)
    assert 12_000 == wait


async def test_two_workers_and_many_at_once(redis_url: str, redis: Redis) -> None:
    """Whoever asks, on whichever worker, at the same moment: exactly as many pass as may."""
    others = [Redis.from_url(redis_url) for _ in range(4)]
    try:
        workers = [JoinLimits(other, "drop") for other in others]
        network = Bucket("network", 150, HOUR)
        addresses = [Bucket(f"address:{number}", 20, HOUR) for number in range(10)]
        answers = await asyncio.gather(
            *(workers[number % 4].take([addresses[number % 10], network]) for number in range(1200))
        )
    finally:
        for other in others:
            await other.aclose()
    passed = Counter(number % 10 for number, taken in enumerate(answers) if taken.full is None)
    assert 150 == passed.total()
    assert max(passed.values()) <= 20


async def test_those_who_come_together_share_a_round_trip(redis_url: str, redis: Redis) -> None:
    """A thousand at once are four calls."""
    limits, watcher = JoinLimits(redis, "drop"), Redis.from_url(redis_url)
    await takes(limits, Bucket("first", 1, HOUR), 1)
    calls = 0
    async with watcher.monitor() as monitor:
        await asyncio.gather(*(limits.take([Bucket(f"a{number}", 1, HOUR)]) for number in range(1000)))
        await redis.echo("the end")
        async for seen in monitor.listen():
            if "the end" in seen["command"]:
                break
            calls += seen["command"].startswith("EVALSHA") and PREFIX in seen["command"]
    await watcher.aclose()
    assert 4 == calls


async def test_a_cancelled_request_takes_nothing_and_harms_nobody(redis: Redis) -> None:
    """A visitor who is gone before Redis is asked costs nothing; the others of the batch are served."""
    limits, bucket = JoinLimits(redis, "drop"), Bucket("a", 1, HOUR)
    gone = asyncio.create_task(limits.take([bucket]))
    await asyncio.sleep(0)
    stays = asyncio.create_task(limits.take([bucket]))
    gone.cancel()
    assert (await stays).full is None
    assert bucket is (await limits.take([bucket])).full


async def test_keys_expire_when_they_say_nothing_any_more(redis: Redis) -> None:
    """A bucket that is empty again is not kept; none is kept for longer than its window."""
    limits = JoinLimits(redis, "drop")
    await takes(limits, Bucket("a", 10, HOUR), 1)
    await takes(limits, Bucket("b", 10, HOUR), 100)
    assert HOUR // 10 - 60_000 < await redis.pttl(PREFIX + "a") <= HOUR // 10
    assert HOUR - 60_000 < await redis.pttl(PREFIX + "b") <= HOUR


async def test_a_redis_that_forgot_the_script_is_told_again(redis: Redis) -> None:
    """SCRIPT FLUSH, or a failover, is not noticed by visitors."""
    limits, bucket = JoinLimits(redis, "drop"), Bucket("a", 2, HOUR)
    assert 1 == await takes(limits, bucket, 1)
    await redis.script_flush()
    assert 1 == await takes(limits, bucket, 2)


async def test_a_redis_that_is_away_is_said_so() -> None:
    """Every newcomer of the batch is told, with the line's own error."""
    limits = JoinLimits(Redis.from_url("unix:///nowhere/redis.sock"), "drop")
    asked = [limits.take([Bucket("a", 1, HOUR)]) for _ in range(3)]
    answers = await asyncio.gather(*asked, return_exceptions=True)
    assert [LineUnavailableError] * 3 == [type(answer) for answer in answers]
