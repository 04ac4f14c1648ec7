"""The origin of the corpus: keeps the exact bytes of each connection, and answers what is a proper request."""

from __future__ import annotations

import asyncio
import socket
from dataclasses import dataclass
from typing import cast

from tests.hardening.wire import IncompleteError, MalformedError, Message, read_request

ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\n"


@dataclass
class Arrival:
    """All that came on one connection."""

    data: bytes = b""
    request: Message | None = None
    extra: bytes = b""
    """What followed the request, which is nothing where all is well."""
    malformed: str = ""
    dropped: bool = False
    """The connection has ended."""


class _Connection(asyncio.Protocol):
    def __init__(self, arrivals: list[Arrival]) -> None:
        self._arrivals = arrivals
        self._arrival = Arrival()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        arrival = self._arrival
        if not arrival.data:
            # in the order of the requests: a connection may have been opened long before
            self._arrivals.append(arrival)
        arrival.data += data
        if arrival.request is not None or arrival.malformed:
            arrival.extra += data
            return
        try:
            arrival.request, arrival.extra = read_request(arrival.data)
        except IncompleteError:
            return
        except MalformedError as error:
            arrival.malformed = str(error)
        to_head = arrival.data.startswith(b"HEAD ")
        # what comes after the answer is still read and kept
        self._transport.write(ANSWER if to_head else ANSWER + b"ok")
        self._transport.write_eof()

    def connection_lost(self, exc: Exception | None) -> None:
        self._arrival.dropped = True


class RecordingOrigin:
    """Listens from the start; serves while :meth:`serve` is under way. Each connection carries one request."""

    def __init__(self) -> None:
        self.arrivals: list[Arrival] = []
        self._socket = socket.create_server(("127.0.0.1", 0), backlog=512)
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}"

    async def serve(self) -> asyncio.Server:
        """Begin to accept."""
        loop = asyncio.get_running_loop()
        return await loop.create_server(lambda: _Connection(self.arrivals), sock=self._socket)
