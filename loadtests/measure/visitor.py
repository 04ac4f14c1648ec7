"""A visitor on one kept-alive connection, as cheap as a thousand of them in one process must be."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass, field
from types import TracebackType
from typing import NamedTuple, Self

from loadtests.measure.servers import Server

CALL_HEADERS = (
    "Accept: application/json\r\n"
    "Accept-Encoding: gzip, deflate, br\r\n"
    "Accept-Language: en-GB,en;q=0.9\r\n"
    "Sec-Fetch-Mode: cors\r\n"
    "Sec-Fetch-Dest: empty\r\n"
    "Sec-Fetch-Site: same-origin\r\n"
    "User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0\r\n"
)
"""What a browser says when the waiting page's script asks."""


def request_head(server: Server, path: str, cookies: dict[str, str], method: str = "GET") -> bytes:
    """A request without a body, as the waiting page's script sends it."""
    cookie = "; ".join(f"{name}={value}" for name, value in cookies.items())
    line = f"Cookie: {cookie}\r\n" if cookie else ""
    if method == "POST":
        line += f"Content-Length: 0\r\nOrigin: {server.url}\r\n"
    head = f"{method} {path} HTTP/1.1\r\nHost: {server.host}:{server.port}\r\n{CALL_HEADERS}{line}\r\n"
    return head.encode()


class Answer(NamedTuple):
    """A whole answer."""

    status: int
    body: bytes

    @property
    def members(self) -> dict[str, object]:
        """The JSON that it carries."""
        members = json.loads(self.body)
        assert isinstance(members, dict)
        return members


@dataclass(slots=True)
class Visitor:
    """One browser: a connection and its cookies, as a context manager."""

    server: Server
    source: str = "127.0.0.1"
    cookies: dict[str, str] = field(default_factory=dict)
    _reader: asyncio.StreamReader = field(init=False)
    _writer: asyncio.StreamWriter = field(init=False)

    async def __aenter__(self) -> Self:
        self._reader, self._writer = await asyncio.open_connection(
            self.server.host, self.server.port, local_addr=(self.source, 0), limit=4096
        )
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._writer.close()
        with suppress(OSError):
            await self._writer.wait_closed()

    async def get(self, path: str) -> Answer:
        """One request and its answer."""
        status, length = await self._ask(path)
        return Answer(status, await self._reader.readexactly(length))

    async def post(self, path: str) -> Answer:
        """One request that changes something, without a body, and its answer."""
        status, length = await self._ask(path, "POST")
        return Answer(status, await self._reader.readexactly(length))

    async def join(self, path: str = "/") -> int:
        """Asks for the shop, and returns the number of the ticket that was given instead; 0: let in."""
        answer = await self.get(path)
        if answer.status == 200:
            return 0
        number = answer.members["number"]
        assert isinstance(number, int), answer
        return number

    async def events(self, room: str) -> AsyncIterator[tuple[bytes, bytes]]:
        """The event stream: name and data of each event, until it ends."""
        status, _ = await self._ask(f"/__waitroom/{room}/events")
        assert status == 200, status
        name = b""
        while line := await self._reader.readline():
            if line.startswith(b"event: "):
                name = line[7:].strip()
            elif line.startswith(b"data: "):
                yield name, line[6:].strip()
            elif line == b"0\r\n":
                await self._reader.readline()
                return

    async def admission(self, room: str) -> None:
        """Follows the event stream until told to come in. Raises ``ConnectionError`` where it ends before."""
        admitted = False
        async for name, _ in self.events(room):
            admitted = admitted or name == b"admitted"
        if not admitted:
            raise ConnectionError("the event stream ended")

    async def _ask(self, path: str, method: str = "GET") -> tuple[int, int]:
        self._writer.write(request_head(self.server, path, self.cookies, method))
        head = await self._reader.readuntil(b"\r\n\r\n")
        length = 0
        for line in head.split(b"\r\n")[1:]:
            name, _, value = line.partition(b": ")
            if name == b"content-length":
                length = int(value)
            elif name == b"set-cookie":
                cookie, _, text = value.decode().partition(";")[0].partition("=")
                self.cookies[cookie] = text
        return int(head[9:12]), length


async def tickets_of(server: Server, count: int) -> list[dict[str, str]]:
    """The cookies of ``count`` visitors who joined the line and went away."""
    found = []
    for _ in range(count):
        async with Visitor(server) as visitor:
            await visitor.get("/")
            found.append(visitor.cookies)
    return found


async def passes_of(server: Server, count: int) -> list[dict[str, str]]:
    """The cookies of ``count`` visitors who were let in: ticket and pass."""
    found = []
    for _ in range(count):
        async with Visitor(server) as visitor:
            assert (await visitor.get("/")).status == 200
            found.append(visitor.cookies)
    return found
