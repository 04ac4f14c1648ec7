"""A visitor of a sale, on one kept-alive connection."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import NamedTuple, Self

from loadtests.measure.servers import Server
from loadtests.measure.wire import content_length

_MOST_SECONDS = 120.0


class Answer(NamedTuple):
    """A whole answer."""

    head: bytes
    body: bytes

    @property
    def status(self) -> int:
        """Its status."""
        return int(self.head[9:12])

    @property
    def whole(self) -> bytes:
        """Head and body."""
        return self.head + self.body


class Visitor:
    """A context manager: within it, the connection is open."""

    def __init__(self, server: Server) -> None:
        self._server = server

    async def __aenter__(self) -> Self:
        self._reader, self._writer = await asyncio.open_connection(
            self._server.host, self._server.port, limit=65_536
        )
        return self

    async def __aexit__(self, *_: object) -> None:
        self._writer.close()
        with suppress(OSError):
            await self._writer.wait_closed()

    async def ask(self, request: str) -> Answer:
        """Sends it and waits for the answer."""
        self._writer.write(request.encode("latin-1"))
        head = await self._reader.readuntil(b"\r\n\r\n")
        return Answer(head, await self._reader.readexactly(content_length(head) or 0))


async def until_known(server: Server, number: str) -> None:
    """Waits until the last one who joined has a number: those before have theirs. Raises ``TimeoutError``."""
    async with asyncio.timeout(_MOST_SECONDS), Visitor(server) as visitor:
        while True:
            if (await visitor.ask(number)).status == 200:
                return
            await asyncio.sleep(0.1)
