"""The pid file of the embedded Redis: locked for as long as that server lives.

The server inherits the lock, so it says for certain whether one is still there, whatever became of its
gateway. A process id alone would not: it may be somebody else's by now.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import signal
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from waitroom.errors import RedisServerError

STOP_SECONDS = 10.0
"""How long a server gets to write its data and end, before it is killed."""

_KILLED_SECONDS = 5.0
_POLL_SECONDS = 0.01


@contextmanager
def hold_pid_file(path: Path, server_socket: Path) -> Iterator[int]:
    """Lock the pid file at ``path`` and hand out its descriptor, for a server to inherit.

    A server that was left behind, listening on ``server_socket``, is ended first. Raises
    ``RedisServerError`` when it does not end.
    """
    held = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        if not _locked(held, seconds=0):
            _end_left_behind(held, server_socket)
        os.ftruncate(held, 0)
        yield held
    finally:
        os.close(held)


def _end_left_behind(held: int, server_socket: Path) -> None:
    written = os.pread(held, 20, 0).strip()
    for number, seconds in ((signal.SIGTERM, STOP_SECONDS), (signal.SIGKILL, _KILLED_SECONDS)):
        # Where nobody listens, the lock is held by a child of a dead server that finishes a file,
        # and the number in the file may be somebody else's by now.
        if written.isdigit() and _is_listening(server_socket):
            with contextlib.suppress(ProcessLookupError):
                os.kill(int(written), number)
        if _locked(held, seconds=seconds):
            return
    raise RedisServerError(
        f"a Redis that was left behind (pid {written.decode('ascii', 'replace') or 'unknown'}) "
        "still uses data_dir and does not end; stop it"
    )


def _is_listening(path: Path) -> bool:
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(2)
        try:
            connection.connect(os.fspath(path))
        except OSError:
            return False
    return True


def _locked(held: int, *, seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while True:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= deadline:
                return False
            time.sleep(_POLL_SECONDS)
        else:
            return True
