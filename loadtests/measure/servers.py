"""The real servers that are measured: Redis, the gateway, the applications and the shop beside it."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, NamedTuple

from redis import Redis

from waitroom.embedded import find_server
from waitroom.embedded.process import end_process

SECRET = "a secret for measurements"
_START_SECONDS = 20.0
_STOP_SECONDS = 15.0


@dataclass(frozen=True, slots=True)
class Server:
    """A server that listens on loopback. ``pid`` is the process that was started."""

    host: str
    port: int
    pid: int

    @property
    def url(self) -> str:
        """Its address."""
        return f"http://{self.host}:{self.port}"


class RedisServer(NamedTuple):
    """A Redis that keeps nothing on disk."""

    url: str
    version: str


@contextmanager
def redis_server() -> Iterator[RedisServer]:
    """A real Redis of its own, empty, on a unix socket."""
    with tempfile.TemporaryDirectory(prefix="waitroom-measure-") as folder:
        path = Path(folder) / "redis.sock"
        command = [
            str(find_server()),
            "--port",
            "0",
            "--unixsocket",
            str(path),
            "--save",
            "",
            "--dir",
            folder,
        ]
        with started(command), Redis(unix_socket_path=str(path)) as client:
            deadline = time.monotonic() + _START_SECONDS
            while not path.exists() and time.monotonic() < deadline:
                time.sleep(0.01)
            yield RedisServer(f"unix://{path}", str(client.info("server")["redis_version"]))


@dataclass(frozen=True, slots=True)
class RoomOptions:
    """A room of the measured gateway, as the configuration file has it."""

    name: str = "drop"
    mode: str = "queue"
    rate: float = 60
    capacity: int = 0
    presence: str = "60s"
    entry: str = "60s"
    session: str = "10m"
    paths: tuple[str, ...] = ()
    more: str = ""
    """Further lines of its table."""

    def to_toml(self) -> str:
        """Its ``[[rooms]]`` table."""
        lines = ["[[rooms]]", f'name = "{self.name}"', f'mode = "{self.mode}"', f"rate = {self.rate}"]
        lines += [f"capacity = {self.capacity}", f'presence = "{self.presence}"', f'entry = "{self.entry}"']
        lines.append(f'session = "{self.session}"')
        if self.paths:
            lines.append(f"paths = [{', '.join(f'{path!r}' for path in self.paths)}]")
        return "\n".join([*lines, self.more])


LET_IN = RoomOptions(mode="pass", rate=60_000, session="8h")
"""Everybody is let in. A pass is renewed after an eighth of the session, and the load generators, unlike a browser,
would go on showing the old one: so it must not come to that within a run."""


@contextmanager
def gateway(
    redis_url: str, *rooms: RoomOptions, origin: str, workers: int = 1, more: str = ""
) -> Iterator[Server]:
    """``waitroom serve`` with these rooms in front of ``origin``; ``more`` are further lines of the file."""
    with tempfile.TemporaryDirectory(prefix="waitroom-measure-") as folder:
        config = Path(folder) / "waitroom.toml"
        head = (
            f'secret = "{SECRET}"\nconsole = false\nredis_url = "{redis_url}"\norigin = "{origin}"\n{more}\n'
        )
        config.write_text("\n".join([head, *(room.to_toml() for room in rooms)]))
        command = [sys.executable, "-m", "waitroom", "serve", "--config", str(config), "--port", "0"]
        with announced([*command, "--workers", str(workers)]) as server:
            yield server


@contextmanager
def bare(app: str, origin: str = "") -> Iterator[Server]:
    """An application of :mod:`loadtests.measure.bare`."""
    with announced([sys.executable, "-m", "loadtests.measure.bare", app, origin]) as server:
        yield server


@contextmanager
def shop() -> Iterator[Server]:
    """The cheap origin of :mod:`loadtests.measure.shop`."""
    with announced([sys.executable, "-m", "loadtests.measure.shop"]) as server:
        yield server


@contextmanager
def announced(command: list[str]) -> Iterator[Server]:
    """A server that prints its address in its first line, once it listens."""
    with started(command, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        line = process.stdout.readline().decode()
        address = next((word for word in line.split() if word.startswith("http://")), "")
        if not address:
            raise RuntimeError(f"{command[2]} did not start: {line!r}")
        host, _, port = address.removeprefix("http://").rpartition(":")
        yield Server(host, int(port), process.pid)


@contextmanager
def started(
    command: list[str],
    *,
    stdout: int = subprocess.DEVNULL,
    stderr: IO[bytes] | None = None,
    environment: Mapping[str, str] | None = None,
) -> Iterator[subprocess.Popen[bytes]]:
    """A process, which is told to stop at the end. It shares standard error and environment unless given others."""
    process = subprocess.Popen(command, stdout=stdout, stderr=stderr, env=environment)
    try:
        yield process
    finally:
        end_process(process, seconds=_STOP_SECONDS)
        if process.stdout is not None:
            process.stdout.close()
