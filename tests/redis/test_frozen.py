"""Redis hangs: it takes connections and commands, and answers nothing."""

from __future__ import annotations

import asyncio

import pytest
from anyio.to_thread import run_sync

from tests.faults.checks import Scene, all_get_in, inside_are_served, places_are_kept
from tests.faults.crowd import eventually
from tests.faults.wire import CALL, ask
from tests.redis.servers import Server

pytestmark = pytest.mark.anyio
MANY = 200
"""Newcomers: if each waited for an answer that does not come, they would wait for many minutes in all."""


async def test_a_frozen_redis_stalls_nobody(frozen_scene: Scene, frozen: Server) -> None:
    """Those inside are served as ever, newcomers are told, and all of them while Redis still hangs; then the line goes
    on with everyone in it."""
    frozen.freeze()
    site = frozen_scene.site
    for _ in range(20):
        await inside_are_served(frozen_scene)
    await eventually(lambda: site.said().count("Redis does not answer") == 2, site.said)
    for _ in range(20):
        await inside_are_served(frozen_scene)
    async with asyncio.timeout(60):
        for _ in range(MANY):
            answer = await ask(site.port, "/health", accept=CALL)
            assert (503, {}) == (answer.status, answer.cookies())
            assert b"unavailable" in answer.body
    await run_sync(frozen.thaw)
    await eventually(lambda: site.said().count("Redis is back") == 2, site.said)
    await places_are_kept(frozen_scene)
    await all_get_in(frozen_scene)
