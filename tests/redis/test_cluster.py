"""A site whose rooms are spread over the shards of a cluster."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from tests.redis.servers import Cluster, Server, port_with_bus
from waitroom.assembly.redis import connect
from waitroom.line.store import LineStore
from waitroom.redis.batch import Batch

pytestmark = pytest.mark.anyio


async def test_a_slot_moves_while_the_room_runs(cluster: Cluster) -> None:
    """Whoever joins waits until it has arrived: none is refused, and no number is given twice."""
    redis = connect(cluster.url)
    store = LineStore(redis, "drop")
    await store.configure({"mode": "queue", "rate": "0"}, source="file", who="test")
    numbers = [(await store.join(1)).first]
    target = cluster.next_master(cluster.master_of("drop"))
    with cluster.moving("drop", target) as arrive:
        joining = asyncio.create_task(store.join(1))
        await asyncio.sleep(0.1)
        assert not joining.done()
        arrive()
        numbers.append((await joining).first)
    numbers += [(await store.join(1)).first for _ in range(2)]
    # another server: it may have forgotten its last second
    assert [1, 10_002, 10_003, 10_004] == numbers
    assert target is cluster.master_of("drop")
    await redis.aclose()


async def test_a_node_that_was_reset(cluster: Cluster, tmp_path: Path) -> None:
    """It answers, and knows no slots: the next one that is named is asked, and all rooms are there."""
    reset = Server(tmp_path / "reset", "--cluster-enabled", "yes", "--save", "", port=port_with_bus())
    try:
        reset.start()
        with reset.client() as client:
            client.execute_command("CLUSTER", "RESET", "HARD")
        redis = connect(f"redis+cluster://127.0.0.1:{reset.port},127.0.0.1:{cluster.nodes[0].port}")
        for room in cluster.tags("room", 3):
            assert 1 == (await LineStore(redis, room).join(1)).first
        await redis.aclose()
    finally:
        reset.kill()


async def test_scripts_are_forgotten(cluster: Cluster) -> None:
    """By `SCRIPT FLUSH` on all nodes: the next call brings them again, to the shard that needs them."""
    redis = connect(cluster.url)
    store = LineStore(redis, "drop")
    await store.configure({"mode": "queue", "rate": "0"}, source="file", who="test")
    first = await store.join(1)
    for node in cluster.nodes:
        with node.client() as client:
            client.script_flush()
    assert (1, 2) == (first.first, (await store.join(1)).first)
    await redis.aclose()


async def test_a_batch_goes_to_each_shard_at_once(cluster: Cluster) -> None:
    """The answers come in the order of the commands; of a shard that is gone there is an error in their place."""
    redis = connect(cluster.url)
    rooms = cluster.tags("room", 3)

    def batch() -> Batch:
        made = Batch(redis)
        for room in (*rooms, *rooms):
            made.about(room).incr(f"waitroom:1:{{{room}}}:count")
        return made

    assert [1, 1, 1, 2, 2, 2] == await batch().execute()
    cluster.master_of(rooms[1]).kill()
    answers = await batch().execute()
    assert [3, 3, 4, 4] == [answers[place] for place in (0, 2, 3, 5)]
    assert [True, True] == [isinstance(answers[place], Exception) for place in (1, 4)]
    await redis.aclose()
