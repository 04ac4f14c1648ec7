"""Redis is away, or refuses to write: who is inside is served, who comes is told, and nobody is lost."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from anyio.to_thread import run_sync

from tests.faults.checks import Scene, all_get_in, inside_are_served, places_are_kept
from tests.faults.crowd import eventually
from tests.faults.redis_server import RedisServer
from tests.faults.wire import CALL, ask

pytestmark = pytest.mark.anyio


async def newcomers_are_told(scene: Scene) -> None:
    """A newcomer gets a page or a problem that says so, no ticket, and the time to come back."""
    page = await ask(scene.site.port, "/health")
    assert (503, "text/html; charset=utf-8") == (page.status, page.header("content-type"))
    assert b'data-state="unavailable"' in page.body
    call = await ask(scene.site.port, "/health", accept=CALL)
    assert (503, "application/problem+json") == (call.status, call.header("content-type"))
    told = json.loads(call.body)
    assert ("unavailable", None, None) == (told["notice"], told["position"], told["number"])
    for answer in (page, call):
        assert int(answer.header("retry-after")) >= 1
        assert {} == answer.cookies()


async def test_redis_is_away(scene_apart: Scene, redis_server: RedisServer) -> None:
    """While it is away those inside are served; a newcomer is told, and has a place once it is back."""
    redis_server.kill()
    await newcomers_are_told(scene_apart)
    (newcomer,) = await scene_apart.crowd.arrive(1)
    assert [] == newcomer.tickets
    await inside_are_served(scene_apart)
    await eventually(lambda: "Redis does not answer" in scene_apart.site.said(), scene_apart.site.said)
    await run_sync(redis_server.start)
    await eventually(lambda: newcomer.tickets != [], lambda: "the newcomer has no place")
    await places_are_kept(scene_apart)
    assert 196 == newcomer.position
    await all_get_in(scene_apart)


@pytest.mark.parametrize(
    ("reason", "refuse", "comply"),
    [
        ("NOREPLICAS", lambda server: server.demand_replicas(1), lambda server: server.demand_replicas(0)),
        ("MISCONF", RedisServer.fill_disk, RedisServer.free_disk),
    ],
    ids=["no replica", "disk full"],
)
async def test_redis_refuses_to_write(
    scene_apart: Scene,
    redis_server: RedisServer,
    reason: str,
    refuse: Callable[[RedisServer], None],
    comply: Callable[[RedisServer], None],
) -> None:
    """A Redis that only reads (its disk is full, its replicas are gone) counts as away; the log says why."""
    refuse(redis_server)
    await eventually(lambda: f"Redis refuses: {reason}" in scene_apart.site.said(), scene_apart.site.said)
    await newcomers_are_told(scene_apart)
    await inside_are_served(scene_apart)
    comply(redis_server)
    await eventually(lambda: "Redis is back" in scene_apart.site.said(), scene_apart.site.said)
    await places_are_kept(scene_apart)
    await all_get_in(scene_apart)
