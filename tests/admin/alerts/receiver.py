"""A real HTTP server that does what receivers of webhooks do: takes, fails, hangs, redirects, floods."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from http import HTTPStatus


@dataclass(frozen=True, slots=True)
class Got:
    """A request as it came."""

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Say:
    """An answer. ``hang`` says nothing at all; ``flood`` goes on for ever."""

    status: int = 204
    headers: Mapping[str, str] = field(default_factory=dict)
    body: str = ""
    hang: bool = False
    flood: bool = False


@dataclass
class Receiver:
    """What came, and what is answered: ``script`` first, then ``always``."""

    port: int = 0
    got: list[Got] = field(default_factory=list)
    script: list[Say] = field(default_factory=list)
    always: Say = Say()
    sent_bytes: int = 0
    arrived: asyncio.Event = field(default_factory=asyncio.Event)
    over: asyncio.Event = field(default_factory=asyncio.Event)
    """Set at the end: nothing hangs any more."""

    @property
    def url(self) -> str:
        """Its address, with a token in it."""
        return f"http://127.0.0.1:{self.port}/hooks/tok-3n-of-stones?key=k3y-of-stones"

    async def count(self, requests: int) -> None:
        """Waits until so many requests have come."""
        async with asyncio.timeout(60):
            while len(self.got) < requests:
                self.arrived.clear()
                await self.arrived.wait()


@asynccontextmanager
async def receiving() -> AsyncIterator[Receiver]:
    """A receiver that listens."""
    receiver = Receiver()
    under_way: dict[asyncio.Task[None], asyncio.StreamWriter] = {}

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        under_way[task] = writer
        try:
            with suppress(ConnectionError, asyncio.IncompleteReadError):
                while await _answer(receiver, reader, writer):
                    pass
        finally:
            del under_way[task]
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    receiver.port = server.sockets[0].getsockname()[1]
    try:
        yield receiver
    finally:
        server.close()
        receiver.over.set()
        for writer in under_way.values():
            writer.transport.abort()
        await asyncio.gather(*under_way, return_exceptions=True)


async def _answer(receiver: Receiver, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    method, target, _ = head[0].split(" ")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:-2])}
    body = await reader.readexactly(int(headers.get("content-length", 0)))
    receiver.got.append(Got(method, target, headers, body))
    receiver.arrived.set()
    say = receiver.script.pop(0) if receiver.script else receiver.always
    if say.hang:
        await receiver.over.wait()
        return False
    fields = {"content-length": str(10**12 if say.flood else len(say.body.encode())), **say.headers}
    written = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
    writer.write(f"HTTP/1.1 {say.status} {HTTPStatus(say.status).phrase}\r\n{written}\r\n{say.body}".encode())
    while say.flood and not receiver.over.is_set():
        writer.write(b"x" * 65_536)
        receiver.sent_bytes += 65_536
        await writer.drain()
    await writer.drain()
    return True
