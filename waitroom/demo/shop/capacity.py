"""How the shop gives way under load: a few database connections, each held for a while by a request.

Below its capacity a request waits for nobody. Above it a line forms before the connections and latency
grows with its length (Little's law); requests that wait too long, or find the line full, fail. A long line
also makes each request dearer, as contention does in a real shop (Gunther's universal scalability law), so an
overdriven shop serves less than it could, and recovers once the load falls.
"""

from __future__ import annotations

import asyncio
import math

HOLD_SECONDS = 0.08
PATIENCE_SECONDS = 3.0
CONTENTION = 0.5


class OverloadedError(Exception):
    """No connection came free in time, or too many were waiting for one already."""


class Capacity:
    """Serves up to ``per_second`` requests a second; 0 stands for no limit.

    ``patience_seconds`` is how long a request waits for a connection, and as many requests may wait as
    could be served in that time.

    Raises:
        ValueError: ``per_second`` is negative.
    """

    def __init__(self, per_second: float, *, patience_seconds: float = PATIENCE_SECONDS) -> None:
        if per_second < 0:
            raise ValueError(f"capacity is {per_second}, must be 0 or more")
        self.per_second = per_second
        self.waiting = 0
        self._patience_seconds = patience_seconds
        self._longest_line = max(1, math.ceil(per_second * patience_seconds))
        connections = max(1, math.ceil(per_second * HOLD_SECONDS))
        self._connections = asyncio.Semaphore(connections)
        self._hold_seconds = connections / per_second if per_second else 0.0

    def __repr__(self) -> str:
        return f"<Capacity {self.per_second:g}/s, {self.waiting} waiting>"

    async def work(self) -> None:
        """Holds a connection for as long as one request's queries take.

        Raises:
            OverloadedError: none came free in time.
        """
        if not self.per_second:
            return
        await self._acquire()
        try:
            crowding = self.waiting / self._longest_line
            await asyncio.sleep(self._hold_seconds * (1 + CONTENTION * crowding))
        finally:
            self._connections.release()

    async def _acquire(self) -> None:
        if self.waiting >= self._longest_line:
            raise OverloadedError("too many requests are waiting")
        self.waiting += 1
        try:
            async with asyncio.timeout(self._patience_seconds):
                await self._connections.acquire()
        except TimeoutError:
            raise OverloadedError("no database connection came free") from None
        finally:
            self.waiting -= 1
