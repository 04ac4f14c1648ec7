"""The folder that a gateway keeps its data in: made ready, and taken for one gateway alone."""

from __future__ import annotations

import fcntl
import hashlib
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from waitroom.errors import RedisServerError

_LONGEST_SOCKET_BYTES = 103  # Linux allows 107, macOS 103; a Redis that cannot bind says little about why
_LARGEST_LOG_BYTES = 1_000_000


class DataDirectory:
    """Where the embedded Redis keeps what: data, log, socket, and the locks."""

    def __init__(self, path: Path) -> None:
        self.path = Path(os.path.abspath(path))  # noqa: PTH100 - resolve() would follow links
        self.data = self.path / "redis"
        self.log = self.path / "redis.log"
        self.pid_file = self.path / "redis.pid"
        self._lock: int | None = None

    @property
    def socket(self) -> Path:
        """The unix socket: here, or in a short folder of this user's where this path is too long for one."""
        here = self.path / "redis.sock"
        name = os.fsencode(here)
        if len(name) <= _LONGEST_SOCKET_BYTES and _is_unicode(name):
            return here
        # The same name each time, so that a Redis that was left behind can be found again.
        short = hashlib.sha256(os.fsencode(self.path)).hexdigest()[:16]
        return Path(tempfile.gettempdir(), f"waitroom-{os.getuid()}-{short}", "redis.sock")

    def take(self) -> None:
        """Make the folders and lock them against a second gateway. Raises ``RedisServerError``."""
        with self._explained():
            self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
            self.data.mkdir(mode=0o700, exist_ok=True)
            lock = os.open(self.path / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            self._lock_alone(lock)
            with self._explained():
                self._try_writing()
                self._make_socket_folder()
                self._rotate_log()
        except BaseException:
            os.close(lock)
            raise
        self._lock = lock

    def release(self) -> None:
        """Let the next gateway have the folder."""
        if self._lock is not None:
            if self.socket.parent != self.path:
                with suppress(OSError):
                    self.socket.parent.rmdir()
            os.close(self._lock)
            self._lock = None

    def _lock_alone(self, lock: int) -> None:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = os.pread(lock, 20, 0).decode("ascii", "replace").strip() or "unknown"
            raise RedisServerError(
                f"another waitroom (pid {holder}) already uses {self.path}; stop it or set data_dir"
            ) from None
        with self._explained():
            os.ftruncate(lock, 0)
            os.pwrite(lock, f"{os.getpid()}\n".encode(), 0)

    def _try_writing(self) -> None:
        # On a full disk Redis could not even log why it gives up.
        with tempfile.TemporaryFile(dir=self.data) as probe:
            probe.write(bytes(64 * 1024))
            probe.flush()
            os.fsync(probe.fileno())

    def _make_socket_folder(self) -> None:
        folder = self.socket.parent
        if folder == self.path:
            return
        if len(os.fsencode(self.socket)) > _LONGEST_SOCKET_BYTES:
            raise RedisServerError(f"{self.socket} is too long for a socket; set a shorter data_dir")
        folder.mkdir(mode=0o700, exist_ok=True)
        found = folder.lstat()
        if found.st_uid != os.getuid() or found.st_mode & 0o077 or folder.is_symlink():
            raise RedisServerError(f"{folder} belongs to somebody else; remove it or set a shorter data_dir")

    def _rotate_log(self) -> None:
        if self.log.exists() and self.log.stat().st_size > _LARGEST_LOG_BYTES:
            self.log.replace(self.log.with_suffix(".log.1"))

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise RedisServerError(
                f"data_dir {self.path} cannot be used: {error.strerror}; set data_dir to a folder "
                "that can be written to, or set redis_url"
            ) from error


def _is_unicode(name: bytes) -> bool:
    try:
        name.decode()
    except UnicodeDecodeError:
        return False
    return True
