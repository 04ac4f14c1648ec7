"""Latency under a load that does not wait for the server: each request is due at its time, whatever became of others.

A process of its own. It waits with ``select``, whose timeout is kept to some 50 µs, where an event loop's timers
are kept to a millisecond: requests would come in bursts.
"""

from __future__ import annotations

import gc
import json
import select
import socket
import subprocess
import sys
import time
from collections import deque
from collections.abc import Sequence
from typing import NamedTuple

from loadtests.measure.servers import Server
from loadtests.measure.wire import whole

CONNECTIONS = 64
_MOST_SECONDS = 120
_SILENCE_SECONDS = 10.0


class Latency(NamedTuple):
    """Milliseconds from the time at which a request was due to the last byte of its answer."""

    p50: float
    p99: float


def latency(server: Server, heads: Sequence[bytes], *, count: int, per_second: float) -> Latency:
    """Sends ``count`` requests, the ``heads`` in turn, evenly spread over kept-alive connections.

    A request that finds every connection busy waits for one, and that counts.

    Raises:
        subprocess.SubprocessError: one was not answered with 200.
    """
    plan = {
        "host": server.host,
        "port": server.port,
        "heads": [head.decode("latin-1") for head in heads],
        "count": count,
        "per_second": per_second,
    }
    ran = subprocess.run(
        [sys.executable, "-m", "loadtests.measure.open_loop"],
        input=json.dumps(plan).encode(),
        stdout=subprocess.PIPE,
        check=True,
        timeout=_MOST_SECONDS,
    )
    return Latency(*json.loads(ran.stdout))


def _run(address: tuple[str, int], heads: list[bytes], count: int, per_second: float) -> list[float]:
    """The seconds of each request."""
    idle = deque(socket.create_connection(address) for _ in range(CONNECTIONS))
    due: dict[socket.socket, float] = {}
    received: dict[socket.socket, bytearray] = {connection: bytearray() for connection in idle}
    for connection in idle:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    found: list[float] = []
    start, sent = time.perf_counter() + 0.1, 0
    while len(found) < count:
        next_due = start + sent / per_second
        while sent < count and idle and next_due <= time.perf_counter():
            connection = idle.popleft()
            connection.send(heads[sent % len(heads)])
            due[connection] = next_due
            sent += 1
            next_due = start + sent / per_second
        more = sent < count and idle
        wait = max(0.0, next_due - time.perf_counter()) if more else _SILENCE_SECONDS
        ready, _, _ = select.select(list(due), (), (), wait)
        if not (ready or more):
            raise TimeoutError("the server fell silent")
        for connection in ready:
            data = connection.recv(65_536)
            now = time.perf_counter()
            if not data:
                raise ConnectionError("the server closed the connection")
            received[connection] += data
            if whole(received[connection]):
                received[connection].clear()
                found.append(now - due.pop(connection))
                idle.append(connection)
    return found


def main() -> None:
    """Reads what to do from standard input, and prints the percentiles in milliseconds."""
    plan = json.load(sys.stdin)
    heads = [head.encode("latin-1") for head in plan["heads"]]
    gc.disable()  # its pauses would be taken for the server's
    times = sorted(_run((plan["host"], plan["port"]), heads, plan["count"], plan["per_second"]))
    print(json.dumps([times[len(times) * percent // 100] * 1e3 for percent in (50, 99)]))


if __name__ == "__main__":
    main()
