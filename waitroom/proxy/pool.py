"""The connections to one address of the origin."""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque

from waitroom.errors import OriginError, OriginUnreachableError
from waitroom.proxy.address import OriginAddress
from waitroom.proxy.connection import Connection

Waiter = asyncio.Future[Connection]


class Pool:
    """Kept-alive connections, the last used first, and those who wait for one, in the order of their coming.

    All that changes is four collections: ``_idle`` (oldest use first), ``_busy``, ``_connecting`` and
    ``_waiters``. What is done is decided synchronously; only opening a connection takes time, and whoever has
    waited longest gets it, whomever it was opened for.

    Args:
        connect_seconds: patience with a new connection.
        keep_alive_seconds: how long a connection may lie unused.
        max_connections: how many there may be, in use or not.
        max_idle: how many may lie unused.
    """

    def __init__(
        self,
        address: OriginAddress,
        *,
        connect_seconds: float,
        keep_alive_seconds: float,
        max_connections: int,
        max_idle: int,
    ) -> None:
        if max_connections < 1 or max_idle < 0:
            raise ValueError(
                f"max_connections is {max_connections} and max_idle {max_idle}: at least 1 and 0 are needed"
            )
        self._address = address
        self._connect_seconds = connect_seconds
        self._keep_alive_seconds = keep_alive_seconds
        self._max_connections = max_connections
        self._max_idle = max_idle
        self._idle: deque[Connection] = deque()
        self._busy: set[Connection] = set()
        self._connecting: set[asyncio.Task[None]] = set()
        self._waiters: deque[Waiter] = deque()
        self._sweeper: asyncio.TimerHandle | None = None
        self._closed = False

    def __repr__(self) -> str:
        state = ", closed" if self._closed else ""
        return (
            f"<Pool {self._address}, busy: {len(self._busy)}, idle: {len(self._idle)}, "
            f"connecting: {len(self._connecting)}, waiting: {len(self._waiters)}{state}>"
        )

    def take(self) -> Connection | None:
        """Take the unused connection that was used last, if there is one."""
        while self._idle:
            connection = self._idle.pop()
            if connection.quiet():
                self._busy.add(connection)
                return connection
            connection.abort()
        return None

    def queue(self, *, fresh: bool = False) -> Waiter:
        """Wait for a connection behind all others; ``fresh`` ones, which tried before, wait in front.

        The future fails with an :class:`OriginError` when no connection can be made. Who no longer wants it
        must :meth:`withdraw` it.
        """
        waiter: Waiter = asyncio.get_running_loop().create_future()
        if self._closed:
            waiter.set_exception(OriginUnreachableError(f"the gateway no longer talks to {self._address}"))
        elif fresh:
            self._waiters.appendleft(waiter)
            self._close_unused()
        else:
            self._waiters.append(waiter)
        self._open_for_waiters()
        return waiter

    def withdraw(self, waiter: Waiter) -> None:
        """Give up a place in the queue, or the connection that came of it."""
        with contextlib.suppress(ValueError):
            self._waiters.remove(waiter)
        if not waiter.done():
            waiter.cancel()
        elif not waiter.cancelled() and waiter.exception() is None:
            self.release(waiter.result())

    def release(self, connection: Connection) -> None:
        """Give back a connection that can carry another request: the first in the queue gets it, if any."""
        self._busy.discard(connection)
        if self._closed or not connection.quiet():
            self.discard(connection)
            return
        waiter = self._next_waiter()
        if waiter is not None:
            self._busy.add(connection)
            waiter.set_result(connection)
            return
        loop = asyncio.get_running_loop()
        connection.idle_since = loop.time()
        self._idle.append(connection)
        if len(self._idle) > self._max_idle:
            self._idle.popleft().abort()
        elif self._sweeper is None:
            self._sweeper = loop.call_later(self._keep_alive_seconds, self._sweep)

    def discard(self, connection: Connection) -> None:
        """Drop a connection for good."""
        self._busy.discard(connection)
        connection.abort()
        self._open_for_waiters()

    async def aclose(self) -> None:
        """Drop every connection and refuse those who wait."""
        self._closed = True
        if self._sweeper is not None:
            self._sweeper.cancel()
            self._sweeper = None
        connecting = list(self._connecting)
        for task in connecting:
            task.cancel()
        await asyncio.gather(*connecting, return_exceptions=True)
        while (waiter := self._next_waiter()) is not None:
            waiter.set_exception(OriginUnreachableError(f"the gateway no longer talks to {self._address}"))
        self._close_unused()
        for connection in self._busy:
            connection.cut()
        self._busy.clear()
        # Transports close their sockets in the next round of the event loop.
        await asyncio.sleep(0)

    def _next_waiter(self) -> Waiter | None:
        while self._waiters:
            waiter = self._waiters.popleft()
            if not waiter.done():
                return waiter
        return None

    def _open_for_waiters(self) -> None:
        """Open as many connections as there are waiters without one on the way, up to the limit."""
        while len(self._connecting) < len(self._waiters):
            if len(self._busy) + len(self._idle) + len(self._connecting) >= self._max_connections:
                return
            task = asyncio.get_running_loop().create_task(self._open())
            self._connecting.add(task)
            task.add_done_callback(self._connecting.discard)

    async def _open(self) -> None:
        task = asyncio.current_task()
        assert task is not None
        try:
            connection = await self._address.open(
                lambda: Connection(self._lost), seconds=self._connect_seconds
            )
        except OriginError as error:
            self._connecting.discard(task)
            waiter = self._next_waiter()
            if waiter is not None:
                waiter.set_exception(error)
            self._open_for_waiters()
        else:
            self._connecting.discard(task)
            self.release(connection)

    def _lost(self, connection: Connection) -> None:
        if connection in self._idle:
            self._idle.remove(connection)
            self._open_for_waiters()

    def _sweep(self) -> None:
        self._sweeper = None
        loop = asyncio.get_running_loop()
        expired = loop.time() - self._keep_alive_seconds
        while self._idle and self._idle[0].idle_since <= expired:
            self._idle.popleft().abort()
        if self._idle:
            when = self._idle[0].idle_since + self._keep_alive_seconds
            self._sweeper = loop.call_at(when, self._sweep)

    def _close_unused(self) -> None:
        # Where one kept-alive connection was found dead, the others are as old or older.
        while self._idle:
            self._idle.pop().abort()
