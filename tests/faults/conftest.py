"""The shop, once; a gateway for each test, and the crowd in front of it."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.faults.checks import RATE, Scene
from tests.faults.crowd import Crowd, crowd_at
from tests.faults.redis_server import RedisServer
from tests.faults.site import Site, free_port

# processes are found and limited by what Linux knows of them
collect_ignore_glob = [] if sys.platform == "linux" else ["test_*.py"]
INSIDE = 5
WAITING = 195


@pytest.fixture(scope="session")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a real shop."""
    port = free_port()
    folder = tmp_path_factory.mktemp("shop")
    command = [sys.executable, "-m", "waitroom.demo.shop", "--port", str(port), "--capacity", "0"]
    process = subprocess.Popen([*command, "--data", str(folder)])
    yield f"http://127.0.0.1:{port}"
    process.terminate()
    process.wait(10)


@pytest.fixture
async def scene(tmp_path: Path, shop: str) -> AsyncIterator[Scene]:
    """A gateway with its own Redis and its crowd, before anything happens."""
    with running(Site(tmp_path, shop)) as site:
        async with crowd_at(site.port) as crowd:
            yield await set_scene(site, crowd)


@pytest.fixture
def redis_server(tmp_path: Path) -> Iterator[RedisServer]:
    """A Redis that is not the gateway's: nobody starts it again."""
    server = RedisServer(tmp_path / "redis")
    try:
        server.start()
        yield server
    finally:
        server.kill()


@pytest.fixture
async def scene_apart(tmp_path: Path, shop: str, redis_server: RedisServer) -> AsyncIterator[Scene]:
    """The same in front of ``redis_server``."""
    with running(Site(tmp_path, shop, redis_url=redis_server.url)) as site:
        async with crowd_at(site.port) as crowd:
            yield await set_scene(site, crowd)


@contextmanager
def running(site: Site) -> Iterator[Site]:
    """The gateway runs until the block ends, and has no reason to complain of itself."""
    try:
        site.start()
        yield site
    finally:
        site.stop()
    assert "Traceback" not in site.said(), site.said()


async def set_scene(site: Site, crowd: Crowd, waiting: int = WAITING) -> Scene:
    """Lets the first five in, and everyone else wait."""
    await site.turn(RATE)
    inside = await crowd.arrive(INSIDE)
    await crowd.all_inside()
    await site.turn(0)
    line = await crowd.arrive(waiting)
    assert line == await crowd.in_order(), "places follow the order of arrival"
    return Scene(site, crowd, inside)
