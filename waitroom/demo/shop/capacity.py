"""How the shop gives way under load: a few database connections, each held for a while by a request.

Below its capacity a request waits for nobody. Above it a line forms before the connections and latency
grows with its length (Little's law); requests that wait too long, or find the line full, fail. A long line
also makes each request dearer, as contention does in a real shop (Gunther's universal scalability law), so an
overdriven shop serves less than it could, and recovers once the load falls.
"""

from __future__ import annotations

import asyncio
import math
from collections import deque

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
        self._patience_seconds = patience_seconds
        self._line: deque[asyncio.Future[None]] = deque()
        self._busy = 0
        self.change(per_second)

    def __repr__(self) -> str:
        return f"<Capacity {self.per_second:g}/s, {self.waiting} waiting>"

    @property
    def waiting(self) -> int:
        """Requests that wait for a connection."""
        return len(self._line)

    @property
    def load(self) -> float:
        """Connections that are in use or waited for, of those that there are; 0: there is no limit."""
        return (self._busy + self.waiting) / self._connections if self.per_second else 0.0

    def change(self, per_second: float) -> None:
        """Serves so many from now on. Those who hold a connection keep it.

        Raises:
            ValueError: ``per_second`` is negative.
        """
        if not 0 <= per_second < math.inf:
            raise ValueError(f"capacity is {per_second}, must be 0 or more")
        self.per_second = per_second
        self._longest_line = max(1, math.ceil(per_second * self._patience_seconds))
        self._connections = max(1, math.ceil(per_second * HOLD_SECONDS))
        self._hold_seconds = self._connections / per_second if per_second else 0.0
        self._next()

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
            self._busy -= 1
            self._next()

    async def _acquire(self) -> None:
        if self._busy < self._connections and not self._line:
            self._busy += 1
            return
        if self.waiting >= self._longest_line:
            raise OverloadedError("too many requests are waiting")
        turn = asyncio.get_running_loop().create_future()
        self._line.append(turn)
        try:
            async with asyncio.timeout(self._patience_seconds):
                await turn
        except TimeoutError:
            self._withdraw(turn)
            raise OverloadedError("no database connection came free") from None
        except BaseException:
            self._withdraw(turn)
            raise

    def _withdraw(self, turn: asyncio.Future[None]) -> None:
        if turn in self._line:
            self._line.remove(turn)
        elif turn.done() and not turn.cancelled():
            # it had its turn in this very moment
            self._busy -= 1
            self._next()

    def _next(self) -> None:
        while self._line and (self._busy < self._connections or not self.per_second):
            turn = self._line.popleft()
            if not turn.done():
                self._busy += 1
                turn.set_result(None)
