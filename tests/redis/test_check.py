"""`waitroom check` says what is wrong with the Redis that the address names."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.site import free_port
from tests.redis.servers import Cluster, Server, Watched


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


def check(folder: Path, redis_url: str) -> list[str]:
    """What is said of Redis."""
    config = folder / "w.toml"
    config.write_text(f'redis_url = "{redis_url}"\nredis_timeout = "20s"\n')
    command = [sys.executable, "-m", "waitroom", "check", "--config", str(config)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    return [line for line in done.stdout.splitlines() if "redis: " in line]


def test_a_cluster(tmp_path: Path, cluster: Cluster) -> None:
    """How many nodes it has; what is doubtful; and its node under a plain address is no server of its own."""
    found, *doubts = check(tmp_path, cluster.url)
    assert found.startswith("ok    redis: Redis ")
    assert found.endswith(", a cluster of 3 master(s) and 3 replica(s)")
    assert ["doubt redis: min-replicas-to-write is 0"] == [":".join(doubt.split(":")[:2]) for doubt in doubts]
    for port in (cluster.nodes[0].port, cluster.nodes[5].port):
        assert [
            "WRONG redis: redis_url: this is a node of a cluster: name it as redis+cluster://host:port"
        ] == [line for line in check(tmp_path, f"redis://127.0.0.1:{port}") if line.startswith("WRONG")]


def test_sentinels(tmp_path: Path, watched: Watched) -> None:
    """Whom they watch; a name that they do not know; one of them, or the replica, under a plain address."""
    found, *_ = check(tmp_path, watched.url)
    assert found.endswith(", the master 'line' of 3 sentinel(s), 1 replica(s)")
    (wrong,) = check(tmp_path, watched.url.replace("/line/", "/lime/"))
    assert "WRONG redis: redis_url: no sentinel knows a master 'lime' that is up" in wrong
    sentinel = watched.sentinels[0].port
    replica = next(server.port for server in watched.servers if server is not watched.master)
    for port, expected in ((sentinel, "this is a sentinel: name it as"), (replica, "this is a replica")):
        assert expected in check(tmp_path, f"redis://127.0.0.1:{port}")[0]


def test_a_single_server(tmp_path: Path, single: Server) -> None:
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
        (line,) = check(tmp_path, url)
        assert line.startswith("WRONG redis: ")
        assert expected in line
    assert "doubt redis: appendonly is no" in check(tmp_path, f"redis://127.0.0.1:{port}")[1]
