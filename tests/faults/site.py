"""A gateway with two workers, if not told otherwise, in front of the shop, as processes that may be killed."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from http.client import HTTPConnection, HTTPException
from itertools import pairwise
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple
from urllib.parse import quote

from waitroom.assembly.redis import connect
from waitroom.line.keys import room_keys
from waitroom.line.memory import GENERAL
from waitroom.line.store import LineStore
from waitroom.redis.cluster import shard_of

SECONDS = 120
NOTHING_MORE: Mapping[str, str] = MappingProxyType({})
CONFIG = """
origin = "{origin}"
data_dir = "{data}"
port = {port}
console = false
workers = {workers}
{more}
[[rooms]]
name = "drop"
mode = "queue"
rate = 0
presence = "9s"
keep = "60s"
entry = "20s"
"""
LOG = room_keys("drop", [GENERAL])[5]


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def until(is_true: Callable[[], bool], what: str) -> None:
    """Waits for something to become true."""
    deadline = time.monotonic() + SECONDS
    while not is_true():
        assert time.monotonic() < deadline, f"{what}: not within {SECONDS} s"
        time.sleep(0.05)


def is_alive(pid: int) -> bool:
    """Whether a process still runs (a zombie does not)."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


class Grant(NamedTuple):
    """One entry of the record: ``called`` went so far, and so many were granted a place by it."""

    name: bytes
    at: int
    """By Redis's clock, which somebody may have set."""
    clock: int
    """By the room's own clock, which takes no jumps."""
    start: int
    end: int
    granted: int
    late: int


class Site:
    """The gateway on a fixed port and data folder; nobody is admitted until the dial is turned. ``more`` and
    ``beside`` are more of the file: of the site, and other rooms. ``run`` stands before the command, to run it
    elsewhere, and ``address`` is where it then listens."""

    def __init__(
        self,
        folder: Path,
        origin: str,
        *,
        redis_url: str | None = None,
        more: str = "",
        beside: str = "",
        environment: Mapping[str, str] = NOTHING_MORE,
        address: str = "127.0.0.1",
        run: Sequence[str] = (),
        workers: int = 2,
    ) -> None:
        self.port = free_port()
        self.where = (address, self.port)
        self._run: Sequence[str] = run
        self._more_environment = environment
        self.data = folder / "data"
        self.errors = folder / "errors.log"
        self._config = folder / "waitroom.toml"
        if redis_url:
            more += f'\nredis_url = "{redis_url}"'
        self._workers = workers
        config = CONFIG.format(origin=origin, data=self.data, port=self.port, workers=workers, more=more)
        self._config.write_text(config + beside)
        self.redis_url = redis_url or f"unix://{quote(str(self.data / 'redis.sock'))}"
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        """The main process."""
        assert self._process is not None
        return self._process.pid

    @property
    def redis_pid(self) -> int:
        """The embedded Redis; 0 while there is none."""
        kept = self.data / "redis.pid"
        return int(kept.read_text() or 0) if kept.exists() else 0

    def workers(self) -> list[int]:
        """The processes that serve."""
        found = []
        for folder in Path("/proc").glob("[0-9]*"):
            try:
                parent = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
                if parent == self.pid and b"spawn_main" in (folder / "cmdline").read_bytes():
                    found.append(int(folder.name))
            except OSError:
                continue
        return found

    def start(self) -> None:
        """Returns once all workers serve."""
        command = [*self._run, sys.executable, "-m", "waitroom", "serve", "--config", str(self._config)]
        command += ["--host", self.where[0]]
        environment = {name: value for name, value in os.environ.items() if not name.startswith("WAITROOM_")}
        environment |= self._more_environment
        with self.errors.open("ab") as errors:
            self._process = subprocess.Popen(
                command, stdout=subprocess.DEVNULL, stderr=errors, env=environment
            )
        until(lambda: len(self.workers()) == self._workers and self.is_ready(), "the gateway does not start")

    def is_ready(self) -> bool:
        """Whether a worker says that it keeps its rooms."""
        try:
            return self._get("/__waitroom/health/ready")[0] == 200
        except (OSError, HTTPException):
            return False

    def all_are_ready(self) -> bool:
        """Whether they all do: asked so often that each has been."""
        return all(self.is_ready() for _ in range(16))

    def all_know(self, rate: float) -> bool:
        """Whether every worker has heard of the rate: asked so often that each has been."""
        return all(json.loads(self._get("/__waitroom/drop/line")[1])["rate"] == rate for _ in range(12))

    def _get(self, path: str) -> tuple[int, bytes]:
        # a client that is made for one request costs more than the request: it reads the certificates of the system
        connection = HTTPConnection(*self.where, timeout=SECONDS)
        try:
            connection.request("GET", path)
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()

    def listens(self) -> bool:
        """Whether the port is taken."""
        with socket.socket() as probe:
            return probe.connect_ex(self.where) == 0

    def rewrite(self, before: str, after: str) -> None:
        """Changes the file; it counts from the next start."""
        text = self._config.read_text()
        assert before in text
        self._config.write_text(text.replace(before, after))

    def stop(self) -> None:
        """Ends the gateway in good order."""
        if self._process is not None:
            self._process.terminate()
            self._process.wait(SECONDS)

    def kill(self) -> None:
        """Kills the main process, and returns when all it started has gone by itself."""
        assert self._process is not None
        rest = [*self.workers(), self.redis_pid]
        self._process.kill()
        self._process.wait()
        until(lambda: not any(map(is_alive, rest)), "what the gateway started outlives it")
        assert not self.listens()

    def lose_everything(self) -> None:
        """Kills all at once, and wipes what Redis kept. The secret stays."""
        rest = [*self.workers(), self.redis_pid]
        os.kill(self.pid, signal.SIGKILL)
        for pid in rest:
            os.kill(pid, signal.SIGKILL)
        until(lambda: not any(map(is_alive, rest)), "killed processes live")
        assert self._process is not None
        self._process.wait()
        shutil.rmtree(self.data / "redis")

    def said(self) -> str:
        """What the gateway logged."""
        return self.errors.read_text()

    async def turn(self, rate: float) -> None:
        """Turns the dial while the room runs. ``rate`` is a minute."""
        redis = connect(self.redis_url)
        changes = {"rate": f"{rate:g}"}
        await LineStore(redis, "drop").configure(changes, source="live", who="test")
        await redis.aclose()

    async def grants(self) -> list[Grant]:
        """Each call of somebody, from the record."""
        redis = connect(self.redis_url)
        entries: Any = await shard_of(redis, "drop").xrange(LOG)
        await redis.aclose()
        return [
            Grant(
                at,
                int(at.split(b"-")[0]),
                *(int(entry[name]) for name in (b"clock", b"from", b"to", b"granted", b"late")),
            )
            for at, entry in entries
            if entry[b"type"] == b"called"
        ]


def by_redis(grant: Grant) -> int:
    """When it was, by Redis's clock."""
    return grant.at


def by_room(grant: Grant) -> int:
    """When it was, by the room's clock."""
    return grant.clock


def most_over_the_rate(
    grants: Sequence[Grant], rate: float, when: Callable[[Grant], int] = by_redis
) -> float:
    """By how many admissions the worst of all windows exceeds the rate (admissions a minute)."""
    worst = level = 0.0
    for before, after in pairwise(grants):
        level = max(level, 0.0) + after.granted - (when(after) - when(before)) * rate / 60_000
        worst = max(worst, level)
    return worst
