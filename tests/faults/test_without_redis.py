"""Redis is away, and the room is set to go on without it: in order, and no faster than it may."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from anyio.to_thread import run_sync
from redis.asyncio import Redis

from tests.faults.checks import Scene
from tests.faults.conftest import running, set_scene
from tests.faults.crowd import Visitor, crowd_at, eventually
from tests.faults.redis_server import RedisServer
from tests.faults.sale import number_of
from tests.faults.site import LOG, Site, until
from tests.faults.wire import ask

pytestmark = pytest.mark.anyio
LATE_SECONDS = 4.0
"""Within which somebody who is called learns of it and comes in, on a busy machine."""
WAITING = 16
RATE = 240.0
"""Admissions a minute of the gateway while Redis is away: one in half a second of each worker."""
GOES_ON = f'without_redis = "pass"\nwithout_redis_rate = {RATE}\n'


@pytest.fixture
def site(tmp_path: Path, shop: str, redis_server: RedisServer) -> Iterator[Site]:
    """A gateway whose room goes on."""
    with running(Site(tmp_path, shop, redis_url=redis_server.url, beside=GOES_ON)) as site:
        yield site


@pytest.fixture
async def alone(site: Site) -> AsyncIterator[Scene]:
    """Five are inside, and the line is stopped."""
    async with crowd_at(site.port) as crowd:
        scene = await set_scene(site, crowd, WAITING)
        await run_sync(until, lambda: site.all_know(0), "the rate is not known")
        yield scene


async def let_in_alone(redis_url: str) -> list[dict[bytes, bytes]]:
    """What the record tells of those who were let in."""
    redis = Redis.from_url(redis_url)
    entries: Any = await redis.xrange(LOG)
    await redis.aclose()
    return [entry for _, entry in entries if entry[b"type"] == b"let_in_alone"]


async def test_a_rate_of_nothing_lets_nobody_in(alone: Scene, redis_server: RedisServer) -> None:
    """What ops staff set last bounds it: a line that was stopped stands."""
    redis_server.kill()
    await eventually(lambda: "Redis does not answer" in alone.site.said(), alone.site.said)
    await asyncio.sleep(4)
    assert WAITING == len(alone.crowd.waiting)
    page = await ask(alone.site.port, "/health")
    assert b"We still let people in" in page.body
    assert b"We are holding the door" not in page.body


async def test_the_line_goes_on_and_newcomers_stand_behind_it(site: Site, redis_server: RedisServer) -> None:
    """Those in line come in in their order, then those who have no place, never faster than the rate; and when Redis is
    back it knows of all of them, and nobody gets in a second time."""
    async with crowd_at(site.port) as crowd:
        await site.turn(9000)
        inside = await crowd.arrive(3)
        await crowd.all_inside()
        await site.turn(0)
        line = await crowd.arrive(WAITING)
        await asyncio.sleep(1.5)  # both workers look at the line
        # more than is let in alone: in the moment until Redis dies this lets at most one in
        await site.turn(RATE)
        await run_sync(until, lambda: site.all_know(RATE), "the rate is not known")
        await run_sync(redis_server.kill)
        newcomers = [Visitor(site.port, streams=False) for _ in range(3)]
        for newcomer in newcomers:
            crowd.begins(newcomer)
        await crowd.all_inside()
        assert [200] * 3 == [(await visitor.knock()).status for visitor in inside]

        entered = [visitor.entered_at or 0.0 for visitor in line]
        for index, at in enumerate(entered):
            assert min(entered[index:]) > at - LATE_SECONDS, f"{line[index]} was overtaken"
        guests = [visitor.entered_at or 0.0 for visitor in newcomers]
        assert min(guests) > max(entered) - LATE_SECONDS
        assert most_at_once(sorted(entered + guests), RATE) <= 2 + 5 * RATE / 60

        await run_sync(redis_server.start)
        await eventually(lambda: "Redis is back" in site.said(), site.said)
        await asyncio.sleep(2)
        told = await let_in_alone(redis_server.url)
        assert 3 == sum(int(entry[b"guests"]) for entry in told)
        numbers = [int(number) for entry in told for number in entry[b"numbers"].split()]
        assert len(numbers) == len(set(numbers))
        assert set(numbers) <= {number_of(visitor) for visitor in line}
        assert set(numbers) | {
            n for grant in await site.grants() for n in range(grant.start + 1, grant.end + 1)
        } >= {number_of(visitor) for visitor in line}
        everyone = [*inside, *line, *newcomers]
        assert [200] * len(everyone) == [(await visitor.knock()).status for visitor in everyone]
        status = json.loads((await ask(site.port, "/__waitroom/drop/line")).body)
        assert 0 == status["waiting"]


def most_at_once(moments: Sequence[float], rate: float) -> float:
    """By how many the worst of all windows exceeds the rate (a minute)."""
    worst = level = 0.0
    for before, after in pairwise(moments):
        level = max(level - (after - before) * rate / 60, 0.0) + 1
        worst = max(worst, level)
    return worst
