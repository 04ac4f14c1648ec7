"""What all tests share: real servers, started once and emptied between tests."""

from __future__ import annotations

import subprocess
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path

import hypothesis
import pytest
from redis import Redis as BlockingRedis
from redis.asyncio import Redis

from waitroom.embedded import find_server

# a busy machine is no finding
hypothesis.settings.register_profile("waitroom", deadline=None)
hypothesis.settings.load_profile("waitroom")


WAITING = (
    "faults",
    "redis",
    "hosts",
    "loadtests",
    "browser",
    "transparency",
    "contract",
    "privacy",
    "reminders",
    "demo",
)
"""Folders whose tests mostly wait for servers, browsers and clocks. They come first: where several files are tested at
a time, what is left for the end is quick, and nobody waits for one file."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Has the slow folders tested first."""
    tests = Path(__file__).parent
    places = {name: place for place, name in enumerate(WAITING)}
    items.sort(key=lambda item: places.get(item.path.relative_to(tests).parts[0], len(places)))


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    """The gateway runs on asyncio."""
    return "asyncio"


@contextmanager
def running_redis() -> Iterator[str]:
    """The address of a real Redis that is empty at first."""
    with tempfile.TemporaryDirectory(prefix="waitroom-test-") as folder:
        path = Path(folder) / "redis.sock"
        server = subprocess.Popen(
            [find_server(), "--port", "0", "--unixsocket", path, "--save", "", "--dir", folder],
            stdout=subprocess.DEVNULL,
        )
        try:
            with BlockingRedis(unix_socket_path=str(path)) as client:
                for _ in range(200):
                    if path.exists() and client.ping():
                        break
                    time.sleep(0.02)
            yield f"unix://{path}"
        finally:
            server.terminate()
            server.wait()


@pytest.fixture(scope="session")
def redis_url() -> Iterator[str]:
    """A Redis for gateways that run through many tests: nobody empties it."""
    with running_redis() as url:
        yield url


@pytest.fixture(scope="session")
def scratch_url() -> Iterator[str]:
    """A Redis that tests empty as they like."""
    with running_redis() as url:
        yield url


@pytest.fixture
async def redis(scratch_url: str) -> AsyncIterator[Redis]:
    """A client of an empty Redis."""
    client = Redis.from_url(scratch_url)
    await client.flushall()
    yield client
    await client.aclose()
