"""A Redis as somebody else runs it."""

from __future__ import annotations

import os
import resource
import shutil
import signal
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from urllib.parse import quote

from redis import Redis
from redis.exceptions import RedisError

from tests.faults.site import NOTHING_MORE, free_port, until
from waitroom.embedded import find_server


class RedisServer:
    """A server with an append-only file that can be killed, started again, and made to refuse writes."""

    def __init__(
        self,
        folder: Path,
        environment: Mapping[str, str] = NOTHING_MORE,
        *,
        address: str = "",
        run: Sequence[str] = (),
        program: str = "",
    ) -> None:
        """``program`` is another server than the usual one. ``run`` stands before the command, to run it elsewhere; it
        listens at ``address`` then, too."""
        folder.mkdir()
        self._environment = {**os.environ, **environment}
        self._folder = folder
        self._run = [*run, program or str(find_server())]
        self._options = {"port": "0"}
        if address:
            self._options = {"port": str(free_port()), "bind": address, "protected-mode": "no"}
        self.tcp_url = f"redis://{address}:{self._options['port']}/0"
        self._socket = folder / "redis.sock"
        self.url = f"unix://{quote(str(self._socket))}"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Returns once it answers."""
        options = {**self._options, "unixsocket": str(self._socket), "save": "", "appendonly": "yes"}
        words = [word for name, value in options.items() for word in (f"--{name}", value)]
        self._process = subprocess.Popen(
            [*self._run, *words, "--dir", str(self._folder)],
            stdout=subprocess.DEVNULL,
            env=self._environment,
            restore_signals=False,  # a write beyond the limit is then an error, as on a full disk, and no signal
        )
        until(self._answers, "Redis does not start")

    def freeze(self) -> None:
        """It takes connections and commands, and answers none."""
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """It goes on."""
        assert self._process is not None
        self._process.send_signal(signal.SIGCONT)

    def kill(self) -> None:
        """Ends it in the middle of everything."""
        assert self._process is not None
        self._process.kill()
        self._process.wait()

    def restart(self) -> None:
        """It dies, and comes back with what its append-only file has."""
        self.kill()
        self.start()

    def remember(self) -> None:
        """What its append-only file has now is kept aside, for :meth:`lose_since`."""
        shutil.copytree(self._folder / "appendonlydir", self._folder / "before")

    def lose_since(self) -> None:
        """It dies, and comes back without what it was told since :meth:`remember`: as after a crash of the machine with
        `appendfsync everysec`, or a failover to a replica that was behind."""
        self.kill()
        shutil.rmtree(self._folder / "appendonlydir")
        (self._folder / "before").rename(self._folder / "appendonlydir")
        self.start()

    def wipe(self) -> None:
        """It loses everything, and the record with it."""
        self.do("FLUSHALL")

    def fill_memory(self) -> None:
        """It has no memory left."""
        self.do("CONFIG", "SET", "maxmemory", "1")

    def free_memory(self) -> None:
        """It has as much as it likes."""
        self.do("CONFIG", "SET", "maxmemory", "0")

    def only_read(self) -> None:
        """It becomes the replica of a server that is not there, as a master that was told that it is none any more."""
        self.do("REPLICAOF", "127.0.0.1", "1")

    def write_again(self) -> None:
        """It is a master again."""
        self.do("REPLICAOF", "NO", "ONE")

    def do(self, *words: str) -> object:
        """One command of somebody with a client of their own."""
        with Redis.from_url(self.url) as client:
            answer: object = client.execute_command(*words)
        return answer

    def demand_replicas(self, count: int) -> None:
        """It writes only while so many replicas follow."""
        self.do("CONFIG", "SET", "min-replicas-to-write", str(count))

    def fill_disk(self) -> None:
        """Its files can grow no more."""
        self._limit_files(1)

    def free_disk(self) -> None:
        """They can grow again."""
        self._limit_files(resource.RLIM_INFINITY)

    def _limit_files(self, size: int) -> None:
        assert self._process is not None
        _, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.prlimit(self._process.pid, resource.RLIMIT_FSIZE, (size, hard))

    def _answers(self) -> bool:
        try:
            with Redis.from_url(self.url) as client:
                return bool(client.ping())
        except RedisError:
            return False
