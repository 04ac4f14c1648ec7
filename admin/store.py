"""What the console itself keeps: one SQLite file, which is there when Redis is not."""

from __future__ import annotations

import asyncio
import logging
import sqlite3
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import TypeVar

from waitroom.errors import WaitroomError

T = TypeVar("T")

FILE_NAME = "console.db"
BUSY_SECONDS = 5.0
"""How long a command that writes beside the console waits for it, and the other way round."""


logger = logging.getLogger("waitroom.console")


class StoreError(WaitroomError):
    """The console's file cannot be read or written: says why."""


class Store:
    """The file, used by one thread of its own: calls are made one after the other, and none blocks the loop.

    Each module keeps tables of its own, and prepares them with :meth:`prepare` before it uses them.
    """

    def __init__(self, data_dir: Path) -> None:
        self.path = data_dir / FILE_NAME
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="console-store")
        self._db: sqlite3.Connection | None = None

    def __repr__(self) -> str:
        return f"<Store {self.path.name}{'' if self._db else ', not open'}>"

    def prepare(self, schema: str) -> None:
        """Makes the tables of a module where they are missing. Raises :class:`StoreError`."""
        self.call(lambda db: db.executescript(schema))

    def call(self, act: Callable[[sqlite3.Connection], T]) -> T:
        """What ``act`` makes of the connection, in one transaction. Blocks. Raises :class:`StoreError`."""
        return self._thread.submit(self._act, act).result()

    async def run(self, act: Callable[[sqlite3.Connection], T]) -> T:
        """What ``act`` makes of the connection, in one transaction. Raises :class:`StoreError`."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, self._act, act)

    async def note(self, sql: str, values: Sequence[object]) -> None:
        """Writes what nobody has to wait or to fail for, such as when something was used last: where the disk is full,
        the console goes on without it, and its log says so."""
        try:
            await self.run(lambda db: db.execute(sql, tuple(values)))
        except StoreError as error:
            logger.warning("%s", error)

    def close(self) -> None:
        """Ends the thread and closes the file."""
        if self._db is not None:
            self._thread.submit(self._db.close).result()
            self._db = None
        self._thread.shutdown()

    def _act(self, act: Callable[[sqlite3.Connection], T]) -> T:
        try:
            if self._db is None:
                self._db = self._open()
            with self._db:  # commits, or rolls back
                return act(self._db)
        except sqlite3.IntegrityError:
            raise  # the caller's, to understand
        except (sqlite3.Error, OSError) as error:
            raise StoreError(f"the console's file {self.path}: {error}") from error

    def _open(self) -> sqlite3.Connection:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self.path.touch(mode=0o600)
        with closing(sqlite3.connect(self.path)) as first:
            first.execute("PRAGMA journal_mode = WAL")  # readers and a writer do not wait for each other
        db = sqlite3.connect(self.path, timeout=BUSY_SECONDS, check_same_thread=False)
        db.row_factory = sqlite3.Row
        db.execute("PRAGMA synchronous = NORMAL")
        db.execute("PRAGMA foreign_keys = ON")
        return db
