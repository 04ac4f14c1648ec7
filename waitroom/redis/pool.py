"""The connections of one worker to one Redis, or to one slot of a cluster."""

from __future__ import annotations

from typing import Any

from redis.asyncio import BlockingConnectionPool
from redis.asyncio.connection import AbstractConnection
from redis.exceptions import ConnectionError as RedisConnectionError

from waitroom.redis.circuit import Circuit
from waitroom.redis.connections import LocatedConnection
from waitroom.redis.locating import Locator


class Pool(BlockingConnectionPool):
    """Gives none while Redis hangs, but to one at a time, who sees whether it still does."""

    def __init__(self, *, circuit: Circuit, **options: Any) -> None:
        self.circuit = circuit
        super().__init__(circuit=circuit, **options)

    async def get_connection(self, *_: Any, **__: Any) -> AbstractConnection:
        """A connection that is ready."""
        if self.circuit.open_since is not None and not self.circuit.lets_through():
            raise RedisConnectionError(f"no answer since {self.circuit.open_seconds:.0f} s")
        if not self.can_get_connection():
            waited: AbstractConnection = await super().get_connection()  # type: ignore[no-untyped-call]
            return waited
        # nobody need wait: a tenth of the processor time of a command would go into not waiting
        connection: AbstractConnection = self.get_available_connection()  # type: ignore[no-untyped-call]
        try:
            await self.ensure_connection(connection)
        except BaseException:
            await self.release(connection)
            raise
        return connection


class LocatedPool(Pool):
    """All of them lead to the master: one that leads to another server is made anew."""

    def __init__(self, *, locator: Locator, **options: Any) -> None:
        self._locator = locator
        super().__init__(locator=locator, **options)

    async def disconnect(self, inuse_connections: bool = True) -> None:  # noqa: FBT001, FBT002 - the library's
        """Ends the connections, and those of who knows where the master is."""
        await super().disconnect(inuse_connections)
        await self._locator.disconnect()

    async def ensure_connection(self, connection: AbstractConnection) -> None:
        """Makes it ready."""
        if (
            isinstance(connection, LocatedConnection)
            and connection.is_connected
            and not self._locator.is_current(connection.server)
        ):
            await connection.disconnect()
        await super().ensure_connection(connection)
