"""The connections of one worker to one Redis, or to one slot of a cluster."""

from __future__ import annotations

import asyncio
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
        is_probe = self.circuit.open_since is not None
        self._refuse_while_open()
        # nobody need wait: a tenth of the processor time of a command would go into not waiting
        connection = self._at_hand() if self.can_get_connection() else await self._freed()
        try:
            if not is_probe:
                # those who had the connections may have waited in vain meanwhile
                self._refuse_while_open()
            await self.ensure_connection(connection)
        except BaseException:
            # whoever waits next is woken by that
            await self.release(connection)
            raise
        return connection

    def _refuse_while_open(self) -> None:
        if self.circuit.open_since is not None and not self.circuit.lets_through():
            raise RedisConnectionError(f"no answer since {self.circuit.open_seconds:.0f} s")

    def _at_hand(self) -> AbstractConnection:
        connection: AbstractConnection = self.get_available_connection()  # type: ignore[no-untyped-call]
        return connection

    async def _freed(self) -> AbstractConnection:
        """As the library waits; but it would go on to connect, and wait for that, before the circuit is looked at."""
        try:
            async with self._condition, asyncio.timeout(self.timeout):
                await self._condition.wait_for(self.can_get_connection)
                return self._at_hand()
        except TimeoutError as error:
            raise RedisConnectionError("no connection is free") from error


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
