"""The master that sentinels watch hangs in mid-sale: nobody loses a place, and the new master goes on with the line."""

from __future__ import annotations

import asyncio

import pytest
from anyio.to_thread import run_sync
from redis.asyncio.retry import Retry
from redis.asyncio.sentinel import Sentinel
from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError as RedisConnectionError

from tests.faults.checks import Scene, all_get_in, inside_are_served, places_are_kept
from tests.faults.crowd import eventually
from tests.redis.servers import Watched
from waitroom.assembly.redis import connect
from waitroom.redis.sentinel import SentinelLocator

pytestmark = pytest.mark.anyio
PATIENCE_SECONDS = 2.5
"""By then every worker has noticed that its server hangs."""


async def test_a_server_that_turns_into_a_replica(watched: Watched) -> None:
    """By an address that does not say so: the connection ends, and the next one looks the address up anew."""
    replica = next(server for server in watched.servers if server is not watched.master)
    redis = connect(f"redis://127.0.0.1:{replica.port}/0")
    assert await redis.info("server")
    with pytest.raises(RedisConnectionError, match="is no master any more"):
        await redis.set("waitroom:1:test", "1")
    await redis.aclose()


async def test_no_sentinel_is_forgotten(watched: Watched) -> None:
    """One hangs, and two connections are made at once: the others are asked, and afterwards all three are known."""
    ports = [each.port for each in watched.sentinels]
    watched.sentinels[0].freeze()
    try:
        once = {"socket_timeout": 0.3, "retry": Retry(NoBackoff(), 0)}
        servers = [("127.0.0.1", port) for port in ports]
        asked = Sentinel(servers, sentinel_kwargs=once)  # type: ignore[no-untyped-call]
        locator = SentinelLocator(asked, watched.NAME)
        found = await asyncio.gather(*(locator.master() for _ in range(2)))
        known = [each.connection_pool.connection_kwargs["port"] for each in asked.sentinels]
        await locator.disconnect()
    finally:
        await run_sync(watched.sentinels[0].thaw)
    assert {("127.0.0.1", watched.master.port)} == set(found)
    assert sorted(ports) == sorted(known)


async def test_the_master_fails_over(watched_scene: Scene, watched: Watched) -> None:
    """Those in line keep their places in the same order, no number is given twice, and the rate is kept.

    One of the sentinels is gone as well: the others are asked. A master that comes back is asked nothing any more.
    """
    site, lost = watched_scene.site, watched.master
    watched.sentinels[0].kill()
    lost.freeze()
    await inside_are_served(watched_scene)
    await eventually(lambda: watched.master is not lost, lambda: "the master does not fail over")
    await eventually(lambda: "Redis is back" in site.said(), site.said)
    await asyncio.sleep(PATIENCE_SECONDS)
    await eventually(site.all_are_ready, lambda: "a worker does not find the new master")
    await places_are_kept(watched_scene)

    await run_sync(lost.revive)
    asked = watched.scripts_run(lost)
    await all_get_in(watched_scene)
    assert asked == watched.scripts_run(lost)
