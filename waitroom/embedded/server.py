"""The embedded Redis as the gateway sees it: started, watched over, stopped."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import quote

from waitroom.embedded.directory import DataDirectory
from waitroom.embedded.finding import find_server, server_version
from waitroom.embedded.process import ServerProcess, how_it_ended
from waitroom.errors import RedisServerError

_FIRST_PAUSE_SECONDS = 0.1
_LONGEST_PAUSE_SECONDS = 5.0
_STEADY_SECONDS = 60.0  # a server that ran this long failed for a new reason

log = logging.getLogger("waitroom.redis")


class EmbeddedRedis:
    """A Redis server that lives and dies with the gateway, on a unix socket in ``data_dir``.

    Started once, in the process that starts the workers. It is restarted when it dies, with all that it had
    written to its append-only file (at most the last second is missing), and ends with the gateway however
    that ends. ``find`` tells which server to run.
    """

    def __init__(self, data_dir: Path, *, find: Callable[[], Path] = find_server) -> None:
        self._directory = DataDirectory(data_dir)
        self._find = find
        self._guard = threading.Lock()  # for _process and _stopping: none is started once we stop
        self._process: ServerProcess | None = None
        self._stopping = threading.Event()
        self._started = threading.Event()
        self._failure: RedisServerError | None = None
        self._watcher: threading.Thread | None = None

    def __repr__(self) -> str:
        pid = self.pid
        state = "stopped" if pid is None else f"running, pid {pid}"
        return f"<EmbeddedRedis {self._directory.path} {state}>"

    @property
    def url(self) -> str:
        """The address for Redis clients: ``unix://…``."""
        return f"unix://{quote(str(self._directory.socket))}"

    @property
    def pid(self) -> int | None:
        """The server's process id; ``None`` while there is none."""
        process = self._process
        return None if process is None else process.pid

    def start(self) -> None:
        """Start the server, and return once it answers.

        Raises ``RedisServerError`` when there is no server to start, when another gateway uses the
        directory, and when the server does not come up: then with the last lines of its log.
        """
        self._directory.take()
        try:
            server = self._find()
            self._check_format(server)
            self._stopping.clear()
            self._started.clear()
            self._failure = None
            # Linux ends the server when the thread that started it ends, so one thread does all the starting.
            self._watcher = threading.Thread(
                target=self._watch, args=(server,), name="waitroom-redis", daemon=True
            )
            self._watcher.start()
            self._wait_started()
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """End the server with its data written, within seconds, and let go of the directory."""
        with self._guard:
            self._stopping.set()
            process = self._process
        if process is not None:
            process.end()
        if self._watcher is not None:
            self._watcher.join()
            self._watcher = None
        self._directory.release()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _wait_started(self) -> None:
        self._started.wait()
        if self._failure is not None:
            raise self._failure

    def _watch(self, server: Path) -> None:
        pause = _FIRST_PAUSE_SECONDS
        while not self._stopping.is_set():
            began = time.monotonic()
            try:
                told = self._run(server)
            except RedisServerError as error:
                if not self._started.is_set():
                    self._failure = error
                    break
                told = str(error)
            if self._stopping.is_set():
                break
            if time.monotonic() - began > _STEADY_SECONDS:
                pause = _FIRST_PAUSE_SECONDS
            log.error("starting Redis again in %.1f s: %s", pause, told)
            self._stopping.wait(pause)
            pause = min(2 * pause, _LONGEST_PAUSE_SECONDS)
        self._started.set()

    def _run(self, server: Path) -> str:
        """Run the server until it ends, and tell how it did."""
        with self._guard:
            if self._stopping.is_set():
                return ""
            process = self._process = ServerProcess(server, self._directory)
        try:
            process.wait_ready()
            log.info("Redis runs (pid %d, %s)", process.pid, self.url)
            self._started.set()
            return f"Redis (pid {process.pid}) {how_it_ended(process.wait())}"
        finally:
            process.end()
            self._process = None

    def _check_format(self, server: Path) -> None:
        version = server_version(server)
        # Redis 6 would not see the files of a later one, and start empty.
        if version.major < 7 and (self._directory.data / "appendonlydir").exists():
            raise RedisServerError(
                f"{self._directory.data} was written by Redis 7 or later, and {version} cannot read it; "
                "install that one again, or set another data_dir"
            )
