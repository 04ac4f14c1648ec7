"""The master of a shard dies in mid-sale: its rooms keep their lines, rooms on other shards notice nothing."""

from __future__ import annotations

import asyncio
import json

import pytest
from anyio.to_thread import run_sync

from tests.faults.checks import Scene, all_get_in, inside_are_served, places_are_kept
from tests.faults.crowd import eventually
from tests.faults.wire import CALL, ask
from tests.redis.servers import Cluster

pytestmark = pytest.mark.anyio


async def newcomers(port: int, until: asyncio.Event) -> list[tuple[int | None, str | None]]:
    """What is told to those who come to the room beside, one after another: their number, and a notice."""
    told = []
    while not until.is_set():
        answer = json.loads((await ask(port, "/beside", accept=CALL)).body)
        told.append((answer["number"], answer["notice"]))
        await asyncio.sleep(0.02)
    return told


async def test_a_shard_fails_over(sharded_scene: Scene, cluster: Cluster) -> None:
    """Those in line keep their places in the same order, no number is given twice, and the rate is kept.

    Whoever comes to a room on another shard meanwhile gets the next place, as ever.
    """
    lost = cluster.master_of("drop")
    over = asyncio.Event()
    coming = asyncio.create_task(newcomers(sharded_scene.site.port, over))
    await asyncio.sleep(0.5)
    lost.kill()
    await inside_are_served(sharded_scene)
    await eventually(lambda: cluster.master_of("drop") is not lost, lambda: "the shard does not fail over")
    await places_are_kept(sharded_scene)
    over.set()
    told = await coming
    assert [(number, None) for number in range(1, len(told) + 1)] == told

    await run_sync(lost.revive)
    await all_get_in(sharded_scene)
