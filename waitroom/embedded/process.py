"""One run of the Redis server: started, waited for, ended."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from enum import Enum, auto
from pathlib import Path

from waitroom.embedded import launcher
from waitroom.embedded.directory import DataDirectory
from waitroom.embedded.pidfile import STOP_SECONDS, hold_pid_file
from waitroom.errors import RedisServerError

_SILENT_SECONDS = 30.0  # for a server that does not even say that it is loading
_POLL_SECONDS = 0.01
_LOG_LINES = 5


class Answer(Enum):
    """What a server says to a PING."""

    READY = auto()
    LOADING = auto()
    SILENT = auto()


def ask(path: Path) -> Answer:
    """PING the server on the socket at ``path``."""
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(2)
        try:
            connection.connect(os.fspath(path))
            connection.sendall(b"PING\r\n")
            said = connection.recv(64)
        except OSError:
            return Answer.SILENT
    if said.startswith(b"+PONG"):
        return Answer.READY
    return Answer.LOADING if said.startswith(b"-LOADING") else Answer.SILENT


class ServerProcess:
    """A server that runs on ``directory``. Raises ``RedisServerError`` when it cannot be started.

    It holds a lock on ``redis.pid`` for as long as it lives, however its gateway ended: the next
    gateway knows by it whether a server was left behind.
    """

    def __init__(self, server: Path, directory: DataDirectory) -> None:
        self._directory = directory
        try:
            self._log_start = directory.log.stat().st_size if directory.log.exists() else 0
            with hold_pid_file(directory.pid_file, directory.socket) as held:
                self._process = _spawn(server, directory, held)
                os.pwrite(held, f"{self._process.pid}\n".encode(), 0)
        except OSError as error:
            raise RedisServerError(f"{server} cannot be started: {error.strerror}") from error

    @property
    def pid(self) -> int:
        """The server's process id."""
        return self._process.pid

    def wait_ready(self) -> None:
        """Return once the server answers, its data loaded. Else raises ``RedisServerError`` with its log."""
        deadline = time.monotonic() + _SILENT_SECONDS
        while True:
            code = self._process.poll()
            if code is not None:
                raise RedisServerError(f"Redis {how_it_ended(code)} at its start{self._last_words()}")
            answer = ask(self._directory.socket)
            if answer is Answer.READY:
                return
            if answer is Answer.LOADING:
                deadline = time.monotonic() + _SILENT_SECONDS
            elif time.monotonic() > deadline:
                raise RedisServerError(
                    f"Redis did not answer for {_SILENT_SECONDS:.0f} s{self._last_words()}"
                )
            time.sleep(_POLL_SECONDS)

    def wait(self) -> int:
        """Wait until the server has ended, and return its exit code (negative: the signal)."""
        return self._process.wait()

    def end(self) -> None:
        """Let the server write its data and end; kill it when it does not."""
        # To Redis a SIGTERM is the command SHUTDOWN.
        end_process(self._process, seconds=STOP_SECONDS)

    def _last_words(self) -> str:
        try:
            with self._directory.log.open("rb") as log:
                log.seek(self._log_start)
                lines = log.read().decode("utf-8", "replace").splitlines()
        except OSError:
            return ""
        told = [line.strip() for line in lines if line.strip()][-_LOG_LINES:]
        return ". It logged:\n" + "\n".join(f"  {line}" for line in told) if told else ""


def end_process(process: subprocess.Popen[bytes], *, seconds: float) -> None:
    """Tell a process to stop, and kill it when it has not within so many seconds."""
    process.terminate()
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def how_it_ended(code: int) -> str:
    """Put an exit code into words."""
    return f"was ended by {signal.Signals(-code).name}" if code < 0 else f"ended with exit code {code}"


def _spawn(server: Path, directory: DataDirectory, held: int) -> subprocess.Popen[bytes]:
    command = [os.fspath(server), *_options(directory)]
    if sys.platform == "linux":
        # The signal comes when the thread that forks ends: the one that calls this must outlive the server.
        command = [sys.executable, "-I", "-S", launcher.__file__, str(os.getpid()), *command]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("WAITROOM_")}
    with directory.log.open("ab") as log:
        return subprocess.Popen(  # noqa: S603 - the server that was found, no shell
            command,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            pass_fds=(held,),
            env=environment | {"LC_ALL": "C"},  # Redis does not start in a locale that is not installed
            start_new_session=True,  # Ctrl-C in the terminal is for the gateway, which still needs its Redis
        )


def _options(directory: DataDirectory) -> list[str]:
    options = {
        "port": "0",
        "unixsocket": os.fspath(directory.socket),
        "unixsocketperm": "700",
        "dir": os.fspath(directory.data),
        "appendonly": "yes",
        "appendfsync": "everysec",
        "save": "",
        "databases": "1",
        "daemonize": "no",
        "supervised": "no",
        "logfile": os.fspath(directory.log),
    }
    return [word for name, value in options.items() for word in (f"--{name}", value)]
