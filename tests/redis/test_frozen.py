"""Redis hangs: it takes connections and commands, and answers nothing."""

from __future__ import annotations

import asyncio

import pytest
from anyio.to_thread import run_sync
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import TimeoutError as RedisTimeoutError

from tests.faults.checks import Scene, all_get_in, inside_are_served, places_are_kept
from tests.faults.crowd import eventually
from tests.faults.wire import CALL, ask
from tests.redis.servers import Server
from waitroom.assembly.redis import CONNECTIONS, connect
from waitroom.redis.pool import Pool
from waitroom.settings import RedisSettings

pytestmark = pytest.mark.anyio
MANY = 200
"""Newcomers: if each waited for an answer that does not come, they would wait for many minutes in all."""
PATIENCE_SECONDS = 1.0


async def test_who_queued_is_told_with_the_first(frozen: Server) -> None:
    """Those who stood in line for a connection when the first were given up do not wait for an answer of their own."""
    redis = connect(f"redis://127.0.0.1:{frozen.port}/0", RedisSettings(redis_timeout=PATIENCE_SECONDS))
    pool = redis.connection_pool
    assert isinstance(pool, Pool)
    pool.timeout = 60
    await asyncio.gather(*(redis.ping() for _ in range(CONNECTIONS)))
    frozen.freeze()
    everyone = (redis.ping() for _ in range(CONNECTIONS + MANY))
    answers = await asyncio.gather(*everyone, return_exceptions=True)
    in_vain = sum(isinstance(answer, RedisTimeoutError) for answer in answers)
    told = sum("no answer since" in str(answer) for answer in answers)
    assert CONNECTIONS + MANY == in_vain + told
    # on a busy machine it may be time for one of them to see whether it still hangs
    assert CONNECTIONS <= in_vain < 2 * CONNECTIONS
    frozen.thaw()
    await redis.aclose()


async def test_a_command_that_cannot_be_sent(frozen: Server) -> None:
    """Is as good as one without an answer: whoever comes next does not wait."""
    redis = connect(f"redis://127.0.0.1:{frozen.port}/0", RedisSettings(redis_timeout=PATIENCE_SECONDS))
    assert await redis.ping()
    frozen.freeze()
    with pytest.raises(RedisTimeoutError, match="writing"):
        await redis.set("waitroom:1:test", bytes(64_000_000))
    with pytest.raises(RedisConnectionError, match="no answer since"):
        await redis.ping()
    # what is left to be sent goes with it
    frozen.kill()
    await asyncio.sleep(0.1)
    await redis.aclose()


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
