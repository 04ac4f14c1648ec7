"""Many open event streams: a process of its own that counts what they are told."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from collections.abc import Sequence

import uvloop

from loadtests.measure.servers import Server
from loadtests.side_by_side.cores import CLIENT, on_core

_MOST_SECONDS = 120.0
_AT_ONCE = 64


class OpenStreams:
    """Streams that are held open from the start of the ``with`` to its end."""

    def __init__(self, server: Server, heads: Sequence[str]) -> None:
        self._plan = {"host": server.host, "port": server.port, "heads": list(heads)}

    def __enter__(self) -> OpenStreams:
        with on_core(CLIENT):
            self._process = subprocess.Popen(
                [sys.executable, "-m", "loadtests.side_by_side.streams"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
            )
        self._say(json.dumps(self._plan))
        self._hear()
        return self

    def __exit__(self, *_: object) -> None:
        self._process.communicate(timeout=_MOST_SECONDS)

    def told(self) -> int:
        """How many messages have come so far, in all.

        Raises:
            ConnectionError: a stream has ended.
        """
        self._say("")
        told = self._hear()
        if told < 0:
            raise ConnectionError("a stream has ended")
        return told

    def _say(self, line: str) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(line.encode() + b"\n")
        self._process.stdin.flush()

    def _hear(self) -> int:
        assert self._process.stdout is not None
        return int(self._process.stdout.readline())


class _Counter(asyncio.Protocol):
    told = 0
    ended = False

    def __init__(self, opened: asyncio.Future[None]) -> None:
        self._opened = opened

    def data_received(self, data: bytes) -> None:
        found = data.count(b"\ndata:")
        _Counter.told += found
        if found and not self._opened.done():
            self._opened.set_result(None)

    def connection_lost(self, exc: Exception | None) -> None:
        _Counter.ended = True
        if not self._opened.done():
            self._opened.set_exception(ConnectionError("the stream ended before its first message"))


async def _run() -> None:
    loop = asyncio.get_running_loop()

    async def line() -> str:
        return await loop.run_in_executor(None, sys.stdin.readline)

    plan = json.loads(await line())
    doors = asyncio.Semaphore(_AT_ONCE)
    transports = []

    async def follow(head: str) -> None:
        opened: asyncio.Future[None] = loop.create_future()
        async with doors:
            transport, _ = await loop.create_connection(lambda: _Counter(opened), plan["host"], plan["port"])
            transport.write(head.encode("latin-1"))
            await asyncio.wait_for(opened, _MOST_SECONDS)
            transports.append(transport)

    await asyncio.gather(*(follow(head) for head in plan["heads"]))
    print(_Counter.told, flush=True)
    while await line():
        print(-1 if _Counter.ended else _Counter.told, flush=True)
    for transport in transports:
        transport.close()


if __name__ == "__main__":
    uvloop.run(_run())
