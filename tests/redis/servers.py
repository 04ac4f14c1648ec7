"""Redis as a cluster and under sentinels: real servers, on ports of their own."""

from __future__ import annotations

import shutil
import signal
import socket
import subprocess
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any

from redis import Redis
from redis.exceptions import RedisError

from tests.faults.site import free_port, until
from waitroom.embedded import find_server

NODE_TIMEOUT_MS = 1000
"""After which a node or a sentinel takes a server that is silent for dead."""


class Server:
    """One process that listens on a port."""

    def __init__(
        self, folder: Path, *options: str, port: int | None = None, program: Path | None = None
    ) -> None:
        self.port = port or free_port()
        self.folder = folder
        self._command = [
            str(program or find_server()),
            *options,
            "--port",
            str(self.port),
            "--dir",
            str(folder),
        ]
        self.process: subprocess.Popen[bytes] | None = None

    def __repr__(self) -> str:
        return f"<Server {self.port}>"

    def client(self, **options: Any) -> Redis:
        """A client of this server, whatever its part is."""
        return Redis(port=self.port, socket_timeout=5, decode_responses=True, **options)

    def start(self) -> None:
        """Returns once it answers."""
        self.folder.mkdir(exist_ok=True, parents=True)
        self.process = subprocess.Popen(self._command, stdout=subprocess.DEVNULL)
        until(self._answers, f"{self} does not start")

    def kill(self) -> None:
        """Ends it in the middle of everything."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None

    def revive(self) -> None:
        """It runs, and answers."""
        if self.process is None:
            self.start()
        else:
            self.thaw()
            until(self._answers, f"{self} does not answer")

    def freeze(self) -> None:
        """It keeps its connections, and does nothing."""
        assert self.process is not None
        self.process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """It goes on."""
        assert self.process is not None
        self.process.send_signal(signal.SIGCONT)

    def _answers(self) -> bool:
        try:
            with self.client() as client:
                return bool(client.ping())
        except RedisError:
            return False


class Cluster:
    """Masters with a replica each."""

    def __init__(self, nodes: Sequence[Server]) -> None:
        self.nodes = nodes
        self.url = f"redis+cluster://{','.join(f'127.0.0.1:{node.port}' for node in nodes[:2])}"

    def master_of(self, tag: str) -> Server:
        """The node that has the slot of a hash tag, as the others see it."""
        with self._anyone().client() as client:
            slot = int(client.execute_command("CLUSTER", "KEYSLOT", f"{{{tag}}}"))
            told: Any = client.execute_command("CLUSTER", "SLOTS")
        port = next(of[2][1] for of in told if int(of[0]) <= slot <= int(of[1]))
        return self.at(int(port))

    def tags(self, prefix: str, count: int) -> list[str]:
        """Names whose slots are each at another master."""
        found: dict[int, str] = {}
        for number in range(200):
            found.setdefault(self.master_of(f"{prefix}{number}").port, f"{prefix}{number}")
            if len(found) == count:
                break
        return list(found.values())

    def restore(self) -> None:
        """All nodes run, and know no keys, no scripts and no errors."""
        for node in self.nodes:
            node.revive()
        until(self.is_whole, "the cluster does not become whole")
        for node in self.nodes:
            with node.client() as client:
                client.script_flush()
                client.config_resetstat()
                if client.info("replication")["role"] == "master":
                    client.flushall()

    def at(self, port: int) -> Server:
        """The node with this port."""
        return next(node for node in self.nodes if node.port == port)

    def next_master(self, other: Server) -> Server:
        """Another master."""
        return next(
            node
            for node in self.nodes
            if node is not other and self.info(node, "replication")["role"] == "master"
        )

    @contextmanager
    def moving(self, tag: str, target: Server) -> Iterator[Callable[[], None]]:
        """The slot of a hash tag is on its way to another master, its keys half moved, until what is given is called:
        then it arrives. As `redis-cli --cluster reshard` does it."""
        source = self.master_of(tag)
        with source.client() as there, target.client() as here:
            slot = int(there.execute_command("CLUSTER", "KEYSLOT", f"{{{tag}}}"))
            here.execute_command("CLUSTER", "SETSLOT", slot, "IMPORTING", there.cluster("MYID"))
            there.execute_command("CLUSTER", "SETSLOT", slot, "MIGRATING", here.cluster("MYID"))
            keys = there.execute_command("CLUSTER", "GETKEYSINSLOT", slot, 1000)

            def bring(some: Sequence[str]) -> None:
                if some:
                    there.execute_command("MIGRATE", "127.0.0.1", target.port, "", 0, 5000, "KEYS", *some)

            def arrive() -> None:
                bring(keys[1:])
                for client in (here, there):
                    client.execute_command("CLUSTER", "SETSLOT", slot, "NODE", here.cluster("MYID"))

            bring(keys[:1])
            yield arrive

    def info(self, node: Server, section: str) -> dict[str, Any]:
        """What a node says of itself."""
        with node.client() as client:
            told: dict[str, Any] = client.info(section)
            return told

    def is_whole(self) -> bool:
        """Whether all slots are served, and every master has its replica."""
        try:
            infos = [self.info(node, "replication") for node in self.nodes]
            states = []
            for node in self.nodes:
                with node.client() as client:
                    told: Any = client.execute_command("CLUSTER", "INFO")
                    known: Any = client.execute_command("CLUSTER", "SLOTS")
                    shards = [of for of in known if len(of) > 3]
                    states.append("cluster_state:ok" in str(told) and len(shards) >= 3)
        except RedisError:
            return False
        masters = [info for info in infos if info["role"] == "master"]
        replicas = [info for info in infos if info["role"] == "slave"]
        return (
            all(states)
            and len(masters) == 3
            and all(info["connected_slaves"] == 1 for info in masters)
            and all(info["master_link_status"] == "up" for info in replicas)
        )

    def _anyone(self) -> Server:
        return next(node for node in self.nodes if node.process is not None)


@contextmanager
def running_cluster(folder: Path, timeout_ms: int = NODE_TIMEOUT_MS) -> Iterator[Cluster]:
    """Three masters with a replica each, made by `redis-cli --cluster create`."""
    options = ["--cluster-enabled", "yes", "--cluster-node-timeout", str(timeout_ms)]
    options += ["--cluster-require-full-coverage", "no", "--save", "", "--appendonly", "yes"]
    nodes = [Server(folder / str(index), *options, port=port_with_bus()) for index in range(6)]
    cli = shutil.which("redis-cli") or str(Path(find_server()).with_name("redis-cli"))
    places = [f"127.0.0.1:{node.port}" for node in nodes]
    with ExitStack() as stack:
        for node in nodes:
            stack.callback(node.kill)
            node.start()
        subprocess.run(
            [cli, "--cluster", "create", *places, "--cluster-replicas", "1", "--cluster-yes"],
            check=True,
            stdout=subprocess.DEVNULL,
        )
        cluster = Cluster(nodes)
        until(cluster.is_whole, "the cluster does not form")
        yield cluster


def port_with_bus() -> int:
    """The nodes speak with each other at a port that is 10000 higher: it is free, too."""
    while True:
        port = free_port()
        with socket.socket() as probe, suppress(OSError, OverflowError):
            probe.bind(("", port + 10_000))
            return port


class Watched:
    """A master and its replica, watched by three sentinels."""

    NAME = "line"

    def __init__(self, servers: Sequence[Server], sentinels: Sequence[Server]) -> None:
        self.servers = servers
        self.sentinels = sentinels
        self.url = (
            f"redis+sentinel://{','.join(f'127.0.0.1:{each.port}' for each in sentinels)}/{self.NAME}/0"
        )

    @property
    def master(self) -> Server:
        """Whom the sentinels call the master."""
        anyone = next(each for each in self.sentinels if each.process is not None)
        with anyone.client() as client:
            told: Any = client.execute_command("SENTINEL", "GET-MASTER-ADDR-BY-NAME", self.NAME)
        return next(server for server in self.servers if server.port == int(told[1]))

    def scripts_run(self, server: Server) -> int:
        """The scripts that a server was asked to run since the counts began."""
        with server.client() as client:
            stats: dict[str, Any] = client.info("commandstats")
        return sum(
            int(of["calls"]) for name, of in stats.items() if name in ("cmdstat_evalsha", "cmdstat_eval")
        )

    def is_whole(self) -> bool:
        """Whether the master has its replica, and the sentinels know each other and both."""
        try:
            with self.master.client() as client:
                info: dict[str, Any] = client.info("replication")
            if (
                info["role"] != "master"
                or info["connected_slaves"] != 1
                or info["slave0"]["state"] != "online"
            ):
                return False
            for sentinel in self.sentinels:
                with sentinel.client() as client:
                    told: Any = client.execute_command("SENTINEL", "MASTER", self.NAME)
                seen = (int(told["num-other-sentinels"]), int(told["num-slaves"]), told["flags"])
                if seen != (2, 1, "master"):
                    return False
        except (RedisError, StopIteration):
            return False
        return True


@contextmanager
def running_sentinels(folder: Path, timeout_ms: int = NODE_TIMEOUT_MS) -> Iterator[Watched]:
    """One master, one replica, three sentinels with a quorum of two."""
    options = ("--save", "", "--appendonly", "yes", "--repl-diskless-sync-delay", "0")
    master = Server(folder / "a", *options)
    replica = Server(folder / "b", *options, "--replicaof", f"127.0.0.1 {master.port}")
    with ExitStack() as stack:
        for server in (master, replica):
            stack.callback(server.kill)
            server.start()
        sentinels = [_sentinel(folder / f"sentinel-{index}", master, timeout_ms) for index in range(3)]
        for sentinel in sentinels:
            stack.callback(sentinel.kill)
            sentinel.start()
        watched = Watched((master, replica), sentinels)
        until(watched.is_whole, "the sentinels do not find each other")
        yield watched


def _sentinel(folder: Path, master: Server, timeout_ms: int) -> Server:
    folder.mkdir(parents=True)
    config = folder / "sentinel.conf"
    config.write_text(
        f"sentinel monitor {Watched.NAME} 127.0.0.1 {master.port} 2\n"
        f"sentinel down-after-milliseconds {Watched.NAME} {timeout_ms}\n"
        f"sentinel failover-timeout {Watched.NAME} 5000\n"
    )
    return Server(folder, str(config), "--sentinel")
