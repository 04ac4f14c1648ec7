"""For how long nobody gets a place when the Redis that has the room's line fails: `python -m loadtests.failover`.

Real servers under sentinels and in a cluster, a gateway with two workers, and a newcomer every 25 ms. The master is
killed, or stopped (SIGSTOP), and the longest time between two places is told, for the default patience of the gateway.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import logging
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path

from tests.faults.site import Site
from tests.faults.wire import CALL, WireError, ask
from tests.redis.servers import Server, running_cluster, running_sentinels

EVERY_SECONDS = 0.025
BEFORE_SECONDS, AFTER_SECONDS = 2.0, 25.0
ENDS: dict[str, Callable[[Server], None]] = {"killed": Server.kill, "frozen": Server.freeze}


async def longest_gap(port: int, fail: Callable[[], None]) -> tuple[float, int]:
    """Seconds between two places around the failure, and how often a number came twice."""
    given: list[tuple[float, int]] = []
    over = asyncio.Event()

    async def come() -> None:
        try:
            told = json.loads((await ask(port, "/health", accept=CALL)).body)
        except (WireError, json.JSONDecodeError):
            return
        if told.get("number"):
            given.append((time.monotonic(), told["number"]))

    async def keep_coming() -> None:
        async with asyncio.TaskGroup() as group:
            while not over.is_set():
                group.create_task(come())
                await asyncio.sleep(EVERY_SECONDS)

    coming = asyncio.create_task(keep_coming())
    await asyncio.sleep(BEFORE_SECONDS)
    fail()
    await asyncio.sleep(AFTER_SECONDS)
    over.set()
    await coming
    at = sorted(moment for moment, _ in given)
    numbers = [number for _, number in given]
    return max(after - before for before, after in pairwise(at)), len(numbers) - len(set(numbers))


@contextmanager
def sentinels(folder: Path, timeout_ms: int) -> Iterator[tuple[str, Server]]:
    """The address, and the master."""
    with running_sentinels(folder, timeout_ms) as watched:
        yield watched.url, watched.master


@contextmanager
def cluster(folder: Path, timeout_ms: int) -> Iterator[tuple[str, Server]]:
    """The address, and the master of the room's shard."""
    with running_cluster(folder, timeout_ms) as nodes:
        yield nodes.url, nodes.master_of("drop")


def main() -> None:
    """Prints a line for each."""
    logging.basicConfig(level=logging.ERROR)
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--timeouts", type=int, nargs="+", default=[1000, 5000], help="milliseconds of the servers'"
    )
    given = parser.parse_args()
    print("servers    their timeout  master  without places  numbers twice")
    for running in (sentinels, cluster):
        for timeout_ms in given.timeouts:
            for name, end in ENDS.items():
                with (
                    tempfile.TemporaryDirectory() as path,
                    running(Path(path) / "redis", timeout_ms) as (url, master),
                ):
                    site = Site(Path(path), "http://127.0.0.1:9", redis_url=url)
                    site.start()
                    try:
                        gap, twice = asyncio.run(longest_gap(site.port, lambda: end(master)))  # noqa: B023
                    finally:
                        site.stop()
                print(
                    f"{running.__name__:10} {timeout_ms / 1000:10.0f} s  {name:7} {gap:12.1f} s {twice:14}",
                    flush=True,
                )


if __name__ == "__main__":
    main()
