"""One large download or upload, by a process of its own that does nothing else."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import time

from loadtests.measure.servers import Server
from loadtests.measure.wire import body_length, head_end

_BLOCK = 1 << 20
_MOST_SECONDS = 300


def transfer(server: Server, head: bytes, *, upload: int = 0) -> float:
    """Sends ``head`` and ``upload`` bytes, reads the answer whole, and returns how many seconds that took.

    Raises:
        subprocess.SubprocessError: the answer was not a whole 200.
    """
    plan = {"host": server.host, "port": server.port, "head": head.decode("latin-1"), "upload": upload}
    ran = subprocess.run(
        [sys.executable, "-m", "loadtests.measure.bulk"],
        input=json.dumps(plan).encode(),
        stdout=subprocess.PIPE,
        check=True,
        timeout=_MOST_SECONDS,
    )
    return float(ran.stdout)


def _run(connection: socket.socket, head: bytes, upload: int) -> None:
    connection.sendall(head)
    block = memoryview(bytearray(_BLOCK))
    while upload:
        piece = block[:upload]
        connection.sendall(piece)
        upload -= len(piece)
    received = bytearray()
    while not (end := head_end(received)):
        data = connection.recv(65_536)
        if not data:
            raise ConnectionError("the server closed the connection")
        received += data
    to_come = body_length(received[:end]) + end - len(received)
    while to_come:
        count = connection.recv_into(block)
        if not count:
            raise ConnectionError(f"{to_come} bytes did not come")
        to_come -= count


def main() -> None:
    """Reads what to do from standard input, and prints how many seconds it took."""
    plan = json.load(sys.stdin)
    with socket.create_connection((plan["host"], plan["port"]), 60) as connection:
        started = time.perf_counter()
        _run(connection, plan["head"].encode("latin-1"), plan["upload"])
        print(time.perf_counter() - started)


if __name__ == "__main__":
    main()
