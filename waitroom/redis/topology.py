"""Which node of a cluster has which slot."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import Any

from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import RedisError

from waitroom.redis.address import Server

SLOTS = 16_384

Ask = Callable[[Server], Awaitable[Sequence[Any]]]
"""Asks one node for its `CLUSTER SLOTS`."""


class Topology:
    """The masters of all slots, as the nodes told last.

    Only what leads to a server that failed is asked for anew: who needs another one waits for nothing. See
    "Redis cluster specification", "Client connections and redirection handling".
    """

    def __init__(self, seeds: Sequence[Server], ask: Ask) -> None:
        self._seeds = seeds
        self._ask = ask
        self._ranges: list[tuple[int, int, Server]] = []
        self._moved: dict[int, Server] = {}
        self._nodes: set[Server] = set()
        self._suspects: set[Server] = set()
        self._asking = asyncio.Lock()

    def __repr__(self) -> str:
        masters = {server for _, _, server in self._ranges}
        return f"<Topology of {len(self._nodes)} nodes, {len(masters)} masters>"

    @property
    def masters(self) -> list[Server]:
        """Those that have slots."""
        return sorted({server for _, _, server in self._ranges})

    @property
    def replicas(self) -> list[Server]:
        """The other nodes that are up."""
        return sorted(self._nodes.difference(self.masters))

    @property
    def covered(self) -> int:
        """How many of the :data:`SLOTS` have a master."""
        return sum(last - first + 1 for first, last, _ in self._ranges)

    def known(self, slot: int) -> Server | None:
        """The master of a slot; None: not known, or it failed since."""
        server = self._moved.get(slot)
        if server is None:
            server = next((of for first, last, of in self._ranges if first <= slot <= last), None)
        return None if server in self._suspects else server

    async def master(self, slot: int) -> Server:
        """The same, asked for where it is not known. Raises the errors of Redis where nobody knows."""
        server = self.known(slot)
        if server is None:
            async with self._asking:
                if (server := self.known(slot)) is None:  # another may have asked meanwhile
                    await self._learn()
                    server = self.known(slot)
        if server is None:
            raise RedisConnectionError(f"no node of the cluster has slot {slot}")
        return server

    def failed(self, server: Server) -> None:
        """A node does not answer, or is no master any more."""
        self._suspects.add(server)

    def moved(self, slot: int, server: Server) -> None:
        """A node said that a slot is there."""
        self._moved[slot] = server
        self._nodes.add(server)
        self._suspects.discard(server)

    async def _learn(self) -> None:
        errors = []
        for server in self._in_turn():
            try:
                told = await self._ask(server)
            except (RedisError, OSError) as error:
                errors.append(f"{server[0]}:{server[1]}: {error}")
                continue
            self._take_in(told, server[0])
            return
        raise RedisConnectionError(f"no node of the cluster answers: {'; '.join(errors)}")

    def _in_turn(self) -> list[Server]:
        """Whom to ask: those that failed come last."""
        nodes = list(self._nodes)
        random.shuffle(nodes)
        nodes.sort(key=self._suspects.__contains__)
        return [*nodes, *(seed for seed in self._seeds if seed not in self._nodes)]

    def _take_in(self, told: Sequence[Any], asked: str) -> None:
        self._ranges, self._nodes = [], set()
        for first, last, master, *replicas in told:
            self._ranges.append((int(first), int(last), _server(master, asked)))
            self._nodes.update(_server(node, asked) for node in (master, *replicas))
        self._moved.clear()
        self._suspects.clear()


def _server(told: Iterable[Any], asked: str) -> Server:
    host, port, *_ = told
    name = host.decode() if isinstance(host, bytes) else str(host or "")
    # of a node that does not know its own address: the one that it was asked at
    return (asked if name in ("", "?") else name), int(port)
