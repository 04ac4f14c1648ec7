"""An origin that costs little itself: small answers, large bodies from memory, uploads counted and dropped.

The machine is shared by load, proxy and origin, so that a dear origin would blur what the proxy costs.
"""

from __future__ import annotations

import asyncio
import re
import socket
import time
from email.utils import formatdate
from functools import lru_cache
from itertools import count
from typing import cast

import uvloop

from loadtests.measure.bare import BODY, HEADERS
from loadtests.measure.wire import content_length, head_end

BLOCK = memoryview(bytes(256 * 1024))
UNLIKE = "/unlike"
"""The path at which no two answers have the same fields."""
_LARGE = re.compile(rb"/bytes/(\d+) ")
_UNDATED = b"HTTP/1.1 200 OK\r\n" + b"".join(b"%b: %b\r\n" % header for header in HEADERS[:-1])
_number = count()


def large(size: int) -> str:
    """The path at which that many bytes are served."""
    return f"/bytes/{size}"


@lru_cache(1)
def _head(now: int) -> bytes:
    """As shops write it: with the date, which is another each second."""
    return b"%bdate: %b\r\n\r\n" % (_UNDATED, formatdate(now, usegmt=True).encode())


class _Shop(asyncio.Protocol):
    """One connection. Requests must be framed by ``Content-Length``, and not pipelined."""

    def __init__(self) -> None:
        self._transport: asyncio.Transport
        self._received = b""
        self._to_come = 0
        self._to_send = 0
        self._flowing = True
        self._answer = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        self._transport.set_write_buffer_limits(len(BLOCK))

    def data_received(self, data: bytes) -> None:
        if self._to_come:
            self._to_come -= len(data)
        else:
            self._received += data
            end = head_end(self._received)
            if not end:
                return
            self._read(self._received[:end])
            self._to_come -= len(self._received) - end
            self._received = b""
        if not self._to_come:
            self._transport.write(self._answer)
            self._pour()

    def pause_writing(self) -> None:
        self._flowing = False

    def resume_writing(self) -> None:
        self._flowing = True
        self._pour()

    def _read(self, head: bytes) -> None:
        self._to_come = content_length(head) or 0
        if wanted := _LARGE.search(head):
            self._to_send = int(wanted[1])
            self._answer = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % self._to_send
        else:
            answer = _head(int(time.time()))
            if head.startswith(b"GET %b " % UNLIKE.encode()):
                answer = b"%bx-request-id: %d\r\n\r\n" % (answer[:-2], next(_number))
            self._answer = answer if head.startswith(b"HEAD ") else answer + BODY

    def _pour(self) -> None:
        while self._to_send and self._flowing and not self._transport.is_closing():
            block = BLOCK[: self._to_send]
            self._to_send -= len(block)
            self._transport.write(block)


async def _serve() -> None:
    listener = socket.create_server(("127.0.0.1", 0), backlog=1024)
    server = await asyncio.get_running_loop().create_server(_Shop, sock=listener)
    print(f"http://127.0.0.1:{listener.getsockname()[1]}", flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    uvloop.run(_serve())
