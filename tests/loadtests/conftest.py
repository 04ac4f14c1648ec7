"""A site to be tested, and runs of scenarios against it: several at once, for a run is mostly waiting."""

from __future__ import annotations

import json
import resource
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import httpx
import pytest

from loadtests.measure.servers import RoomOptions, gateway, started

RUN_SECONDS = 5
AT_ONCE = 5
_MOST_SECONDS = 120
_QUIET = ("--only-summary", "--loglevel", "WARNING")
_LENIENT = (
    "--fail-held-ms",
    "off",
    "--fail-shop-ms",
    "off",
    "--fail-rate-over",
    "150",
    "--fail-positions",
    "10",
)
"""What a crowded machine does to the times of a few visitors says nothing about the gateway."""


@dataclass(frozen=True, slots=True)
class Run:
    """A run that is over."""

    code: int
    said: str
    rows: Mapping[tuple[str, str], Mapping[str, Any]]
    """Locust's rows by their type and name."""
    verdict: Mapping[str, Any]
    report: str

    def figure(self, key: str) -> float:
        """What was measured."""
        measured = self.verdict["figures"][key]["measured"]
        assert measured is not None, self.said
        return float(measured)


class Runs:
    """Runs in front of the site, in the order in which they were planned: the next begins when one is over."""

    def __init__(self, host: str, folder: Path, stack: ExitStack) -> None:
        self.host = host
        self._folder = folder
        self._stack = stack
        self._planned: dict[str, Callable[[], list[subprocess.Popen[str]]]] = {}
        self._begun: dict[str, list[subprocess.Popen[str]]] = {}
        self._over: dict[str, Run] = {}

    def plan(
        self, name: str, scenario: str, *options: str, users: int = 20, distributed: bool = False
    ) -> None:
        """Plans a run of that name: 20 visitors for some seconds, unless told otherwise."""
        size = ["--users", str(users), "--spawn-rate", str(users), "--run-time", f"{RUN_SECONDS}s"]
        size += ["--host", self.host, "--headless", "--think", "0.1", "--json", *_QUIET, *_LENIENT, *options]
        kept = ["--verdict", str(self._folder / f"{name}.json"), "--html", str(self._folder / f"{name}.html")]
        if not distributed:
            self._planned[name] = lambda: [self._locust(scenario, *size, *kept)]
            return
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = str(probe.getsockname()[1])
        master = ["--master", "--expect-workers", "2", "--master-bind-host", "127.0.0.1"]
        worker = ["--worker", "--master-host", "127.0.0.1", "--master-port", port, *_QUIET]
        self._planned[name] = lambda: [
            self._locust(scenario, *size, *kept, *master, "--master-bind-port", port),
            *(self._locust(scenario, *worker) for _ in range(2)),
        ]

    def plan_limited(self, name: str, scenario: str, *options: str, files: int) -> None:
        """The same with so few open files allowed."""

        def limit() -> None:
            resource.setrlimit(resource.RLIMIT_NOFILE, (files, files))

        self._planned[name] = lambda: [
            self._locust(scenario, "--host", self.host, "--headless", *options, limit=limit)
        ]

    def of(self, name: str) -> Run:
        """The run of that name, once it is over."""
        if name not in self._over:
            if name in self._planned:
                self._fill(name)
            self._over[name] = self._end(name)
        return self._over[name]

    def _fill(self, wanted: str) -> None:
        """Begins as many as there may be at once, and the one that is wanted."""
        for name in sorted(self._planned, key=lambda each: each != wanted):
            if name == wanted or len(self._begun) < AT_ONCE:
                self._begun[name] = self._planned.pop(name)()

    def _locust(
        self, scenario: str, *options: str, limit: Callable[[], None] | None = None
    ) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-m", "loadtests.run", scenario, *options],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            preexec_fn=limit,
        )
        self._stack.callback(_ended, process)
        return process

    def _end(self, name: str) -> Run:
        process, *others = self._begun.pop(name)
        out, said = process.communicate(timeout=_MOST_SECONDS)
        for other in others:
            _, more = other.communicate(timeout=_MOST_SECONDS)
            said += more
        self._fill("")
        rows = json.loads(out) if out.startswith("[") else []
        kept = self._folder / f"{name}.json"
        report = self._folder / f"{name}.html"
        return Run(
            process.returncode,
            said,
            {(row["method"], row["name"]): row for row in rows},
            json.loads(kept.read_text()) if kept.exists() else {},
            report.read_text() if report.exists() else "",
        )


def _ended(process: subprocess.Popen[str]) -> None:
    process.kill()
    process.communicate()


ROOMS = (
    "sale",
    "build",
    "returns",
    "phones",
    "app",
    "bots",
    "inside",
    "sockets",
    "crowd",
    "wide",
    "strict",
    "shut",
)


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory, redis_url: str) -> Iterator[str]:
    """A gateway with a room for each run, in front of the demo shop with its laboratory."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    data = tmp_path_factory.mktemp("shop")
    shop = [sys.executable, "-m", "waitroom.demo.shop", "--port", str(port), "--data", str(data)]
    origin = f"http://127.0.0.1:{port}"
    with started([*shop, "--capacity", "0", "--lab"]) as process:
        deadline = time.monotonic() + 30
        while True:
            try:
                httpx.get(f"{origin}/health", trust_env=False)
                break
            except httpx.TransportError:
                assert process.poll() is None
                assert time.monotonic() < deadline
                time.sleep(0.05)
        rooms = [
            RoomOptions(f"load-{name}", rate=240, paths=_paths(name), more=_more(name)) for name in ROOMS
        ]
        rooms[-1] = replace(rooms[-1], rate=0)
        rooms.append(RoomOptions("load-open", mode="pass", paths=_paths("open")))
        trusted = 'trusted_proxies = ["127.0.0.1/32"]'
        with gateway(redis_url, *rooms, origin=origin, more=trusted) as server:
            yield server.url


def _paths(name: str) -> tuple[str, ...]:
    if name == "sale":
        return ()  # the shop itself; the others have a corner of its laboratory
    return (path_of(name), "/lab/ws") if name == "sockets" else (path_of(name),)


def _more(name: str) -> str:
    limit = "\njoin_limit = { per_address = 2, window = '1h' }" if name == "bots" else ""
    return f"burst = '0s'{limit}"


def path_of(name: str) -> str:
    """Where the visitors of that room arrive."""
    return f"/lab/echo/{name}"


@pytest.fixture(scope="session")
def runs(site: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Runs]:
    """All runs of these tests."""
    with ExitStack() as stack:
        found = Runs(site, tmp_path_factory.mktemp("runs"), stack)

        def plan(name: str, scenario: str, *options: str, distributed: bool = False) -> None:
            found.plan(name, scenario, "--path", path_of(name), *options, distributed=distributed)

        found.plan("sale", "flash_sale", "--buy-chance", "1", users=30)
        plan("build", "slow_build")
        plan("returns", "return_visitors", "--return-chance", "1", "--stays", "0.5", "--away", "0.5")
        plan("phones", "sleeping_phones", "--sleepers", "1", "--awake", "0.5", "--asleep", "0.5")
        plan("app", "mobile_app")
        plan("bots", "bots", "--bot-addresses", "1", "--fail-bots", "90")
        plan("inside", "browsing", "--visit-pages", "1000000")
        plan("sockets", "websocket_shop", "--socket-path", "/lab/ws", "--messages", "3")
        plan("crowd", "waiting_crowd", "--sources", "127.0.0.2-127.0.0.4")
        plan("wide", "waiting_crowd", distributed=True)
        plan("shut", "mobile_app")
        plan("open", "browsing")
        plan("strict", "waiting_crowd", "--fail-wait", "0.001")
        crowd = ("--path", path_of("crowd"))
        found.plan_limited("few files", "waiting_crowd", *crowd, "--users", "500", files=256)
        found.plan_limited("few ports", "waiting_crowd", *crowd, "--users", "90000", files=20_000)
        found.plan_limited("nonsense", "waiting_crowd", *crowd, "--fail-wait", "soon", files=1024)
        yield found
