"""kill -9 while 200 visitors wait: each keeps its place, and the line moves on in order."""

from __future__ import annotations

import os
import signal

import pytest
from anyio.to_thread import run_sync

from tests.faults.checks import Scene, all_get_in, places_are_kept
from tests.faults.crowd import eventually

pytestmark = pytest.mark.anyio


async def test_a_worker_is_killed(scene: Scene) -> None:
    """Those whose worker died come back through the other; another worker takes its place."""
    killed = scene.site.workers()[0]
    os.kill(killed, signal.SIGKILL)
    await places_are_kept(scene)
    workers = scene.site.workers()
    assert 2 == len(workers)
    assert killed not in workers
    await all_get_in(scene)


async def test_the_gateway_is_killed_and_started_again(scene: Scene) -> None:
    """Workers and Redis end by themselves, the port is free, and the next gateway goes on with the line."""
    await run_sync(scene.site.kill)
    await run_sync(scene.site.start)
    await places_are_kept(scene)
    await all_get_in(scene)


async def test_redis_is_killed(scene: Scene) -> None:
    """Redis is started again with what it had written."""
    killed = scene.site.redis_pid
    os.kill(killed, signal.SIGKILL)
    await eventually(lambda: scene.site.redis_pid not in (0, killed), lambda: "Redis is not started again")
    await places_are_kept(scene)
    await all_get_in(scene)
