"""One cluster and one set of sentinels for all tests, whole again before each; and scenes in front of them."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from tests.faults.checks import Scene
from tests.faults.conftest import running, set_scene
from tests.faults.conftest import shop as shop
from tests.faults.crowd import crowd_at
from tests.faults.site import Site, until
from tests.redis.servers import Cluster, Server, Watched, running_cluster, running_sentinels

# processes are found and stopped by what Linux knows of them
collect_ignore_glob = [] if sys.platform == "linux" else ["test_*.py"]
WAITING = 45
PATIENT = 'redis_timeout = "20s"'
"""On a busy machine a server that is well may take its time."""
BESIDE = """
[[rooms]]
name = "{name}"
mode = "queue"
rate = 0
paths = ["/beside"]
"""
"""A room whose line nobody leaves, on another shard than the one that matters."""


@pytest.fixture(scope="session")
def one_cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """The cluster, as the last test left it."""
    with running_cluster(tmp_path_factory.mktemp("cluster")) as cluster:
        yield cluster


@pytest.fixture
def cluster(one_cluster: Cluster) -> Cluster:
    """Three masters with a replica each, empty."""
    one_cluster.restore()
    return one_cluster


@pytest.fixture(scope="session")
def all_watched(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Watched]:
    """The servers and their sentinels, as the last test left them."""
    with running_sentinels(tmp_path_factory.mktemp("sentinels")) as watched:
        yield watched


@pytest.fixture
def watched(all_watched: Watched) -> Watched:
    """A master with its replica, empty, and three sentinels."""
    for server in (*all_watched.servers, *all_watched.sentinels):
        server.revive()
    until(all_watched.is_whole, "master, replica and sentinels do not find each other")
    with all_watched.master.client() as client:
        client.flushall()
    return all_watched


@pytest.fixture
async def watched_scene(tmp_path: Path, shop: str, watched: Watched) -> AsyncIterator[Scene]:
    """A gateway and its crowd in front of the watched master."""
    with running(Site(tmp_path, shop, redis_url=watched.url)) as site:
        async with crowd_at(site.port) as crowd:
            yield await set_scene(site, crowd, WAITING)


@pytest.fixture
def beside(cluster: Cluster) -> str:
    """The name of a room whose keys are on another shard than those of the room `drop`."""
    of_drop = cluster.master_of("drop")
    return next(name for name in (f"beside{n}" for n in range(99)) if cluster.master_of(name) != of_drop)


@pytest.fixture
async def sharded_scene(tmp_path: Path, shop: str, cluster: Cluster, beside: str) -> AsyncIterator[Scene]:
    """A gateway and its crowd in front of the cluster, with a room on another shard."""
    room = BESIDE.format(name=beside)
    with running(Site(tmp_path, shop, redis_url=cluster.url, more=PATIENT, beside=room)) as site:
        async with crowd_at(site.port) as crowd:
            yield await set_scene(site, crowd, WAITING)


@pytest.fixture
def frozen(tmp_path: Path) -> Iterator[Server]:
    """One server, to be frozen."""
    server = Server(tmp_path / "redis", "--save", "")
    try:
        server.start()
        yield server
    finally:
        server.kill()


@pytest.fixture
async def frozen_scene(tmp_path: Path, shop: str, frozen: Server) -> AsyncIterator[Scene]:
    """A gateway and its crowd in front of it."""
    with running(Site(tmp_path, shop, redis_url=f"redis://127.0.0.1:{frozen.port}/0")) as site:
        async with crowd_at(site.port) as crowd:
            yield await set_scene(site, crowd, WAITING)
