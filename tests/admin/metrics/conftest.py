"""A site whose workers have counted this and that."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable

import pytest
from redis.asyncio import Redis

from admin.metrics.site import Site
from waitroom.line.memory import GENERAL
from waitroom.line.room import Room
from waitroom.line.rules import Mode, Rules
from waitroom.telemetry.counters import Counters
from waitroom.telemetry.families import NO_ROOM, PAGE, VISIT
from waitroom.telemetry.reading import Reader
from waitroom.telemetry.source import Source
from waitroom.telemetry.telling import Telling

Promtool = Callable[..., subprocess.CompletedProcess[bytes]]


@pytest.fixture
async def site(redis: Redis) -> Site:
    """Three rooms, one with lanes in which two wait, and one worker, which is alive."""
    drop = Room("drop", redis, Rules(rate=120, capacity=50, mode=Mode.QUEUE), lanes=(GENERAL, "members"))
    other = Room("late-sale", redis, Rules(mode=Mode.PAUSE))
    idle = Room("idle", redis, Rules())
    for room in (drop, other, idle):
        await room.start()
    await drop.join()
    await drop.join("members")
    await drop.change({"rate": "0"}, who="test")
    await drop.start()
    counted = Counters()
    counted[PAGE] += 3
    counted[VISIT] += 4
    for status, seconds in ((200, 0.004), (200, 0.05), (503, 2.0), (101, None)):
        counted.answered(status, seconds)
    counted.joined("general", admitted=False)
    sources = [Source("drop", counted.summed_up, lambda: 2), Source("late-sale", dict, lambda: 0)]
    await Telling(redis, [*sources, Source(NO_ROOM, lambda: {VISIT: 9})], lambda: 5).tell()
    reading = await Reader(redis, ["drop", "late-sale"]).read()
    return Site((drop, other, idle), reading, is_redis_up=True)


@pytest.fixture(scope="session")
def promtool() -> Promtool:
    """``promtool(*arguments, given=b"")``: Prometheus' own tool."""
    found = shutil.which("promtool")
    if found is None:
        pytest.skip("there is no promtool here")

    def run(*arguments: str, given: bytes = b"") -> subprocess.CompletedProcess[bytes]:
        return subprocess.run([found, *arguments], input=given, capture_output=True, timeout=60)

    return run
