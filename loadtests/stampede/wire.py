"""HTTP/1.1 for a hundred thousand visitors: one request on a connection of its own, or an event stream."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Mapping
from typing import NamedTuple, TypeVar, cast

from loadtests.measure.wire import content_length, head_end
from waitroom.demo.crowd.protocol import EVENT_STREAM, NAVIGATION

PATIENCE_SECONDS = 120.0
"""After which a visitor gives up a request: browsers wait for some minutes."""
USUAL_RETRY_MS = 3000
"""Of browsers, where the server says nothing."""
PAGE: Mapping[str, str] = {**NAVIGATION, "Accept-Encoding": "gzip"}
STATUS: Mapping[str, str] = {
    "Accept": "application/json",
    "Sec-Fetch-Mode": "cors",
    "Sec-Fetch-Dest": "empty",
}
_TICKET = b"set-cookie: waitroom_ticket_"
_RETRY = re.compile(rb"retry: (\d+)\n")
_REFRESH = re.compile(rb"\r\nrefresh: (\d+)\r\n", re.IGNORECASE)
_TOLD = re.compile(rb"event: status\ndata: (.+)\n\n")
_W = TypeVar("_W", bound="_Wire")


class Target(NamedTuple):
    """The gateway, and the address that somebody comes from."""

    host: str
    port: int
    source: str


class Answer(NamedTuple):
    """A whole answer."""

    status: int
    head: bytes
    body: bytes

    def ticket(self) -> str:
        """The cookie that holds the place, name and value; "" where none was given."""
        return self.cookie(_TICKET)

    def cookie(self, begin: bytes) -> str:
        """The cookie of the header that begins so, name and value; "" where there is none."""
        for line in self.head.split(b"\r\n"):
            if line[: len(begin)].lower() == begin:
                return line[12:].partition(b";")[0].decode()
        return ""

    def refresh(self) -> int:
        """After how many seconds the page asks again; 0: it does not."""
        found = _REFRESH.search(self.head)
        return int(found[1]) if found else 0


class Told(NamedTuple):
    """The first that a stream said: its ``retry``, the number of the place (0: none), and the refresh."""

    retry_ms: int
    number: int
    refresh_seconds: float


def place_of(ticket: str) -> str:
    """What of a ticket makes the place: all but the signature."""
    return ticket.partition("=")[2].rpartition(":")[0]


def number_of(ticket: str) -> int:
    """The number on a ticket."""
    return int(place_of(ticket).split(":")[3])


async def ask(target: Target, path: str, headers: Mapping[str, str], cookie: str = "") -> Answer:
    """One request and its whole answer. Raises ``OSError`` (``TimeoutError`` is one) where none comes."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        once = await _connected(_Once, _request(target, path, headers, cookie), target)
        try:
            return await once.answer
        finally:
            once.transport.close()


async def listen(target: Target, path: str, cookie: str) -> Stream:
    """A stream that has said where the visitor stands. Raises ``OSError`` where none does."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        stream = await _connected(Stream, _request(target, path, EVENT_STREAM, cookie), target)
        try:
            await asyncio.shield(stream.told)
        except BaseException:
            stream.transport.close()
            raise
        return stream


class _Wire(asyncio.Protocol):
    def __init__(self, request: bytes) -> None:
        self._request = request
        self._received = bytearray()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)  # uvloop's are, but do not say so
        self.transport.write(self._request)


class _Once(_Wire):
    def __init__(self, request: bytes) -> None:
        super().__init__(request)
        self.answer: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()

    def data_received(self, data: bytes) -> None:
        self._received += data
        end = head_end(self._received)
        if not end or self.answer.done():
            return
        head = bytes(self._received[:end])
        if len(self._received) >= end + (content_length(head) or 0):
            self.answer.set_result(Answer(int(head[9:12]), head, bytes(self._received[end:])))

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.answer.done():
            self.answer.set_exception(ConnectionError("the connection was closed"))
            self.answer.exception()  # whoever asked may have gone meanwhile, as in listen()


class Stream(_Wire):
    """An open event stream: what it said first, and when it is ``over``. What else it says is thrown away."""

    def __init__(self, request: bytes) -> None:
        super().__init__(request)
        loop = asyncio.get_running_loop()
        self.told: asyncio.Future[Told] = loop.create_future()
        self.over: asyncio.Future[None] = loop.create_future()

    def data_received(self, data: bytes) -> None:
        if self.told.done():
            return
        self._received += data
        if head_end(self._received) and self._received[9:12] != b"200":
            self.told.set_exception(ConnectionError(f"status {self._received[9:12].decode()}"))
        elif told := _TOLD.search(self._received):
            retry = _RETRY.search(self._received)
            state = json.loads(told[1])
            retry_ms = int(retry[1]) if retry else USUAL_RETRY_MS
            self.told.set_result(Told(retry_ms, state["number"] or 0, state["refresh_after"]))
            self._received.clear()

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.told.done():
            self.told.set_exception(ConnectionError("the connection was closed"))
            self.told.exception()
        if not self.over.done():
            self.over.set_result(None)


async def _connected(kind: type[_W], request: bytes, target: Target) -> _W:
    loop = asyncio.get_running_loop()
    _, wire = await loop.create_connection(
        lambda: kind(request), target.host, target.port, local_addr=(target.source, 0)
    )
    return wire


def _request(target: Target, path: str, headers: Mapping[str, str], cookie: str) -> bytes:
    lines = [f"GET {path} HTTP/1.1", f"Host: {target.host}:{target.port}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    lines += [f"Cookie: {cookie}"] if cookie else []
    return "\r\n".join([*lines, "", ""]).encode()
