"""How open event streams spread over the workers of one gateway, and what a worker that ends or hangs costs newcomers.

``python -m loadtests.spread`` prints what stands in docs/adr/0041. It starts gateways on the loopback.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.contract.harness import Gateway, start_gateway
from waitroom.embedded import EmbeddedRedis

STREAMS = 400
RATE = 100
"""New connections a second while a worker is killed, hung or replaced."""
ROOM = {"name": "line", "mode": "pause", "presence": "60s", "keep": "60s"}


@contextmanager
def gateway(workers: int) -> Iterator[Gateway]:
    """A gateway whose only room lets nobody in."""
    with tempfile.TemporaryDirectory() as folder, EmbeddedRedis(Path(folder) / "redis") as redis:
        started = start_gateway(Path(folder), redis.url, "http://127.0.0.1:9", [ROOM], workers=workers)
        try:
            yield started
        finally:
            started.stop(seconds=30)


def workers_of(gateway: Gateway) -> list[int]:
    """The process ids of the workers."""
    children = Path(f"/proc/{gateway.process.pid}/task/{gateway.process.pid}/children").read_text().split()
    return [int(pid) for pid in children if b"spawn_main" in Path(f"/proc/{pid}/cmdline").read_bytes()]


async def open_stream(port: int, *, room: str = "line") -> asyncio.StreamWriter:
    """A visitor who joins and listens to the line's events, on one connection."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(b"GET / HTTP/1.1\r\nhost: shop.example\r\naccept: application/json\r\n\r\n")
    head = await reader.readuntil(b"\r\n\r\n")
    fields = dict(line.lower().split(b": ", 1) for line in head.splitlines() if b": " in line)
    await reader.readexactly(int(fields[b"content-length"]))
    cookie = next(
        line for line in head.splitlines() if line.lower().startswith(b"set-cookie: waitroom_ticket")
    )
    ticket = cookie.split(b": ", 1)[1].split(b";")[0]
    writer.write(
        b"GET /__waitroom/%s/events HTTP/1.1\r\nhost: shop.example\r\ncookie: %s\r\n\r\n"
        % (room.encode(), ticket)
    )
    await reader.readuntil(b"event: ")
    return writer


def sockets_of(pid: int, port: int) -> int:
    """How many connections of the gateway's port a process holds."""
    inodes = set()
    for line in Path("/proc/net/tcp").read_text().splitlines()[1:]:
        fields = line.split()
        if int(fields[1].split(":")[1], 16) == port and fields[3] == "01":
            inodes.add(fields[9])
    held = 0
    for entry in Path(f"/proc/{pid}/fd").iterdir():
        try:
            name = str(entry.readlink())
        except OSError:
            continue  # closed in between
        held += name.startswith("socket:[") and name[8:-1] in inodes
    return held


async def spread(workers: int, together: int) -> list[int]:
    """How many streams each worker holds when they are opened ``together`` at a time."""
    with gateway(workers) as running:
        streams: list[asyncio.StreamWriter] = []
        for _ in range(STREAMS // together):
            streams += await asyncio.gather(*(open_stream(running.port) for _ in range(together)))
        held = sorted(sockets_of(pid, running.port) for pid in workers_of(running))
        for stream in streams:
            stream.close()
        return held


async def _newcomer(port: int) -> tuple[str, float]:
    begun, outcome = time.monotonic(), "answered"
    try:
        async with asyncio.timeout(60):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            try:
                writer.write(b"GET /__waitroom/health/live HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n")
                if not (await reader.read()).startswith(b"HTTP/1.1 200"):
                    outcome = "closed unanswered"
            finally:
                writer.close()
    except (OSError, TimeoutError) as error:
        outcome = type(error).__name__
    return outcome, time.monotonic() - begun


async def newcomers(name: str, seconds: float) -> str:
    """What becomes of those who come while something befalls one of two workers."""
    with gateway(2) as running:
        asked = []
        victim = workers_of(running)[0]
        begun = time.monotonic()
        done = False
        while (now := time.monotonic() - begun) < seconds:
            if now > 1 and not done:
                done = True
                if name == "kill":
                    os.kill(victim, signal.SIGKILL)
                elif name == "hang":
                    os.kill(victim, signal.SIGSTOP)
                elif name == "stop":
                    os.kill(victim, signal.SIGTERM)
                else:
                    running.process.send_signal(getattr(signal, name))
            asked.append(asyncio.create_task(_newcomer(running.port)))
            await asyncio.sleep(1 / RATE)
        answers = await asyncio.gather(*asked)
    outcomes = Counter(outcome for outcome, _ in answers)
    times = sorted(took for _, took in answers)
    middle, high = times[len(times) // 2], times[-len(times) // 100]
    return f"{dict(outcomes)}; p50 {middle:.3f} s, p99 {high:.3f} s, longest {times[-1]:.3f} s"


def main() -> None:
    """Measures and prints."""
    for workers in (2, 4):
        for together, how in ((1, "one after another"), (50, "50 at a time")):
            print(
                f"{workers} workers, {STREAMS} streams {how}: {asyncio.run(spread(workers, together))}",
                flush=True,
            )
    for name in sys.argv[1:] or ("kill", "hang", "stop", "SIGHUP", "SIGTTIN", "SIGTTOU"):
        print(f"{name}, {RATE} newcomers a second: {asyncio.run(newcomers(name, 14))}", flush=True)


if __name__ == "__main__":
    main()
