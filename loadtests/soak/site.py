"""The site that is soaked: Redis, a shop, the gateway with two workers, and the console in a process of its own."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from redis import Redis

from loadtests.measure.processes import children
from loadtests.measure.servers import SECRET, RoomOptions, Server, announced, redis_server

ROOM = "drop"
PRESENCE_SECONDS = 15
WORKERS = 2


@dataclass(frozen=True, slots=True)
class Site:
    """What runs."""

    gateway: Server
    shop: Server
    console: Server
    redis_url: str
    token: str
    """Of an operator, for the console."""
    pids: Mapping[str, int]
    """The processes that must not grow, by their names."""


@contextmanager
def site(rate: float) -> Iterator[Site]:
    """Starts it, and ends it."""
    with (
        tempfile.TemporaryDirectory(prefix="waitroom-soak-") as folder,
        redis_server() as redis,
        announced([sys.executable, "-m", "loadtests.soak.shop"]) as shop,
    ):
        config = Path(folder) / "waitroom.toml"
        room = RoomOptions(ROOM, rate=rate, presence=f"{PRESENCE_SECONDS}s", session="60s")
        lines = [
            f'secret = "{SECRET}"',
            f'redis_url = "{redis.url}"',
            f'origin = "{shop.url}"',
            "console = false",
        ]
        lines += [f'data_dir = "{folder}"', room.to_toml()]
        config.write_text("\n".join(lines))
        command = [sys.executable, "-m", "waitroom"]
        gate = [sys.executable, "-m", "loadtests.soak.gateway"]
        options = ["--config", str(config)]
        made = subprocess.run(
            [*command, "token", *options, "--role", "operator"], check=True, stdout=subprocess.PIPE, text=True
        )
        with (
            announced([*gate, "serve", *options, "--port", "0", "--workers", str(WORKERS)]) as gateway,
            announced([*command, "console", *options, "--admin-port", "0"]) as console,
            Redis.from_url(redis.url) as client,
        ):
            pids = {
                "gateway": gateway.pid,
                "console": console.pid,
                "Redis": client.info("server")["process_id"],
            }
            yield Site(gateway, shop, console, redis.url, made.stdout.split()[-1], pids)


def workers_of(site: Site) -> dict[str, int]:
    """The gateway's workers, and the console's process, once they run."""
    found = [pid for pid in children(site.gateway.pid) if b"spawn_main" in _command(pid)]
    return {f"worker {index + 1}": pid for index, pid in enumerate(found)}


def _command(pid: int) -> bytes:
    return Path(f"/proc/{pid}/cmdline").read_bytes()
