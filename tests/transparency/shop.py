"""A shop that each test has answer as it likes, on one address for all of them."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from tests.hardening.wire import IncompleteError, Message, read_request

Field = tuple[bytes, bytes]


@dataclass(eq=False)
class Call:
    """One request that has come to the shop: its head was read, its body not yet."""

    head: bytes
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    connection: int
    """The number of the connection that it came on."""

    @property
    def line(self) -> bytes:
        """The request line."""
        return self.head.partition(b"\r\n")[0]

    @property
    def target(self) -> bytes:
        """What was asked for."""
        return self.head.split(b" ", 2)[1]

    def values(self, name: bytes) -> list[bytes]:
        """All values of one field, whatever the case of its name, without the space before."""
        lines = (line.partition(b":") for line in self.head.split(b"\r\n")[1:])
        return [value.strip(b" ") for known, _, value in lines if known.lower() == name]

    async def message(self) -> Message:
        """The request with its body, read by a strict reader."""
        data = self.head
        while True:
            with contextlib.suppress(IncompleteError):
                message, rest = read_request(data)
                assert b"" == rest
                return message
            piece = await self.reader.read(65_536)
            if not piece:
                raise ConnectionResetError("the request broke off")
            data += piece

    async def say(self, data: bytes) -> None:
        """Send bytes."""
        self.writer.write(data)
        await self.writer.drain()

    async def gone(self) -> None:
        """Wait until the gateway ends the connection."""
        with contextlib.suppress(ConnectionError):
            while await self.reader.read(65_536):
                pass


Answer = Callable[[Call], Awaitable[None]]


def said(body: bytes, *fields: bytes, status: bytes = b"200 OK") -> bytes:
    """An answer with a length."""
    lines = [b"HTTP/1.1 " + status, *fields, b"Content-Length: %d" % len(body), b"", body]
    return b"\r\n".join(lines)


def says(data: bytes) -> Answer:
    """Answers every request, once it has come whole, with these bytes."""

    async def answer(call: Call) -> None:
        await call.message()
        await call.say(data)

    return answer


_PROBE = b"HEAD / HTTP/1.1\r\n"


@dataclass(eq=False)
class Shop:
    """What came to the shop within one test."""

    calls: list[Call] = field(default_factory=list)
    connections: int = 0
    open: int = 0
    _running: set[asyncio.Task[None]] = field(default_factory=set)
    _writers: list[asyncio.StreamWriter] = field(default_factory=list)

    def _come(
        self, answer: Answer, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> Coroutine[None, None, None]:
        self._writers.append(writer)
        return self._serve(answer, reader, writer)

    async def _serve(
        self, answer: Answer, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._running.add(task)
        self.connections += 1
        self.open += 1
        number = self.connections
        try:
            with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
                while not writer.is_closing():
                    head = await reader.readuntil(b"\r\n\r\n")
                    if head.startswith(_PROBE):
                        # the gateway looks whether the shop that a test before has taken away is back
                        self.connections -= 1
                        writer.write(b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n")
                        return
                    self.calls.append(Call(head, reader, writer, number))
                    await answer(self.calls[-1])
        finally:
            self.open -= 1
            self._running.discard(task)
            writer.close()

    async def _stop(self) -> None:
        for _ in range(4):  # who was accepted just now comes in within these
            await asyncio.sleep(0)
        for task in list(self._running):
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)
        for writer in self._writers:
            writer.transport.abort()  # a closed one would stay for as long as nobody reads what it has said
        await asyncio.sleep(0)


class Premises:
    """The address of the shop. Between tests nobody answers there."""

    def __init__(self) -> None:
        # visitors of one test may come before the next has begun to serve
        self._socket = socket.create_server(("127.0.0.1", 0), backlog=512)
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}"

    @asynccontextmanager
    async def open(self, answer: Answer) -> AsyncIterator[Shop]:
        """A shop that answers each request so."""
        shop = Shop()
        server = await asyncio.start_server(
            lambda reader, writer: shop._come(answer, reader, writer), sock=self._socket.dup(), limit=1 << 20
        )
        try:
            yield shop
        finally:
            server.close()
            await shop._stop()

    def accept(self) -> socket.socket:
        """One connection as a plain blocking socket: for bodies that need no event loop."""
        self._socket.settimeout(20)
        taken, _ = self._socket.accept()
        taken.settimeout(20)
        return taken

    def close(self) -> None:
        """For good."""
        self._socket.close()
