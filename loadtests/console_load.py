"""What the ops console costs the gateway: 50 rooms, and 20 consoles that look, by turns with nobody who looks.

Run it with:  python -m loadtests.console_load

Everything is a process of its own: Redis, the shop, the gateway, the console, those who look, and whoever sends the
requests. The console runs in all turns, and is looked at in every second one. It takes some three minutes.
"""

from __future__ import annotations

import argparse
import asyncio
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import httpx
import uvicorn

from admin.app import build_console
from admin.auth.roles import Role
from loadtests.measure.open_loop import latency
from loadtests.measure.processes import cpu_seconds
from loadtests.measure.servers import (
    LET_IN,
    SECRET,
    RoomOptions,
    Server,
    announced,
    gateway,
    redis_server,
    shop,
)
from loadtests.measure.visitor import passes_of, request_head
from waitroom.assembly.redis import connect
from waitroom.settings import load
from waitroom.tasks import end_all

OTHERS, LOOK = 49, 20
ROOMS = [RoomOptions(f"room-{number:02}", paths=(f"/{number:02}/*",)) for number in range(OTHERS)]
ROUNDS, REQUESTS, PER_SECOND = 8, 1_500, 300
SETTLE_SECONDS = 2.0
TOKEN = "token"
"""A file beside the configuration."""


@dataclass(frozen=True, slots=True)
class Turn:
    """What was measured in one turn. Shares are of one core."""

    p50_ms: float
    p99_ms: float
    gateway_us: float
    """Processor time per request, with what the gateway does for its 50 rooms meanwhile."""
    console_share: float


def measure() -> None:
    """Prints each turn, and the ratios."""
    with (
        redis_server() as redis,
        shop() as origin,
        gateway(redis.url, *ROOMS, LET_IN, origin=origin.url) as server,
        _console(redis.url) as (console, token),
        _watchers(console, token) as watchers,
    ):
        cookies = asyncio.run(passes_of(server, 100))
        heads = [request_head(server, "/", each) for each in cookies]
        latency(server, heads, count=REQUESTS, per_second=PER_SECOND)
        print(f"{'':>8} {'p50 ms':>8} {'p99 ms':>8} {'us/request':>11} {'console':>8}")
        turns: dict[bool, list[Turn]] = {False: [], True: []}
        for _ in range(ROUNDS):
            for look in (False, True):
                watchers.tell("look" if look else "rest")
                time.sleep(SETTLE_SECONDS)
                turns[look].append(_turn(server, console, heads, "looking" if look else "nobody"))
    for name in ("p50_ms", "p99_ms", "gateway_us"):
        pairs = zip(turns[True], turns[False], strict=True)
        ratios = [getattr(one, name) / getattr(other, name) for one, other in pairs]
        print(f"{name}: {median(ratios):.2f} times ({min(ratios):.2f} to {max(ratios):.2f})")
    idle, busy = (median(turn.console_share for turn in turns[look]) for look in (False, True))
    print(f"console: {busy:.1%} of a core, {idle:.1%} while nobody looks")


def _turn(server: Server, console: Server, heads: list[bytes], name: str) -> Turn:
    ours, its, begin = cpu_seconds(server.pid), cpu_seconds(console.pid), time.monotonic()
    found = latency(server, heads, count=REQUESTS, per_second=PER_SECOND)
    its, seconds = cpu_seconds(console.pid) - its, time.monotonic() - begin
    turn = Turn(found.p50, found.p99, (cpu_seconds(server.pid) - ours) / REQUESTS * 1e6, its / seconds)
    print(
        f"{name:>8} {turn.p50_ms:8.2f} {turn.p99_ms:8.2f} {turn.gateway_us:11.0f} {turn.console_share:8.1%}",
        flush=True,
    )
    return turn


@contextmanager
def _console(redis_url: str) -> Iterator[tuple[Server, Path]]:
    with tempfile.TemporaryDirectory(prefix="waitroom-console-") as folder:
        config = Path(folder) / "waitroom.toml"
        head = f'secret = "{SECRET}"\nredis_url = "{redis_url}"\norigin = "http://127.0.0.1:9"\ndata_dir = "{folder}"'
        config.write_text("\n".join([head, *(room.to_toml() for room in (*ROOMS, LET_IN))]))
        with announced([sys.executable, "-m", "loadtests.console_load", "--serve", str(config)]) as server:
            yield server, Path(folder) / TOKEN


class _Watchers:
    """Those who look, in one process that was there before: its start is not to be measured."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self._process = process

    def tell(self, word: str) -> None:
        """Returns once all of them look, or none."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(f"{word}\n".encode())
        self._process.stdin.flush()
        if self._process.stdout.readline() != b"done\n":
            raise RuntimeError("those who look have ended")


@contextmanager
def _watchers(console: Server, token: Path) -> Iterator[_Watchers]:
    command = [sys.executable, "-m", "loadtests.console_load", "--look", console.url, str(token)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        try:
            yield _Watchers(process)
        finally:
            process.terminate()


def serve(config: Path) -> None:
    """The console of that file, in this process. Those who look share a token."""
    settings = load(config, environ={})
    app = build_console(settings, connect(settings.redis_url or ""), [SECRET])
    held = app.state.console.tokens.make(Role.VIEWER, label="load", made_by="load")
    (config.parent / TOKEN).write_text(held)
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(64)
        print(f"console http://127.0.0.1:{listener.getsockname()[1]}", flush=True)
        uvicorn.Server(uvicorn.Config(app, log_level="error", ws="none")).run([listener])


async def look(url: str, token: str) -> None:
    """Half of them look at all rooms, the others each at one. Goes by what standard input says."""
    paths = ["/live"] * (LOOK // 2) + [f"/live/{room.name}" for room in ROOMS[: LOOK // 2]]
    headers = {"authorization": f"Bearer {token}"}
    looking: list[asyncio.Task[None]] = []
    async with httpx.AsyncClient(base_url=url, headers=headers, timeout=None) as client:

        async def one(path: str, begun: asyncio.Event) -> None:
            async with client.stream("GET", path) as answer:
                answer.raise_for_status()
                async for _ in answer.aiter_raw():
                    begun.set()

        while word := (await asyncio.to_thread(sys.stdin.readline)).strip():
            await end_all(looking)
            looking = []
            if word == "look":
                begun = [asyncio.Event() for _ in paths]
                looking = [asyncio.create_task(one(*each)) for each in zip(paths, begun, strict=True)]
                await asyncio.gather(*(each.wait() for each in begun))
            print("done", flush=True)


def main() -> None:
    """Measures, or is one of its processes."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--serve", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--look", nargs=2, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.serve:
        serve(given.serve)
    elif given.look:
        asyncio.run(look(given.look[0], Path(given.look[1]).read_text()))
    else:
        measure()


if __name__ == "__main__":
    main()
