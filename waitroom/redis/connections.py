"""Connections that tell the circuit what comes of them, and those that ask where their master is.

The client library has the second kind for Sentinel alone (`SentinelManagedConnection`): here a cluster's slots are
found in the same way, so that a room's client is a plain one, wherever its keys are.
"""

from __future__ import annotations

from typing import Any

from redis.asyncio import Connection, SSLConnection, UnixDomainSocketConnection
from redis.asyncio.connection import AbstractConnection
from redis.exceptions import ClusterDownError, MovedError, ReadOnlyError, ResponseError
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import TimeoutError as RedisTimeoutError

from waitroom.redis.address import Server
from waitroom.redis.circuit import Circuit
from waitroom.redis.locating import Locator


class Watched(AbstractConnection):
    """Tells the circuit of answers that came, and of those that did not come in time."""

    def __init__(self, *, circuit: Circuit, **options: Any) -> None:
        self._circuit = circuit
        super().__init__(**options)

    async def connect_check_health(self, *args: Any, **options: Any) -> None:
        """Connects."""
        try:
            await super().connect_check_health(*args, **options)
        except RedisTimeoutError:
            self._circuit.timed_out()
            raise
        except RedisConnectionError:
            self._circuit.failed()
            raise

    async def send_packed_command(self, *args: Any, **options: Any) -> None:
        """Sends a command, whole: a server that hangs takes in no more than its socket holds."""
        try:
            await super().send_packed_command(*args, **options)
        except RedisTimeoutError:
            self._circuit.timed_out()
            raise

    async def read_response(self, *args: Any, **options: Any) -> Any:
        """The next answer."""
        try:
            answer = await super().read_response(*args, **options)
        except RedisTimeoutError:
            self._circuit.timed_out()
            raise
        except RedisConnectionError:
            self._circuit.failed()
            raise
        except ResponseError as error:
            self._circuit.answered()
            if not _is_of_a_replica(error):
                raise
            # the next connection looks the address up anew
            await self.disconnect()
            raise RedisConnectionError(f"{self._host_error()} is no master any more") from error
        if self._circuit.open_since is not None:
            self._circuit.answered()
        return answer


def _is_of_a_replica(error: ResponseError) -> bool:
    # before Redis 7 it is in the text of the script's error: "Error running script ...: -READONLY You can't write ..."
    return isinstance(error, ReadOnlyError) or " -READONLY " in str(error)


class WatchedConnection(Watched, Connection):
    """By TCP."""


class WatchedTLSConnection(Watched, SSLConnection):
    """By TLS."""


class WatchedSocketConnection(Watched, UnixDomainSocketConnection):
    """By a socket of this machine."""


class LocatedConnection(WatchedConnection):
    """To whichever server is the master. A command that comes to another one was not carried out there: it is sent
    again, by the client's one retry, to the server that is."""

    def __init__(self, *, locator: Locator, **options: Any) -> None:
        self._locator = locator
        super().__init__(**options)

    @property
    def server(self) -> Server:
        """Where it goes."""
        return self.host, int(self.port)

    async def _connect(self) -> None:
        self.host, self.port = await self._locator.master()
        try:
            await super()._connect()  # type: ignore[no-untyped-call]
        except (TimeoutError, OSError):
            self._locator.failed(self.server)
            raise

    async def send_packed_command(self, *args: Any, **options: Any) -> None:
        """Sends a command."""
        try:
            await super().send_packed_command(*args, **options)
        except RedisTimeoutError:
            self._locator.failed(self.server)
            raise

    async def read_response(self, *args: Any, **options: Any) -> Any:
        """The next answer."""
        try:
            return await super().read_response(*args, **options)
        except MovedError as error:
            # as in the cluster's specification, an empty host is that of the node that was asked
            if not self._locator.moved(error.slot_id, (error.host or self.host, error.port)):
                raise
            await self.disconnect()
            raise RedisConnectionError(f"slot {error.slot_id} has moved") from error
        except (RedisConnectionError, RedisTimeoutError, ClusterDownError):
            self._locator.failed(self.server)
            raise


class LocatedTLSConnection(LocatedConnection, SSLConnection):
    """The same by TLS."""
