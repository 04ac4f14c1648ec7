"""Twenty thousand visitors who wait on event streams: what each costs the gateway, Redis, and Locust who plays them."""

from __future__ import annotations

import http.client
import json
import subprocess
import sys
import time
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

from redis import Redis

from loadtests.measure.processes import cpu_seconds, family, resident_mb
from loadtests.measure.report import Result
from loadtests.measure.servers import RoomOptions, Server, bare, gateway, redis_server
from waitroom.demo.crowd.protocol import NAVIGATION

TARGET = 20_000
VISITORS, WORKERS = TARGET + 100, 2
"""A few more, for the first are called meanwhile. Two processes of visitors on one core, since a process may
often have no more than 20,000 files open."""
PAGES, AT_ONCE = 3_200, 16
SPAWN_PER_SECOND = 400
SECONDS = 60.0
ROOM = "drop"
_MOST_SECONDS = 240


def measure(visitors: int = VISITORS, seconds: float = SECONDS) -> list[Result]:
    """First some who load the page and go away, then the crowd of ``loadtests/scenarios/waiting_crowd.py``."""
    room = RoomOptions(ROOM, rate=1)
    with (
        redis_server() as redis,
        bare("answer") as shop,
        gateway(redis.url, room, origin=shop.url, workers=WORKERS) as server,
    ):
        page_us = _pages(server)
        quiet_mb, before = _family_mb(server.pid), cpu_seconds(server.pid)
        command = [sys.executable, "-m", "loadtests.run", "waiting_crowd", "--host", server.url]
        size = ["--users", str(visitors), "--spawn-rate", str(SPAWN_PER_SECOND), "--run-time", "1h"]
        more = ["--processes", str(WORKERS), "--sources", "127.0.0.2-127.0.0.17", "--loglevel", "ERROR"]
        one_core = ["taskset", "--cpu-list", "0"]
        with subprocess.Popen(
            [*one_core, *command, *size, *more, "--headless", "--only-summary"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        ) as crowd:
            try:
                _until_joined(server, visitors + PAGES)
                arrived_us = (cpu_seconds(server.pid) - before) / visitors * 1e6
                time.sleep(15)
                found = _cpu(redis.url, server.pid, crowd.pid, seconds)
                gateway_mb, crowd_mb = _family_mb(server.pid) - quiet_mb, _family_mb(crowd.pid)
                waiting = _line(server)["waiting"]
            finally:
                crowd.terminate()
                crowd.wait(60)
    gateway_ms, redis_ms, crowd_ms = (each / visitors / (seconds / 60) * 1e3 for each in found)
    return [
        Result(
            what=f"{visitors:,} simulated visitors waiting on event streams, played by one core",
            target=f"{TARGET:,} from one core",
            measured=f"{waiting:,} waiting; {crowd_ms * visitors / 60_000:.0%} of the core, "
            f"{crowd_mb / visitors * 1e3:.0f} KB each",
            passed=int(str(waiting)) >= TARGET and crowd_ms * visitors / 60_000 < 0.8,
            how=f"waiting_crowd in {WORKERS} processes and a master, kept on one core, {SPAWN_PER_SECOND} a second; "
            f"processor time in the {seconds:.0f} s after all had come, {crowd_ms:.2f} ms a minute for each. The "
            f"gateway ({WORKERS} workers) took {gateway_ms:.2f} ms a minute and {gateway_mb / visitors * 1e3:.1f} KB "
            f"for each, {arrived_us:.0f} µs for each who joined by JSON and opened a stream, {page_us:.0f} µs for each "
            f"of {PAGES:,} before who loaded the page, Redis {redis_ms:.3f} ms a minute.",
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


def _cpu(redis_url: str, gateway_pid: int, crowd_pid: int, seconds: float) -> tuple[float, float, float]:
    """Processor seconds of the gateway, Redis and the crowd, in so many seconds."""

    def now() -> tuple[float, float, float]:
        return cpu_seconds(gateway_pid), redis_cpu(redis_url), cpu_seconds(crowd_pid)

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
