"""Which node has which slot: learned from any node, and anew only where one failed."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

import pytest
from redis.exceptions import ConnectionError as RedisConnectionError

from waitroom.redis.address import Server
from waitroom.redis.topology import SLOTS, Topology

pytestmark = pytest.mark.anyio

A, B, C, SEED = ("a", 1), ("b", 2), ("c", 3), ("seed", 9)


class Nodes:
    """Nodes that tell what they are given to tell."""

    def __init__(self) -> None:
        self.asked: list[Server] = []
        self.down: set[Server] = set()
        self.apart: dict[Server, Sequence[Any]] = {}
        """What those tell who see it otherwise."""
        self.tell(A, B)

    def tell(self, low: Server, high: Server) -> None:
        """Who has the lower half of the slots, and who the upper. C is a replica."""
        as_told = [[host.encode(), port, b"id"] for host, port in (low, high, C)]
        self.told = [[0, 8191, as_told[0], as_told[2]], [8192, SLOTS - 1, as_told[1]]]

    async def ask(self, server: Server) -> Sequence[Any]:
        """The answer to `CLUSTER SLOTS`."""
        self.asked.append(server)
        await asyncio.sleep(0)
        if server in self.down:
            raise RedisConnectionError("it is down")
        return self.apart.get(server, self.told)


@pytest.fixture
def nodes() -> Nodes:
    """Two masters."""
    return Nodes()


@pytest.fixture
def topology(nodes: Nodes) -> Topology:
    """Known by one address."""
    return Topology([SEED], nodes.ask)


async def test_it_is_asked_for_once(topology: Topology, nodes: Nodes) -> None:
    """Whoever comes meanwhile waits for the same answer."""
    assert [A, A, B, B] == await asyncio.gather(*map(topology.master, (0, 8191, 8192, SLOTS - 1)))
    assert [SEED] == nodes.asked
    assert ([A, B], [C], SLOTS) == (topology.masters, topology.replicas, topology.covered)


async def test_a_node_that_failed_is_asked_last(topology: Topology, nodes: Nodes) -> None:
    """And rooms of other nodes ask for nothing."""
    await topology.master(0)
    topology.failed(A)
    nodes.asked.clear()
    assert (B, []) == (await topology.master(9000), nodes.asked)
    nodes.tell(C, B)
    nodes.down = {B}
    assert C == await topology.master(0)
    assert A not in nodes.asked


async def test_nobody_knows_better(topology: Topology, nodes: Nodes) -> None:
    """Before the failover the old master is tried again, and again."""
    for _ in range(2):
        assert A == await topology.master(0)
        topology.failed(A)
        assert topology.known(0) is None


async def test_a_slot_that_moved(topology: Topology, nodes: Nodes) -> None:
    """It alone is looked for at another node, until all are told anew."""
    await topology.master(0)
    topology.moved(5, B)
    assert [A, B, A] == [await topology.master(slot) for slot in (4, 5, 6)]
    assert [SEED] == nodes.asked


async def test_all_are_down(topology: Topology, nodes: Nodes) -> None:
    """The error says who was asked, and why that was no use."""
    nodes.down = {SEED}
    with pytest.raises(RedisConnectionError, match=r"no node .* answers: seed:9: it is down"):
        await topology.master(0)


async def test_a_slot_that_nobody_has(topology: Topology, nodes: Nodes) -> None:
    """It is asked for anew each time, of all nodes; the other slots are known."""
    nodes.told = nodes.told[1:]
    for asked in ([SEED], [B, SEED]):
        nodes.asked.clear()
        with pytest.raises(
            RedisConnectionError, match=r"no node .* has slot 7: .*seed:9: knows of 8192 slots"
        ):
            await topology.master(7)
        assert asked == sorted(nodes.asked)
    assert (B, 8192) == (topology.known(9000), topology.covered)


@pytest.mark.parametrize("told", [0, 1])
async def test_a_node_that_knows_less(nodes: Nodes, told: int) -> None:
    """It knows no slot, or not the one that is asked for: the next node is asked."""
    nodes.apart[SEED] = nodes.told[1 : 1 + told]
    topology = Topology([SEED, C], nodes.ask)
    assert (A, [SEED, C], SLOTS) == (await topology.master(0), nodes.asked, topology.covered)


async def test_a_fuller_view_is_kept(topology: Topology, nodes: Nodes) -> None:
    """Nodes that know no slots, or fewer, take away nothing of what is known; a server that failed stays so."""
    await topology.master(0)
    topology.failed(A)
    nodes.down = {A}
    nodes.told = []
    with pytest.raises(RedisConnectionError, match=r"has slot 0: .*knows of 0 slots"):
        await topology.master(0)
    assert ([A, B], [C], SLOTS) == (topology.masters, topology.replicas, topology.covered)
    assert (None, B) == (topology.known(0), topology.known(9000))

    nodes.told = [[0, 9, [b"c", 3, b"id"]]]
    assert (C, B) == (await topology.master(0), topology.known(9000))
    assert SLOTS == topology.covered


@pytest.mark.parametrize("unknown", [b"", b"?", None])
async def test_a_node_without_an_address(topology: Topology, nodes: Nodes, unknown: bytes | None) -> None:
    """It is where it was asked."""
    nodes.told = [[0, SLOTS - 1, [unknown, 7, b"id"]]]
    assert ("seed", 7) == await topology.master(0)
