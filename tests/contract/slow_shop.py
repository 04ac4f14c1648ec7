"""A shop whose every answer waits for the test's word, and that notes what it is asked and how much at once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from tests.contract.harness import eventually


class SlowShop:
    """Answers ``/held…`` when the test says so, ``/quick…`` after 30 ms, and all else at once."""

    def __init__(self) -> None:
        self.url = ""
        self.asked: list[str] = []
        """The paths, in the order in which they came."""
        self.bodies: list[bytes] = []
        self.at_once = 0
        self.most_at_once = 0
        self.status = 200
        self._released: dict[str, asyncio.Event] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    def release(self, path: str) -> None:
        """Let the shop answer a request for this path, now or when it comes."""
        self._released.setdefault(path, asyncio.Event()).set()

    async def until_asked(self, *paths: str) -> None:
        """Wait until the shop has been asked for each of these."""

        async def asked() -> bool:
            return set(paths) <= set(self.asked)

        await eventually(asked)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection."""
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        with suppress(ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                length = next(
                    (int(line[15:]) for line in head.split(b"\r\n") if line[:15] == b"content-length:"), 0
                )
                self.bodies.append(await reader.readexactly(length))
                path = head.split(b" ", 2)[1].decode()
                self.asked.append(path)
                visitor = next(
                    (line[17:] for line in head.split(b"\r\n") if line[:17] == b"waitroom-visitor:"), b""
                )
                self.at_once += 1
                self.most_at_once = max(self.most_at_once, self.at_once)
                try:
                    await self._work(path)
                finally:
                    self.at_once -= 1
                answer = b"HTTP/1.1 %d OK\r\nVisitor: %b\r\nContent-Length: 2\r\n\r\nok"
                writer.write(answer % (self.status, visitor.strip()))
        writer.close()
        self._tasks.discard(task)

    async def _work(self, path: str) -> None:
        if path.startswith("/held"):
            await self._released.setdefault(path, asyncio.Event()).wait()
        elif path.startswith("/quick"):
            await asyncio.sleep(0.03)

    async def aclose(self) -> None:
        """End all connections."""
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)


@asynccontextmanager
async def slow_shop(port: int = 0) -> AsyncIterator[SlowShop]:
    """A shop at that port of the loopback; 0: any."""
    shop = SlowShop()
    server = await asyncio.start_server(shop.serve, "127.0.0.1", port)
    shop.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield shop
    finally:
        server.close()
        await shop.aclose()
