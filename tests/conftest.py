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


SLOW = (
    "faults",
    "redis",
    "hosts",
    "loadtests",
    "browser",
    "transparency",
    "contract",
    "admin/pages",
    "cli",
    "privacy",
    "reminders",
    "websockets",
    "demo",
)
"""Folders whose tests take long: they wait for servers and clocks, or keep browsers busy."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Has the slow folders tested first, a file of each in turn: where several files are tested at a time, some wait
    while others are busy, and what is left for the end is quick."""
    tests = Path(__file__).parent
    files: dict[str, list[Path]] = {folder: [] for folder in SLOW}

    def folder_of(path: Path) -> str | None:
        inside = f"{path.relative_to(tests)}"
        return next((folder for folder in SLOW if inside.startswith(f"{folder}/")), None)

    for path in dict.fromkeys(item.path for item in items):
        if (folder := folder_of(path)) is not None:
            files[folder].append(path)
    turns = {path: at / len(paths) for paths in files.values() for at, path in enumerate(paths)}
    items.sort(key=lambda item: turns.get(item.path, 1.0))


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
