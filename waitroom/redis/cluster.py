"""The clients of a cluster's shards: for each room a plain one, that leads to the node that has the room's slot."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from redis.asyncio import Redis
from redis.crc import key_slot
from redis.exceptions import AskError, MovedError, TryAgainError

from waitroom.redis.address import Server
from waitroom.redis.pool import LocatedPool
from waitroom.redis.topology import Topology

PAUSES_SECONDS = (0.02, 0.05, 0.1, 0.2, 0.4)
"""Between two tries of a command whose slot is on its way to another node."""


class SlotLocator:
    """Where one slot is."""

    def __init__(self, topology: Topology, slot: int) -> None:
        self._topology = topology
        self._slot = slot

    def __repr__(self) -> str:
        return f"<SlotLocator {self._slot}: {self._topology.known(self._slot)}>"

    async def master(self) -> Server:
        """The server to connect to. Raises the errors of Redis where nobody knows it."""
        return await self._topology.master(self._slot)

    def is_current(self, server: Server) -> bool:
        """Whether the slot is at this server."""
        return server == self._topology.known(self._slot)

    def failed(self, server: Server) -> None:
        """It does not answer, or is no master any more."""
        self._topology.failed(server)

    async def disconnect(self) -> None:
        """There is nothing to end: the nodes are asked by connections for one question each."""

    def moved(self, slot: int, server: Server) -> bool:
        """A node said that a slot is there. False where it is another one: the command was none of ours."""
        if slot == self._slot:
            self._topology.moved(slot, server)
        return slot == self._slot


class ShardRedis(Redis):
    """A client of one slot. A command that finds the slot on its way to another node waits for it to arrive."""

    async def execute_command(self, *args: Any, **options: Any) -> Any:
        """The answer to one command."""
        for pause in PAUSES_SECONDS:
            try:
                return await super().execute_command(*args, **options)  # type: ignore[no-untyped-call]
            except (TryAgainError, AskError) as error:
                if isinstance(error, MovedError):
                    raise
                # a script names keys that are not there: neither node may run it before all have come over
                await asyncio.sleep(pause)
        return await super().execute_command(*args, **options)  # type: ignore[no-untyped-call]


class ClusterRedis(ShardRedis):
    """A client of what belongs to no room, and of each room by :meth:`of`."""

    def __init__(
        self, topology: Topology, connections: Callable[[SlotLocator], LocatedPool], key: str
    ) -> None:
        """``key`` is what belongs to no room."""
        self.topology = topology
        self._connections = connections
        self._of_tag: dict[str, ShardRedis] = {}
        super().__init__(connection_pool=self._pool(key))

    def of(self, tag: str) -> Redis:
        """A client of the keys with this hash tag."""
        client = self._of_tag.get(tag)
        if client is None:
            client = self._of_tag[tag] = ShardRedis(connection_pool=self._pool(f"{{{tag}}}"))
        return client

    async def aclose(self, close_connection_pool: bool | None = None) -> None:  # noqa: FBT001 - the client's
        """Closes all connections, whatever is asked for: nobody else has them."""
        for client in self._of_tag.values():
            await client.aclose(close_connection_pool=True)
        await super().aclose(close_connection_pool=True)

    def _pool(self, key: str) -> LocatedPool:
        return self._connections(SlotLocator(self.topology, key_slot(key.encode())))


def shard_of(redis: Redis, tag: str) -> Redis:
    """The client of the keys with this hash tag: of a room, its name."""
    return redis.of(tag) if isinstance(redis, ClusterRedis) else redis
