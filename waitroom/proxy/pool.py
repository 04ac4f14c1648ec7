"""The connections to one address of the origin."""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque

from waitroom.errors import OriginError, OriginUnreachableError
from waitroom.proxy.address import OriginAddress
from waitroom.proxy.connection import Connection
from waitroom.proxy.limits import PoolLimits
from waitroom.proxy.supply import Waiter


class Pool:
    """Kept-alive connections, the last used first, and those who wait for one, in the order of their coming.

    All that changes is four collections: ``_idle`` (oldest use first), ``_busy``, ``_connecting`` and
    ``_waiters``. What is done is decided synchronously; only opening a connection takes time, and whoever has
    waited longest gets it, whomever it was opened for.
    """

    def __init__(self, address: OriginAddress, limits: PoolLimits) -> None:
        self._address = address
        self._limits = limits
        self._max_idle = limits.max_idle
        self._idle: deque[Connection] = deque()
        self._busy: set[Connection] = set()
        self._connecting: set[asyncio.Task[None]] = set()
        self._waiters: deque[Waiter] = deque()
        self._sweeper: asyncio.TimerHandle | None = None
        self._closed = False
        self._loop: asyncio.AbstractEventLoop
        """Known from the first use on: to ask for it is a system call on Python 3.11."""

    def __repr__(self) -> str:
        state = ", closed" if self._closed else ""
        return (
            f"<Pool {self._address}, busy: {len(self._busy)}, idle: {len(self._idle)}, "
            f"connecting: {len(self._connecting)}, waiting: {len(self._waiters)}{state}>"
        )

    @property
    def address(self) -> OriginAddress:
        """Where the connections lead."""
        return self._address

    @property
    def outstanding(self) -> int:
        """Requests that are with the address or on their way."""
        return len(self._busy) + len(self._waiters)

    @property
    def has_room(self) -> bool:
        """Another request would not have to wait for one to end."""
        return len(self._busy) + len(self._waiters) < self._limits.max_connections

    def holds(self, connection: Connection) -> bool:
        """Whether this connection, which is in use, is one of this pool's."""
        return connection in self._busy

    def take(self) -> Connection | None:
        """Take the unused connection that was used last, if there is one.

        Each is looked at first. That the event loop has been round since it was given back does not spare the
        look: what arrived after the loop last asked, while other requests kept it busy, it has not seen.
        """
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
        self._stand(waiter, in_front=fresh)
        return waiter

    def withdraw(self, waiter: Waiter) -> None:
        """Give up a place in the queue, or the connection that came of it."""
        self.forget(waiter)
        if not waiter.done():
            waiter.cancel()
        elif not waiter.cancelled() and waiter.exception() is None:
            self.release(waiter.result())

    def forget(self, waiter: Waiter) -> None:
        """Take someone out of the queue, if they are in it."""
        with contextlib.suppress(ValueError):
            self._waiters.remove(waiter)

    def release(self, connection: Connection) -> None:
        """Give back a connection that can carry another request: the first in the queue gets it, if any."""
        if self._closed or connection.closed:
            self.discard(connection)
            return
        if self._waiters:
            # What arrives on a connection before its first request is at most TLS's own (RFC 8446 4.6.1).
            if connection.requests and not connection.quiet():
                self.discard(connection)
                return
            waiter = self._next_waiter()
            if waiter is not None:
                self._busy.add(connection)
                waiter.set_result(connection)
                return
        self._busy.discard(connection)
        connection.idle_since = self._loop.time()
        self._idle.append(connection)
        if len(self._idle) > self._max_idle:
            self._idle.popleft().abort()
        elif self._sweeper is None:
            self._sweeper = self._loop.call_later(self._limits.keep_alive_seconds, self._sweep)

    def discard(self, connection: Connection) -> None:
        """Drop a connection for good."""
        self._busy.discard(connection)
        connection.abort()
        self._open_for_waiters()

    def fail(self, connection: Connection) -> None:
        """Drop a connection that ended before any byte of an answer came.

        The unused ones stay: it may be for what it was asked that the origin hung up.
        """
        self.discard(connection)

    def close_unused(self) -> None:
        """Close the connections that nobody uses."""
        while self._idle:
            self._idle.pop().abort()

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
            waiter.set_exception(self._gone())
        self.close_unused()
        for connection in self._busy:
            connection.cut()
        self._busy.clear()
        # Transports close their sockets in the next round of the event loop.
        await asyncio.sleep(0)

    def _stand(self, waiter: Waiter, *, in_front: bool) -> None:
        self._loop = waiter.get_loop()
        if self._closed:
            waiter.set_exception(self._gone())
        elif in_front:
            self._waiters.appendleft(waiter)
        else:
            self._waiters.append(waiter)
        self._open_for_waiters()

    def _gone(self) -> OriginError:
        return OriginUnreachableError(f"the gateway no longer talks to {self._address}")

    def _next_waiter(self) -> Waiter | None:
        while self._waiters:
            waiter = self._waiters.popleft()
            if not waiter.done():
                return waiter
        return None

    def _open_for_waiters(self) -> None:
        """Open as many connections as there are waiters without one on the way, up to the limit.

        Who waits while there are unused ones wants a new one: the one unused for longest makes room for it.
        """
        while len(self._connecting) < len(self._waiters):
            if len(self._busy) + len(self._idle) + len(self._connecting) >= self._limits.max_connections:
                if not self._idle:
                    return
                self._idle.popleft().abort()
            task = self._loop.create_task(self._open())
            self._connecting.add(task)
            task.add_done_callback(self._connecting.discard)

    async def _open(self) -> None:
        task = asyncio.current_task()
        assert task is not None
        try:
            connection = await self._address.open(
                lambda: Connection(self._lost), seconds=self._limits.connect_seconds
            )
        except OriginError as error:
            self._connecting.discard(task)
            self._unopened(error)
            self._open_for_waiters()
        else:
            self._connecting.discard(task)
            self._opened(connection)

    def _opened(self, connection: Connection) -> None:
        self.release(connection)

    def _unopened(self, error: OriginError) -> None:
        waiter = self._next_waiter()
        if waiter is not None:
            waiter.set_exception(error)

    def _lost(self, connection: Connection) -> None:
        if connection in self._idle:
            self._idle.remove(connection)
            self._open_for_waiters()

    def _sweep(self) -> None:
        self._sweeper = None
        expired = self._loop.time() - self._limits.keep_alive_seconds
        while self._idle and self._idle[0].idle_since <= expired:
            self._idle.popleft().abort()
        if self._idle:
            when = self._idle[0].idle_since + self._limits.keep_alive_seconds
            self._sweeper = self._loop.call_at(when, self._sweep)
