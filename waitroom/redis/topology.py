"""Which node of a cluster has which slot."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import RedisError

from waitroom.redis.address import Server

SLOTS = 16_384

Ask = Callable[[Server], Awaitable[Sequence[Any]]]
"""Asks one node for its `CLUSTER SLOTS`."""


class Topology:
    """The masters of all slots, as the nodes told last.

    A node that does not know who has a slot is believed only where no other one does. Only what leads to a server that
    failed is asked for anew: who needs another one waits for nothing. See "Redis cluster specification", "Client
    connections and redirection handling".
    """

    def __init__(self, seeds: Sequence[Server], ask: Ask) -> None:
        self._seeds = seeds
        self._ask = ask
        self._masters: list[Server | None] = [None] * SLOTS
        self._nodes: set[Server] = set()
        self._suspects: set[Server] = set()
        self._asking = asyncio.Lock()

    def __repr__(self) -> str:
        return f"<Topology of {len(self._nodes)} nodes, {len(self.masters)} masters>"

    @property
    def masters(self) -> list[Server]:
        """Those that have slots."""
        return sorted({server for server in self._masters if server is not None})

    @property
    def replicas(self) -> list[Server]:
        """The other nodes that are up."""
        return sorted(self._nodes.difference(self.masters))

    @property
    def covered(self) -> int:
        """How many of the :data:`SLOTS` have a master."""
        return SLOTS - self._masters.count(None)

    def known(self, slot: int) -> Server | None:
        """The master of a slot; None: not known, or it failed since."""
        server = self._masters[slot]
        return None if server in self._suspects else server

    async def master(self, slot: int) -> Server:
        """The same, asked for where it is not known. Raises the errors of Redis where nobody knows."""
        server = self.known(slot)
        if server is None:
            async with self._asking:
                if (server := self.known(slot)) is None:  # another may have asked meanwhile
                    server = await self._learn(slot)
        return server

    def failed(self, server: Server) -> None:
        """A node does not answer, or is no master any more."""
        self._suspects.add(server)

    def moved(self, slot: int, server: Server) -> None:
        """A node said that a slot is there."""
        self._masters[slot] = server
        self._nodes.add(server)
        self._suspects.discard(server)

    async def _learn(self, slot: int) -> Server:
        """From the first node that knows who has the slot. Where none does: from the one that knows most."""
        errors: list[str] = []
        partial: list[_View] = []
        for server in self._in_turn():
            try:
                view = _View.read(await self._ask(server), server[0])
            except (RedisError, OSError) as error:
                errors.append(f"{server[0]}:{server[1]}: {error}")
                continue
            if view.has(slot):
                self._take_in(view)
                break
            # it may have been added or reset just now, or be cut off: the others may know better
            errors.append(f"{server[0]}:{server[1]}: knows of {view.covered} slots, and not of this one")
            partial.append(view)
        else:
            if partial:
                self._take_in(max(partial, key=lambda view: view.covered))
        if (master := self.known(slot)) is None:
            problem = f"has slot {slot}" if partial else "answers"
            raise RedisConnectionError(f"no node of the cluster {problem}: {'; '.join(errors)}")
        return master

    def _in_turn(self) -> list[Server]:
        """Whom to ask: those that failed come last."""
        nodes = list(self._nodes)
        random.shuffle(nodes)
        nodes.sort(key=self._suspects.__contains__)
        return [*nodes, *(seed for seed in self._seeds if seed not in self._nodes)]

    def _take_in(self, view: _View) -> None:
        """What a view does not tell of stays as it was: an empty one takes nothing away."""
        kept = self._nodes if view.covered < self.covered else set()
        for first, last, master in view.ranges:
            self._masters[first : last + 1] = [master] * (last - first + 1)
        self._nodes = kept | view.nodes
        self._suspects -= view.nodes


@dataclass(frozen=True, slots=True)
class _View:
    """What one node told."""

    ranges: tuple[tuple[int, int, Server], ...]
    nodes: frozenset[Server]

    @classmethod
    def read(cls, told: Sequence[Any], asked: str) -> _View:
        """The answer to `CLUSTER SLOTS` of the node at this host."""
        return cls(
            tuple((int(first), int(last), _server(master, asked)) for first, last, master, *_ in told),
            frozenset(_server(node, asked) for _, _, *nodes in told for node in nodes),
        )

    @property
    def covered(self) -> int:
        return sum(last - first + 1 for first, last, _ in self.ranges)

    def has(self, slot: int) -> bool:
        return any(first <= slot <= last for first, last, _ in self.ranges)


def _server(told: Iterable[Any], asked: str) -> Server:
    host, port, *_ = told
    name = host.decode() if isinstance(host, bytes) else str(host or "")
    # of a node that does not know its own address: the one that it was asked at
    return (asked if name in ("", "?") else name), int(port)
