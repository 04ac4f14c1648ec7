"""A visitor on a raw socket who reads one answer after the other."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from tests.hardening.wire import IncompleteError, Message, read_answer

PATIENCE_SECONDS = 40.0
"""For whatever must come."""


class Visitor:
    """One connection to the gateway."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer
        self.interim: list[Message] = []
        """Answers of a status below 200 that came on the way."""
        self.left = b""
        """What has come after the last answer that was read."""

    async def say(self, data: bytes) -> None:
        """Send bytes, as fast as the gateway takes them."""
        self.writer.write(data)
        async with asyncio.timeout(PATIENCE_SECONDS):
            await self.writer.drain()

    async def answer(self, *, to_head: bool = False) -> Message:
        """The next final answer, complete."""
        ended = False
        async with asyncio.timeout(PATIENCE_SECONDS):
            while True:
                try:
                    answer, self.left = read_answer(self.left, to_head=to_head, ended=ended)
                except IncompleteError:
                    assert not ended, f"the answer broke off: {self.left[:300]!r}"
                    piece = await self.reader.read(1 << 20)
                    ended = not piece
                    self.left += piece
                    continue
                if answer.status >= 200:
                    return answer
                self.interim.append(answer)

    async def until(self, text: bytes) -> bytes:
        """All that comes up to and with this text."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            while text not in self.left:
                piece = await self.reader.read(65_536)
                assert piece, f"the connection ended after {self.left[-300:]!r}"
                self.left += piece
        before, found, self.left = self.left.partition(text)
        return before + found

    async def rest(self) -> bytes:
        """All that comes until the gateway ends the connection."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            try:
                return self.left + await self.reader.read()
            except ConnectionResetError:
                return self.left

    async def ends(self) -> None:
        """Wait until the gateway ends the connection, which it must do without a further word."""
        assert b"" == await self.rest()

    def leave(self) -> None:
        """Go at once."""
        self.writer.transport.abort()


@asynccontextmanager
async def visitor(port: int, *, address: str | None = None, receive_bytes: int = 0) -> AsyncIterator[Visitor]:
    """Connect, from ``address`` if given. ``receive_bytes``: what the system takes for a visitor who does not read."""
    local = (address, 0) if address else None
    limit = receive_bytes or 1 << 20
    reader, writer = await asyncio.open_connection("127.0.0.1", port, local_addr=local, limit=limit)
    try:
        yield Visitor(reader, writer)
    finally:
        writer.transport.abort()
