"""What `waitroom check` says of the Redis that the address names."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.faults.site import free_port
from tests.redis.servers import Cluster, Server, Watched
from waitroom.assembly.redis import connect
from waitroom.redis.address import RedisAddress
from waitroom.redis.examining import Examined, examine
from waitroom.settings import RedisSettings

pytestmark = pytest.mark.anyio


@pytest.fixture(scope="module")
def single(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One server, with a user who may do nothing."""
    server = Server(tmp_path_factory.mktemp("single"), "--save", "")
    try:
        server.start()
        with server.client() as client:
            client.execute_command("ACL", "SETUSER", "nobody", "on", ">p", "~*", "+info")
        yield server
    finally:
        server.kill()


async def found_at(url: str) -> Examined:
    """What is found at an address."""
    redis = connect(url, RedisSettings(redis_url=url, redis_timeout=20))
    try:
        return await examine(redis, RedisAddress.parse(url))
    finally:
        await redis.aclose()


async def test_a_cluster(cluster: Cluster) -> None:
    """How many nodes it has; what is doubtful; and its node under a plain address is no server of its own."""
    found = await found_at(cluster.url)
    assert () == found.faults
    assert found.name.endswith(", a cluster of 3 master(s) and 3 replica(s)")
    assert ["min-replicas-to-write is 0"] == [doubt.partition(":")[0] for doubt in found.doubts]
    for port in (cluster.nodes[0].port, cluster.nodes[5].port):
        node = await found_at(f"redis://127.0.0.1:{port}")
        expected = "redis_url: this is a node of a cluster: name it as redis+cluster://host:port"
        assert (expected,) == node.faults


async def test_sentinels(watched: Watched) -> None:
    """Whom they watch; a name that they do not know; one of them, or the replica, under a plain address."""
    found = await found_at(watched.url)
    assert () == found.faults
    assert found.name.endswith(", the master 'line' of 3 sentinel(s), 1 replica(s)")
    (wrong,) = (await found_at(watched.url.replace("/line/", "/lime/"))).faults
    assert "redis_url: no sentinel knows a master 'lime' that is up" in wrong
    sentinel = watched.sentinels[0].port
    replica = next(server.port for server in watched.servers if server is not watched.master)
    for port, expected in ((sentinel, "this is a sentinel: name it as"), (replica, "this is a replica")):
        (fault,) = (await found_at(f"redis://127.0.0.1:{port}")).faults
        assert expected in fault


async def test_a_single_server(single: Server) -> None:
    """A wrong scheme, a wrong password, a right that is missing, a port where nobody is."""
    port = single.port
    wrong = {
        f"redis+cluster://127.0.0.1:{port}": "cluster support disabled",
        f"redis+sentinel://127.0.0.1:{port}/line": "this is no sentinel: name it as redis://host:port/0",
        f"redis://nobody:q@127.0.0.1:{port}": "the name or the password is wrong",
        f"redis://nobody:p@127.0.0.1:{port}": "the user lacks a right (docs/redis.md lists them)",
        f"redis+cluster://127.0.0.1:{free_port()}": "no node of the cluster answers: 127.0.0.1",
    }
    for url, expected in wrong.items():
        (fault,) = (await found_at(url)).faults
        assert expected in fault
    (doubt,) = (await found_at(f"redis://127.0.0.1:{port}")).doubts
    assert "appendonly is no" in doubt
