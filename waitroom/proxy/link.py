"""A connection to the origin that leaves HTTP: what is asked and answered until then."""

from __future__ import annotations

import asyncio
from typing import Final

from waitroom.errors import OriginProtocolError, OriginTimeoutError
from waitroom.proxy.connection import Connection
from waitroom.proxy.supply import Supply
from waitroom.proxy.timeouts import OriginTimeouts

MOST_BUFFERED: Final = 65_536
"""Bytes that may wait for the visitor before the origin is read from more slowly; a head has to fit, too."""


class Link:
    """One of the pool's connections, taken out of it for good but counted by it until :meth:`close`.

    ``reader``, ``writer`` and ``transport`` are there once :meth:`ask` has returned.
    """

    __slots__ = ("_connection", "_pool", "_timeouts", "reader", "transport", "writer")

    def __init__(self, pool: Supply, timeouts: OriginTimeouts) -> None:
        self.reader: asyncio.StreamReader
        self.writer: asyncio.StreamWriter
        self.transport: asyncio.Transport
        self._pool = pool
        self._timeouts = timeouts
        self._connection: Connection | None = None

    async def ask(self, head: bytes) -> bytes:
        """Send a request without a body, and return the head of its answer; interim ones are passed over.

        A kept-alive connection that turns out to have been closed is replaced once.

        Raises:
            OriginError: there is no answer.
        """
        connection = self._pool.take() or await self._connect(fresh=False)
        answer = await self._exchange(connection, head)
        if not answer and connection.requests > 1:
            self._connection = None
            self._pool.fail(connection)
            connection = await self._connect(fresh=True)
            answer = await self._exchange(connection, head)
        if not answer:
            self._connection = None
            self._pool.fail(connection)
            raise OriginProtocolError("the origin closed the connection without an answer")
        connection.answered = True
        return answer

    def close(self) -> None:
        """Drop the connection. Safe to repeat, and at any time."""
        if self._connection is not None:
            self._pool.discard(self._connection)
            self._connection = None

    async def _connect(self, *, fresh: bool) -> Connection:
        waiter = self._pool.queue(fresh=fresh)
        seconds = self._timeouts.connect
        try:
            async with asyncio.timeout(seconds):
                return await waiter
        except TimeoutError as error:
            self._pool.withdraw(waiter)
            raise OriginTimeoutError(f"no connection to the origin within {seconds:g} s") from error
        except BaseException:
            self._pool.withdraw(waiter)
            raise

    async def _exchange(self, connection: Connection, request: bytes) -> bytes:
        """The head of the answer; nothing, where the origin closed the connection without one."""
        self._connection = connection
        loop = asyncio.get_running_loop()
        self.reader = asyncio.StreamReader(MOST_BUFFERED, loop)
        protocol = asyncio.StreamReaderProtocol(self.reader, loop=loop)
        self.transport = connection.hand_over(protocol)
        if connection.closed:
            # it was lost on the way from the pool
            return b""
        protocol.connection_made(self.transport)
        self.writer = asyncio.StreamWriter(self.transport, protocol, self.reader, loop)
        self.writer.write(request)
        seconds = self._timeouts.response
        try:
            async with asyncio.timeout(seconds):
                return await self._head()
        except TimeoutError as error:
            raise OriginTimeoutError(f"no sign of life from the origin within {seconds:g} s") from error

    async def _head(self) -> bytes:
        left = MOST_BUFFERED
        while True:
            try:
                head = await self.reader.readuntil(b"\r\n\r\n")
            except asyncio.IncompleteReadError as error:
                if not error.partial and left == MOST_BUFFERED:
                    return b""
                raise OriginProtocolError("the origin broke off within the header of its answer") from error
            except asyncio.LimitOverrunError as error:
                raise OriginProtocolError("the origin sent a header without end") from error
            except ConnectionError as error:
                if left == MOST_BUFFERED:
                    return b""
                raise OriginProtocolError("the origin broke off its answer") from error
            left -= len(head)
            if left <= 0:
                raise OriginProtocolError("the origin sent interim answers without end")
            if not is_interim(head):
                return head


def is_switching(head: bytes) -> bool:
    """Whether this is the head of a 101."""
    return head.startswith(b"HTTP/1.1 101")


def is_interim(head: bytes) -> bool:
    """Whether another answer follows (RFC 9110 15.2)."""
    return head.startswith(b"HTTP/1.1 1") and not is_switching(head)
