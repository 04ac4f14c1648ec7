"""The live figures of fairness: counted by each worker, summed over all."""

from __future__ import annotations

import pytest
from redis.asyncio import Redis

from waitroom.record.live import WAIT_SECONDS, WINDOW, Counted, LiveFairness, summed

pytestmark = pytest.mark.anyio


def enter(
    fairness: LiveFairness, *turns: int, epoch: int = 1, lane: str = "general", waited: float = 3.0
) -> None:
    for turn in turns:
        fairness.entered(lane, epoch, turn, called=1000, waited_seconds=waited)


async def test_nobody_yet_is_fair(redis: Redis) -> None:
    """Before anybody has entered nothing is wrong."""
    counted = LiveFairness(redis, "drop").total
    assert (0, 0, 1.0, 0.0) == (
        counted.entered, counted.overtakes, counted.kendall_tau, counted.longest_wait_seconds,
    )  # fmt: skip


async def test_the_order_of_entering_is_compared_with_the_turns(redis: Redis) -> None:
    """In order 1, reversed -1; each lane by itself, and each life of the line."""
    fairness = LiveFairness(redis, "drop")
    enter(fairness, 1, 2, 3, 4)
    enter(fairness, 1, 2, lane="members")
    assert (1.0, 6) == (fairness.counted.kendall_tau, fairness.counted.compared)
    enter(fairness, 4, 3, 2, 1, epoch=2)
    assert (-1.0, 4) == (fairness.counted.kendall_tau, fairness.counted.compared)
    assert 10 == fairness.counted.entered


async def test_only_the_last_entries_are_compared(redis: Redis) -> None:
    """However long it runs, the work and the memory stay the same."""
    fairness = LiveFairness(redis, "drop")
    enter(fairness, *range(900, 0, -1))
    enter(fairness, *range(WINDOW))
    assert (1.0, WINDOW) == (fairness.counted.kendall_tau, fairness.counted.compared)


async def test_who_enters_before_the_turn_is_called_is_counted(redis: Redis) -> None:
    """That is what never happens."""
    fairness = LiveFairness(redis, "drop")
    fairness.entered("general", 1, 8, called=8, waited_seconds=0.0)
    assert 0 == fairness.counted.overtakes
    fairness.entered("general", 1, 9, called=8, waited_seconds=0.0)
    assert 1 == fairness.counted.overtakes


async def test_waits_are_counted_by_their_length(redis: Redis) -> None:
    """The longest by itself, all others in a histogram."""
    fairness = LiveFairness(redis, "drop")
    for waited in (0.0, 1.0, 1.1, 7200.0, 7200.5):
        enter(fairness, 1, waited=waited)
    waits = fairness.counted.waits
    assert (2, 1, 1, 1) == (waits[0], waits[1], waits[len(WAIT_SECONDS) - 1], waits[-1])
    assert 7200.5 == fairness.counted.longest_wait_seconds


async def test_workers_tell_each_other(redis: Redis) -> None:
    """What all have counted is the sum, the order the mean by how much was compared; who fell silent is forgotten."""
    one, other, stranger = (LiveFairness(redis, "drop") for _ in range(3))
    enter(one, 1, 2, 3)
    enter(other, 2, 1, waited=9.0)
    await stranger.exchange()
    await other.exchange()
    await one.exchange()
    total = one.total
    assert (5, 9.0, 0.2, 5) == (
        total.entered, total.longest_wait_seconds, total.kendall_tau, total.compared,
    )  # fmt: skip
    key = "waitroom:1:{drop}:fairness"
    await redis.hset(key, "gone", Counted(entered=99, at=1.0).model_dump_json())
    await redis.hset(key, "nonsense", "{")
    await one.exchange()
    assert 5 == one.total.entered
    assert not await redis.hexists(key, "gone")


async def test_a_redis_that_is_away_changes_nothing() -> None:
    """The worker's own figures stand."""
    away = LiveFairness(Redis(port=1), "drop")
    enter(away, 1)
    await away.exchange()
    assert 1 == away.total.entered
    assert Counted().waits == summed(()).waits
