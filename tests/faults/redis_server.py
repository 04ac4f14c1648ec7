"""A Redis as somebody else runs it."""

from __future__ import annotations

import resource
import signal
import subprocess
from pathlib import Path
from urllib.parse import quote

from redis import Redis
from redis.exceptions import RedisError

from tests.faults.site import until
from waitroom.embedded import find_server


class RedisServer:
    """A server with an append-only file that can be killed, started again, and made to refuse writes."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir()
        self._folder = folder
        self._socket = folder / "redis.sock"
        self.url = f"unix://{quote(str(self._socket))}"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Returns once it answers."""
        options = {"port": "0", "unixsocket": str(self._socket), "save": "", "appendonly": "yes"}
        words = [word for name, value in options.items() for word in (f"--{name}", value)]
        self._process = subprocess.Popen(
            [str(find_server()), *words, "--dir", str(self._folder)],
            stdout=subprocess.DEVNULL,
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

    def demand_replicas(self, count: int) -> None:
        """It writes only while so many replicas follow."""
        with Redis.from_url(self.url) as client:
            client.config_set("min-replicas-to-write", count)

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
