"""What an exchange asks of whoever keeps the connections."""

from __future__ import annotations

import asyncio
from typing import Protocol

from waitroom.proxy.connection import Connection

Waiter = asyncio.Future[Connection]


class Supply(Protocol):
    """Where an exchange gets its connection: the pool of one address, or a balancer over several."""

    def take(self) -> Connection | None:
        """Take an unused connection, if there is one."""

    def queue(self, *, fresh: bool = False) -> Waiter:
        """Wait for a connection behind all others; ``fresh`` ones, which tried before, wait in front."""

    def withdraw(self, waiter: Waiter) -> None:
        """Give up a place in the queue, or the connection that came of it."""

    def release(self, connection: Connection) -> None:
        """Give back a connection that can carry another request."""

    def discard(self, connection: Connection) -> None:
        """Drop a connection for good."""

    def fail(self, connection: Connection) -> None:
        """Drop a connection that ended before any byte of an answer came."""

    async def aclose(self) -> None:
        """Drop every connection and refuse those who wait."""
