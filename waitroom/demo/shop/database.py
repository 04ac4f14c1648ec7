"""The shop's SQLite file: its tables, and connections that are reused from one thread to the next."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from waitroom.demo.shop.catalogue import PIECES

_SCHEMA = """
CREATE TABLE IF NOT EXISTS stock (
    slug TEXT PRIMARY KEY,
    remaining INTEGER NOT NULL CHECK (remaining >= 0)
);
CREATE TABLE IF NOT EXISTS cart_lines (
    cart TEXT NOT NULL,
    slug TEXT NOT NULL REFERENCES stock (slug),
    quantity INTEGER NOT NULL CHECK (quantity > 0),
    PRIMARY KEY (cart, slug)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS orders (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    cart TEXT NOT NULL,
    name TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS order_lines (
    number INTEGER NOT NULL REFERENCES orders (number),
    slug TEXT NOT NULL REFERENCES stock (slug),
    quantity INTEGER NOT NULL CHECK (quantity > 0),
    price_cents INTEGER NOT NULL,
    PRIMARY KEY (number, slug)
) WITHOUT ROWID;
"""

FIRST_ORDER = 1401


class Database:
    """The shop's data in one folder. Blocking: call it from a worker thread."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._path = folder / "shop.sqlite3"
        # A stack: append and pop are atomic, and the connection used last has the warmest cache.
        self._idle: list[sqlite3.Connection] = []
        with self.transaction() as connection:
            for statement in filter(str.strip, _SCHEMA.split(";")):
                connection.execute(statement)
            connection.executemany(
                "INSERT OR IGNORE INTO stock (slug, remaining) VALUES (?, ?)",
                [(piece.slug, piece.edition) for piece in PIECES],
            )
            connection.execute(
                "INSERT INTO sqlite_sequence (name, seq) SELECT 'orders', ?"
                " WHERE NOT EXISTS (SELECT 1 FROM sqlite_sequence WHERE name = 'orders')",
                (FIRST_ORDER - 1,),
            )

    @contextmanager
    def connection(self) -> Iterator[sqlite3.Connection]:
        """Lends a connection in autocommit mode, for reading."""
        try:
            connection = self._idle.pop()
        except IndexError:
            connection = self._open()
        try:
            yield connection
        finally:
            self._idle.append(connection)

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """Lends a connection that holds the write lock; commits at the end, rolls back on any exception."""
        with self.connection() as connection:
            # IMMEDIATE: what is read inside is still true when it is written, so nothing is sold twice.
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
            except BaseException:
                connection.execute("ROLLBACK")
                raise
            connection.execute("COMMIT")

    def close(self) -> None:
        """Closes all idle connections."""
        while self._idle:
            self._idle.pop().close()

    def _open(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self._path, timeout=10, isolation_level=None, check_same_thread=False)
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = NORMAL")
        connection.execute("PRAGMA foreign_keys = ON")
        return connection
