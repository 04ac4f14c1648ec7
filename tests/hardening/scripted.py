"""An origin that answers exactly the bytes that a script says, and notes what became of each connection."""

from __future__ import annotations

import asyncio
import asyncio.trsock
import re
import socket
import struct
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import cast

from tests.hardening.wire import IncompleteError, read_request


class End(Enum):
    """How a script may end a connection. Without any it stays open."""

    CLOSE = auto()
    RESET = auto()


@dataclass(frozen=True)
class Flood:
    """The same piece again and again, until the gateway has enough of it."""

    piece: bytes
    pause_seconds: float = 0.0


Step = bytes | float | End | Flood
"""Bytes are sent, a number is a pause in seconds."""
PLAY_SECONDS = 6.0
"""For a script to come to its end; a flood that nobody stops goes on longer."""
MOST_FLOOD_BYTES = 16_000_000
_TOKEN = re.compile(rb"^[A-Z]+ /(next/)?(a[0-9]{3}) ")


@dataclass(eq=False)
class Line:
    """One connection from the gateway."""

    transport: asyncio.Transport
    carried: list[str] = field(default_factory=list)
    """The tokens of its requests; with ``next/`` in front those of the next visitors."""
    dropped: bool = False
    writable: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        # each piece leaves when it is sent, not when the last one has been acknowledged
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.writable.set()

    @property
    def socket(self) -> asyncio.trsock.TransportSocket:
        """Below the transport."""
        return cast("asyncio.trsock.TransportSocket", self.transport.get_extra_info("socket"))


class ScriptedOrigin:
    """Answers ``/a000`` by the script of that token, and ``/next/a000`` as any shop would."""

    def __init__(self, scripts: Mapping[str, tuple[Step, ...]]) -> None:
        self.lines: list[Line] = []
        self.greeting = b""
        """What the next connection is told before it asks anything."""
        self._scripts = scripts
        self._tasks: set[asyncio.Task[None]] = set()
        self._socket = socket.create_server(("127.0.0.1", 0), backlog=128)
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}"

    async def serve(self) -> asyncio.Server:
        """Begin to accept."""
        loop = asyncio.get_running_loop()
        return await loop.create_server(lambda: _Connection(self), sock=self._socket)

    def of(self, token: str) -> list[Line]:
        """The connections on which this request came."""
        return [line for line in self.lines if token in line.carried]

    async def played(self) -> None:
        """Wait until every script has come to its end, but for floods that nobody stops."""
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=PLAY_SECONDS)

    async def close_all(self) -> None:
        """End every connection."""
        for line in self.lines:
            line.transport.close()
        await asyncio.sleep(0.05)

    def asked(self, line: Line, token: str) -> None:
        """A request has come whole."""
        line.carried.append(token)
        if token.startswith("next/"):
            body = token.encode()
            line.transport.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body))
            return
        task = asyncio.get_running_loop().create_task(self._play(line, self._scripts[token]))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _play(self, line: Line, script: tuple[Step, ...]) -> None:
        for step in script:
            if line.dropped:
                break
            match step:
                case bytes():
                    line.transport.write(step)
                case float():
                    await asyncio.sleep(step)
                case End.CLOSE:
                    line.transport.close()
                case End.RESET:
                    # to close with no time to linger is to reset
                    line.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                    line.transport.abort()
                case Flood():
                    await _flood(line, step)


class _Connection(asyncio.Protocol):
    def __init__(self, origin: ScriptedOrigin) -> None:
        self._origin = origin
        self._data = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._line = Line(cast("asyncio.Transport", transport))
        self._origin.lines.append(self._line)
        if self._origin.greeting:
            self._line.transport.write(self._origin.greeting)
            self._origin.greeting = b""

    def data_received(self, data: bytes) -> None:
        self._data += data
        try:
            request, self._data = read_request(self._data)
        except IncompleteError:
            return
        matched = _TOKEN.match(request.start)
        assert matched is not None, request.start
        self._origin.asked(self._line, ((matched[1] or b"") + matched[2]).decode())

    def pause_writing(self) -> None:
        self._line.writable.clear()

    def resume_writing(self) -> None:
        self._line.writable.set()

    def connection_lost(self, exc: Exception | None) -> None:
        self._line.dropped = True
        self._line.writable.set()


async def _flood(line: Line, flood: Flood) -> None:
    for _ in range(MOST_FLOOD_BYTES // len(flood.piece)):
        if line.dropped:
            return
        line.transport.write(flood.piece)
        await asyncio.sleep(flood.pause_seconds)
        await line.writable.wait()
