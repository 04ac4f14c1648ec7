"""Load from a process of its own: a fixed number of requests over kept-alive connections."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import time
from collections.abc import Sequence
from functools import partial
from typing import cast

import uvloop

from loadtests.measure.servers import Server
from loadtests.measure.wire import OK, UnexpectedAnswerError, whole

_MOST_SECONDS = 120


def requests(
    server: Server,
    heads: Sequence[bytes],
    *,
    count: int,
    connections: int = 32,
    per_second: int = 0,
    statuses: Sequence[int] = OK,
) -> float:
    """Sends ``count`` requests, the ``heads`` in turn, and returns how many seconds it took until all were answered.

    ``per_second`` spreads them evenly; with 0 each connection sends the next as soon as it has an answer.

    Raises:
        subprocess.SubprocessError: one was not answered with one of ``statuses``, or the connection was closed.
    """
    plan = {
        "host": server.host,
        "port": server.port,
        "heads": [head.decode("latin-1") for head in heads],
        "count": count,
        "connections": connections,
        "pause": connections / per_second if per_second else 0,
        "statuses": list(statuses),
    }
    ran = subprocess.run(
        [sys.executable, "-m", "loadtests.measure.load"],
        input=json.dumps(plan).encode(),
        stdout=subprocess.PIPE,
        check=True,
        timeout=_MOST_SECONDS,
    )
    return float(ran.stdout)


class _Connection(asyncio.Protocol):
    """Sends the next request when the last one is answered; ``heads`` is shared by all connections."""

    def __init__(
        self, heads: list[bytes], pause: float, statuses: frozenset[int], done: asyncio.Future[None]
    ) -> None:
        self._heads = heads
        self._pause = pause
        self._statuses = statuses
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
        try:
            if not whole(self._received, self._statuses):
                return
        except UnexpectedAnswerError as error:
            self._end(error)
            return
        self._received.clear()
        if self._pause:
            self._due += self._pause
            self._loop.call_at(self._due, self._next)
        else:
            self._next()

    def connection_lost(self, exc: Exception | None) -> None:
        self._end(exc or ConnectionError("the server closed the connection"))

    def _next(self) -> None:
        if self._heads:
            self._transport.write(self._heads.pop())
        else:
            self._end(None)

    def _end(self, error: Exception | None) -> None:
        if self._done.done():
            return
        if error is None:
            self._done.set_result(None)
        else:
            self._done.set_exception(error)


async def _run(
    host: str, port: int, heads: list[bytes], connections: int, pause: float, statuses: frozenset[int]
) -> float:
    loop = asyncio.get_running_loop()
    started = time.perf_counter()
    ends: list[asyncio.Future[None]] = [loop.create_future() for _ in range(connections)]
    for end in ends:
        await loop.create_connection(partial(_Connection, heads, pause, statuses, end), host, port)
        await asyncio.sleep(pause / connections)
    await asyncio.gather(*ends)
    return time.perf_counter() - started


def main() -> None:
    """Reads what to do from standard input, and prints how many seconds it took."""
    plan = json.load(sys.stdin)
    texts: list[str] = plan["heads"]
    heads = [texts[index % len(texts)].encode("latin-1") for index in range(plan["count"])]
    statuses = frozenset(plan["statuses"])
    print(uvloop.run(_run(plan["host"], plan["port"], heads, plan["connections"], plan["pause"], statuses)))


if __name__ == "__main__":
    main()
