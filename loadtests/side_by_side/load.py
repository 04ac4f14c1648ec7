"""The load: a process of its own, which waits with ``select`` (its timeout is kept to some 50 µs).

Flat out, each connection sends the next request as soon as it has an answer. Paced, each is due at its time,
whatever became of others, and its latency counts from then: a slow server is not spared.
"""

from __future__ import annotations

import gc
import json
import re
import select
import socket
import sys
import time
from collections import deque
from dataclasses import dataclass
from typing import NamedTuple

from loadtests.measure.wire import whole

_SILENCE_SECONDS = 20.0


@dataclass(frozen=True, slots=True)
class Plan:
    """What to send."""

    host: str
    port: int
    heads: list[str]
    """Used in turn."""
    count: int
    statuses: list[int]
    per_second: float = 0
    """0: flat out."""
    connections: int = 32
    capture: str = ""
    """A pattern with one group, found in each answer."""


class Load(NamedTuple):
    """What came of it."""

    per_second: float
    p50_ms: float
    p99_ms: float
    busy: float
    """The share of its time in which the client itself had work to do: near 1, it was the bottleneck."""
    captured: list[str]


class _Client:
    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._heads = [head.encode("latin-1") for head in plan.heads]
        self._statuses = frozenset(plan.statuses)
        self._capture = re.compile(plan.capture.encode("latin-1")) if plan.capture else None
        self._due: dict[socket.socket, float] = {}
        self._received: dict[socket.socket, bytearray] = {}
        self.times: list[float] = []
        self.captured: list[str] = []

    def run(self) -> float:
        """Returns how many seconds it took."""
        plan = self._plan
        idle = deque(self._connect() for _ in range(plan.connections))
        start, begun = time.perf_counter(), 0
        while len(self.times) < plan.count:
            next_due = start + begun * self._pause
            while begun < plan.count and idle and next_due <= time.perf_counter():
                connection = idle.popleft()
                self._due[connection] = next_due if plan.per_second else time.perf_counter()
                connection.send(self._heads[begun % len(self._heads)])
                begun += 1
                next_due = start + begun * self._pause
            more = begun < plan.count and idle
            wait = max(0.0, next_due - time.perf_counter()) if more else _SILENCE_SECONDS
            ready, _, _ = select.select(list(self._due), (), (), wait)
            if not (ready or more):
                raise TimeoutError("the server fell silent")
            idle.extend(connection for connection in ready if self._receive(connection))
        return time.perf_counter() - start

    @property
    def _pause(self) -> float:
        return 1 / self._plan.per_second if self._plan.per_second else 0

    def _connect(self) -> socket.socket:
        connection = socket.create_connection((self._plan.host, self._plan.port))
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._received[connection] = bytearray()
        return connection

    def _receive(self, connection: socket.socket) -> bool:
        """Whether the answer is whole."""
        data = connection.recv(65_536)
        if not data:
            raise ConnectionError("the server closed the connection")
        received = self._received[connection]
        received += data
        if not whole(received, self._statuses):
            return False
        self.times.append(time.perf_counter() - self._due.pop(connection))
        if self._capture:
            found = self._capture.search(received)
            assert found is not None, received
            self.captured.append(found[1].decode("latin-1"))
        received.clear()
        return True


def main() -> None:
    """Reads what to do from standard input, and prints what came of it."""
    client = _Client(Plan(**json.load(sys.stdin)))
    gc.disable()  # its pauses would be taken for the server's
    before = time.process_time()
    seconds = client.run()
    busy = (time.process_time() - before) / seconds
    times = sorted(client.times)
    p50, p99 = (times[len(times) * percent // 100] * 1e3 for percent in (50, 99))
    print(json.dumps(Load(len(times) / seconds, p50, p99, busy, client.captured)))


if __name__ == "__main__":
    main()
