"""Workers count who waits and who goes, together as one would, from a real line."""

from __future__ import annotations

import asyncio
import time

import pytest
from redis.asyncio import Redis

from tests.line.bench import STILL, Bench
from waitroom.assembly.line import rules_of
from waitroom.feedback.cohorts import LOOK_MS
from waitroom.feedback.ledger import HOUR_SECONDS, FeedbackLedger, Hour
from waitroom.feedback.watching import Watching
from waitroom.line.room import Room
from waitroom.settings import RoomSettings
from waitroom.telemetry.counters import Counters
from waitroom.telemetry.families import SILENT

pytestmark = pytest.mark.anyio


class Site:
    """A line, and two workers that look at it."""

    def __init__(self, redis: Redis) -> None:
        self.bench = Bench(redis)
        self.ledger = FeedbackLedger(redis, "room", 86_400)
        self.rooms = [Room("room", redis, rules_of(RoomSettings(name="room"))) for _ in range(2)]
        self.counters = [Counters(), Counters()]
        self.workers = [
            Watching(room, self.ledger, counters)
            for room, counters in zip(self.rooms, self.counters, strict=True)
        ]

    async def look(self) -> int:
        """Both look at once; how many of them counted."""
        for room in self.rooms:
            await room.look()
        return sum(await asyncio.gather(*(worker.step() for worker in self.workers)))

    async def pass_(self, looks: int, *present: int) -> None:
        """Time passes in which ``present`` are there, and both look again and again."""
        for _ in range(looks):
            await self.bench.wait(LOOK_MS, present=present)
            await self.look()

    async def counted(self) -> Hour:
        """What the hour has; a test may run over its end."""
        now = int(time.time() // HOUR_SECONDS)
        hours = await self.ledger.hours(now - 1, now)
        return hours[-1]


@pytest.fixture
async def site(redis: Redis) -> Site:
    """A line that nobody leaves by being let in."""
    made = Site(redis)
    await made.bench.open(rate=STILL, presence_ms=6000, keep_ms=600_000)
    await made.look()
    return made


async def test_each_is_counted_once_by_all_workers(site: Site) -> None:
    """One gives the place up, one is let in, one is not seen any more, and two stay."""
    await site.bench.store.join(5)
    await site.pass_(2, 1, 2, 3, 4, 5)
    await site.bench.store.leave(2)
    await site.bench.allow(1)
    await site.bench.store.advance()
    await site.bench.outcome(1)
    await site.pass_(3, 4, 5)
    hour = await site.counted()
    assert 1 == sum(stood.left for stood in hour.stood)
    assert 1 == sum(stood.silent for stood in hour.stood)
    assert 1 == sum(stood.entered for stood in hour.stood)
    assert 1 == sum(counters[SILENT.field("fell")] for counters in site.counters)


async def test_of_two_looks_at_once_one_counts(site: Site) -> None:
    """And none soon after it."""
    await site.bench.store.join(3)
    await site.bench.wait(LOOK_MS, present=(1, 2, 3))
    assert 1 == await site.look()
    assert 0 == await site.look()


async def test_a_worker_that_dies_is_replaced_by_any_other(site: Site, redis: Redis) -> None:
    """What was counted last is in Redis: another goes on from there, and counts who went meanwhile."""
    await site.bench.store.join(4)
    await site.pass_(2, 1, 2, 3, 4)
    successor = Site(redis)
    await successor.pass_(2, 1)
    assert 3 == sum(stood.silent for stood in (await successor.counted()).stood)


async def test_nothing_is_asked_or_kept_while_nobody_waits(site: Site, redis: Redis) -> None:
    """A room without a line costs nothing, and its next line is counted from its first visitor on."""
    await site.pass_(3)
    before = int((await redis.info("commandstats")).get("cmdstat_get", {"calls": 0})["calls"])
    assert 0 == sum([await worker.step() for worker in site.workers])
    assert before == int((await redis.info("commandstats")).get("cmdstat_get", {"calls": 0})["calls"])
    await site.bench.store.join(2)
    await site.pass_(1, 1, 2)
    await site.bench.store.leave(1)
    await site.pass_(1, 2)
    assert 1 == sum(stood.left for stood in (await site.counted()).stood)


async def test_who_lets_others_pass_has_not_left(site: Site) -> None:
    """They were told that they may close the page."""
    await site.bench.store.join(2)
    await site.pass_(1, 1, 2)
    await site.bench.store.rest(1, 1, 300_000)
    await site.pass_(3, 2)
    assert 0 == sum(stood.silent for stood in (await site.counted()).stood)


async def test_a_line_that_is_begun_anew_has_lost_nobody(site: Site) -> None:
    """Nobody went: their tickets are of another life, and what becomes of them is not counted."""
    await site.bench.store.join(4)
    await site.pass_(2, 1, 2, 3, 4)
    await site.bench.store.reset(who="test", why="")
    await site.pass_(2)
    hour = await site.counted()
    assert 0 == sum(stood.silent + stood.left for stood in hour.stood)
