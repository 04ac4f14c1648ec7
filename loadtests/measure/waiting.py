"""Twenty thousand visitors who wait on event streams: what each costs the gateway, Redis, and Locust who plays them."""

from __future__ import annotations

import http.client
import json
import os
import sys
import time
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import IO

from redis import Redis

from loadtests.measure.processes import cpu_seconds, family, resident_mb
from loadtests.measure.report import Result
from loadtests.measure.servers import RoomOptions, Server, bare, gateway, redis_server, started
from waitroom.demo.crowd.protocol import NAVIGATION

TARGET = 20_000
VISITORS, WORKERS = TARGET + 100, 2
"""A few more, for the first are called meanwhile. Two processes of visitors, kept on one core, and a gateway for each:
a process often may have no more than 20,000 files open."""
PAGES, AT_ONCE = 3_200, 16
SPAWN_PER_SECOND = 400
SECONDS = 45.0
ROOM = "drop"
_MOST_SECONDS = 240
_ONE_CORE = [
    "taskset",
    "--cpu-list",
    "0",
    sys.executable,
    "-m",
    "loadtests.run",
    "waiting_crowd",
    "--headless",
    "--host",
]


def measure(visitors: int = VISITORS, seconds: float = SECONDS) -> list[Result]:
    """First some who load the page and go away, then the crowd of ``loadtests/scenarios/waiting_crowd.py``."""
    room = RoomOptions(ROOM, rate=1)
    with redis_server() as redis, bare("answer") as shop, ExitStack() as stack:
        servers = [stack.enter_context(gateway(redis.url, room, origin=shop.url)) for _ in range(WORKERS)]
        server, pids = servers[0], [each.pid for each in servers]
        page_us = _pages(server)
        quiet_mb, before = sum(map(_family_mb, pids)), sum(map(cpu_seconds, pids))
        size = ["--users", str(visitors // WORKERS), "--spawn-rate", str(SPAWN_PER_SECOND // WORKERS)]
        more = [
            "--run-time",
            "1h",
            "--sources",
            "127.0.0.2-127.0.0.9",
            "--loglevel",
            "ERROR",
            "--only-summary",
        ]
        crowds = [
            stack.enter_context(
                started([*_ONE_CORE, each.url, *size, *more], stderr=stack.enter_context(_nowhere()))
            )
            for each in servers
        ]
        played_by = [crowd.pid for crowd in crowds]
        _until_joined(server, visitors + PAGES)
        arrived_us = (sum(map(cpu_seconds, pids)) - before) / visitors * 1e6
        time.sleep(15)
        found = _cpu(redis.url, pids, played_by, seconds)
        gateway_mb, crowd_mb = sum(map(_family_mb, pids)) - quiet_mb, sum(map(_family_mb, played_by))
        waiting = _line(server)["waiting"]
    gateway_ms, redis_ms, crowd_ms = (each / visitors / (seconds / 60) * 1e3 for each in found)
    return [
        Result(
            what=f"{visitors:,} simulated visitors waiting on event streams, played by one core",
            target=f"{TARGET:,} from one core",
            measured=f"{waiting:,} waiting; {crowd_ms * visitors / 60_000:.0%} of the core, "
            f"{crowd_mb / visitors * 1e3:.0f} KB each",
            passed=int(str(waiting)) >= TARGET and crowd_ms * visitors / 60_000 < 0.8,
            how=f"waiting_crowd in {WORKERS} processes, kept on one core, {SPAWN_PER_SECOND} a second; processor time "
            f"in the {seconds:.0f} s after all had come, {crowd_ms:.2f} ms a minute for each. The gateways ({WORKERS}, "
            f"of one worker) took {gateway_ms:.2f} ms a minute and {gateway_mb / visitors * 1e3:.1f} KB for each, "
            f"{arrived_us:.0f} µs for each who joined by JSON and opened a stream, {page_us:.0f} µs for each of "
            f"{PAGES:,} before who loaded the page; Redis {redis_ms:.3f} ms a minute.",
            details={
                "visitors": visitors,
                "crowd_ms_per_minute": round(crowd_ms, 3),
                "crowd_kb": round(crowd_mb / visitors * 1e3, 2),
                "gateway_ms_per_minute": round(gateway_ms, 3),
                "gateway_kb": round(gateway_mb / visitors * 1e3, 2),
                "arrival_us": round(arrived_us, 1),
                "page_us": round(page_us, 1),
                "redis_ms_per_minute": round(redis_ms, 4),
            },
        )
    ]


def _pages(server: Server) -> float:
    """Microseconds of processor time for a newcomer's page, with some of them at once."""
    with ThreadPoolExecutor(AT_ONCE) as people:

        def load(count: int) -> None:
            connection = http.client.HTTPConnection(server.host, server.port)
            for _ in range(count):
                connection.request("GET", "/", headers={**NAVIGATION, "Accept-Encoding": "gzip"})
                answer = connection.getresponse()
                answer.read()
                assert answer.status == 503, answer.status
            connection.close()

        half = PAGES // 2 // AT_ONCE
        list(people.map(load, [half] * AT_ONCE))  # these warm it up
        before = cpu_seconds(server.pid)
        list(people.map(load, [half] * AT_ONCE))
        return (cpu_seconds(server.pid) - before) / (half * AT_ONCE) * 1e6


def _nowhere() -> IO[bytes]:
    return Path(os.devnull).open("wb")


def _cpu(
    redis_url: str, gateways: list[int], crowds: list[int], seconds: float
) -> tuple[float, float, float]:
    """Processor seconds of the gateway, Redis and the crowd, in so many seconds."""

    def now() -> tuple[float, float, float]:
        return sum(map(cpu_seconds, gateways)), redis_cpu(redis_url), sum(map(cpu_seconds, crowds))

    before = now()
    time.sleep(seconds)
    gateway_s, redis_s, crowd_s = (after - then for after, then in zip(now(), before, strict=True))
    return gateway_s, redis_s, crowd_s


def redis_cpu(url: str) -> float:
    """The processor seconds that a Redis has taken so far."""
    with Redis.from_url(url) as client:
        said = client.info("cpu")
    assert isinstance(said, dict)
    return float(said["used_cpu_sys"]) + float(said["used_cpu_user"])


def _until_joined(server: Server, issued: int) -> None:
    deadline = time.monotonic() + _MOST_SECONDS
    found = 0
    while found < issued:
        if time.monotonic() > deadline:
            raise TimeoutError(f"{found} of {issued} have joined")
        time.sleep(0.5)
        with suppress(TimeoutError):  # so many at once are more urgent
            found = int(str(_line(server)["issued"]))


def _line(server: Server) -> dict[str, object]:
    with urllib.request.urlopen(f"{server.url}/__waitroom/{ROOM}/line", timeout=20) as answer:
        document: dict[str, object] = json.load(answer)
    return document


def _family_mb(pid: int) -> float:
    return sum(resident_mb(each) for each in family(pid))
