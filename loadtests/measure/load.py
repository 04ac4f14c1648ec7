"""Load from a process of its own: a fixed number of requests over kept-alive connections."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from collections.abc import Sequence
from functools import partial
from typing import cast

import uvloop

from loadtests.measure.servers import Server

_MOST_SECONDS = 120


def requests(
    server: Server, heads: Sequence[bytes], *, count: int, connections: int = 32, per_second: int = 0
) -> None:
    """Sends ``count`` requests, the ``heads`` in turn, and returns when all are answered.

    ``per_second`` spreads them evenly; with 0 each connection sends the next as soon as it has an answer.

    Raises:
        subprocess.SubprocessError: one was not answered, or the connection was closed.
    """
    plan = {
        "host": server.host,
        "port": server.port,
        "heads": [head.decode("latin-1") for head in heads],
        "count": count,
        "connections": connections,
        "pause": connections / per_second if per_second else 0,
    }
    command = [sys.executable, "-m", "loadtests.measure.load"]
    subprocess.run(command, input=json.dumps(plan).encode(), check=True, timeout=_MOST_SECONDS)


class _Connection(asyncio.Protocol):
    """Sends the next request when the last one is answered; ``heads`` is shared by all connections."""

    def __init__(self, heads: list[bytes], pause: float, done: asyncio.Future[None]) -> None:
        self._heads = heads
        self._pause = pause
        self._done = done
        self._loop = asyncio.get_running_loop()
        self._due = self._loop.time()
        self._received = bytearray()
        self._transport: asyncio.Transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        self._next()

    def data_received(self, data: bytes) -> None:
        self._received += data
        end = self._received.find(b"\r\n\r\n")
        if end < 0:
            return
        at = self._received.find(b"content-length: ", 0, end) + len(b"content-length: ")
        length = int(self._received[at : self._received.find(b"\r\n", at)])
        if len(self._received) >= end + 4 + length:
            self._received.clear()
            if self._pause:
                self._due += self._pause
                self._loop.call_at(self._due, self._next)
            else:
                self._next()

    def connection_lost(self, exc: Exception | None) -> None:
        if not self._done.done():
            self._done.set_exception(exc or ConnectionError("the server closed the connection"))

    def _next(self) -> None:
        if self._heads:
            self._transport.write(self._heads.pop())
        elif not self._done.done():
            self._done.set_result(None)


async def _run(host: str, port: int, heads: list[bytes], connections: int, pause: float) -> None:
    loop = asyncio.get_running_loop()
    ends: list[asyncio.Future[None]] = [loop.create_future() for _ in range(connections)]
    for end in ends:
        await loop.create_connection(partial(_Connection, heads, pause, end), host, port)
        await asyncio.sleep(pause / connections)
    await asyncio.gather(*ends)


def main() -> None:
    """Reads what to do from standard input."""
    plan = json.load(sys.stdin)
    texts: list[str] = plan["heads"]
    heads = [texts[index % len(texts)].encode("latin-1") for index in range(plan["count"])]
    uvloop.run(_run(plan["host"], plan["port"], heads, plan["connections"], plan["pause"]))


if __name__ == "__main__":
    main()
