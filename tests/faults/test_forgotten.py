"""A Redis that hangs, and one that forgot everything: the gateway and the tickets still know."""

from __future__ import annotations

import asyncio
import os
import signal

import pytest
from anyio.to_thread import run_sync
from redis.asyncio import Redis

from tests.faults.checks import Scene, all_get_in, inside_are_served, places_are_kept

pytestmark = pytest.mark.anyio


async def test_redis_hangs_for_three_seconds(scene: Scene) -> None:
    """Those inside notice nothing, and afterwards everyone stands where they stood."""
    pid = scene.site.redis_pid
    os.kill(pid, signal.SIGSTOP)
    try:
        await asyncio.sleep(1.5)
        await inside_are_served(scene)
        await asyncio.sleep(1.5)
    finally:
        os.kill(pid, signal.SIGCONT)
    await places_are_kept(scene)
    await all_get_in(scene)


async def test_redis_is_emptied_while_workers_live(scene: Scene) -> None:
    """The workers bring the line back from memory, and all who are there with it."""
    redis = Redis.from_url(scene.site.redis_url)
    await redis.flushall()
    await redis.aclose()
    await places_are_kept(scene)
    await all_get_in(scene)


async def test_everything_is_lost_but_the_tickets(scene: Scene) -> None:
    """Workers and Redis are gone with all they knew: the tickets bring the line back when they return.

    Whoever joined meanwhile, in what was a new line, stands behind all of them.
    """
    scene.crowd.online.clear()
    await run_sync(scene.site.lose_everything)
    await run_sync(scene.site.start)
    newcomers = await scene.crowd.arrive(3)
    scene.crowd.online.set()
    await places_are_kept(scene)
    assert [196, 197, 198] == [visitor.position for visitor in newcomers]
    await all_get_in(scene)
