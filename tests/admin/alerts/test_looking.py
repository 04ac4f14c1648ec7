"""What alerts see of real rooms, by a real Redis in which a worker told what it counted."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from redis.asyncio import Redis

from admin.alerts.looking import readings
from admin.alerts.reading import Reading
from admin.app import build_console
from admin.console import Console
from tests.admin.conftest import SECRET
from waitroom.assembly.redis import connect
from waitroom.line.store import LineStore
from waitroom.settings import AlertSettings, Settings
from waitroom.telemetry.counters import Counters
from waitroom.telemetry.source import Source
from waitroom.telemetry.telling import Telling

pytestmark = pytest.mark.anyio


async def seen(console: Console, room: str, is_so: Callable[[Reading], bool]) -> Reading:
    """The reading of a room, once it is so."""
    async with asyncio.timeout(60):
        while True:
            for each in readings(console.live, console.sampler):
                if each.room == room and is_so(each):
                    return each
            await asyncio.sleep(0.1)


async def test_a_room_is_read_as_it_is(console: Console, redis: Redis) -> None:
    """Its line, its wait, its target, the shop's errors and latency, and who is alive."""
    counted = Counters()
    telling = Telling(redis, [Source("drop", counted.summed_up, lambda: 0)])
    line = LineStore(redis, "drop")
    await line.configure({"mode": "queue", "rate": "60"}, source="live", who="test", why="")
    joined = await line.join(40)
    await line.see(range(joined.first, joined.first + 40))
    await telling.tell()
    first = await seen(console, "drop", lambda each: each.workers == 1 and bool(each.waiting))
    assert (True, None) == (first.is_redis_reachable, first.error_share)
    for status in (200, 200, 200, 503) * 5:
        counted.answered(status, 2.0)
    await telling.tell()
    told = await seen(console, "drop", lambda each: each.error_share is not None)
    assert 0.25 == told.error_share
    assert told.latency_seconds and 1.0 < told.latency_seconds < 5.0
    assert 60 == told.target_per_minute
    assert told.waiting and 0 < told.waiting <= 40
    assert told.wait_seconds is not None


async def test_few_answers_tell_nothing(console: Console, redis: Redis) -> None:
    """One error of two is no half of the shop."""
    counted = Counters()
    telling = Telling(redis, [Source("drop", counted.summed_up, lambda: 0)])
    await telling.tell()
    await seen(console, "drop", lambda each: each.workers == 1)
    for status in (200, 503):
        counted.answered(status, 0.1)
    await telling.tell()

    def is_counted(_: Reading) -> bool:
        point = console.sampler.latest.get("drop")
        return point is not None and 0 < (point.requests or 0) < 0.5  # over several seconds

    drop = await seen(console, "drop", is_counted)
    assert (None, None) == (drop.error_share, drop.latency_seconds)


async def test_a_room_that_is_paused_should_let_nobody_in(console: Console) -> None:
    """So that nobody does is no fault."""
    paused = await seen(console, "late-sale", lambda each: each.waiting is not None)
    assert 0 == paused.target_per_minute


async def test_without_redis_that_is_all_there_is_to_see(settings: Settings, tmp_path: Path) -> None:
    """From the console's first moment."""
    away = f"unix://{tmp_path}/nothing.sock"
    at_once = AlertSettings(name="redis", lasting=0)
    site = settings.model_copy(update={"alerts": (at_once,)})
    app = build_console(site, connect(away), [SECRET])
    console: Console = app.state.console
    async with app.router.lifespan_context(app):
        drop = await seen(console, "drop", lambda each: not each.is_redis_reachable)
        assert replace(Reading("drop", drop.at), is_redis_reachable=False) == drop
        async with asyncio.timeout(60):
            while not (told := await console.alerts.ledger.alerts(most=5)):  # noqa: ASYNC110 - it tells nobody
                await asyncio.sleep(0.2)
    assert ["site: Redis does not answer."] == [each.text.split("\n")[0] for each in told]
