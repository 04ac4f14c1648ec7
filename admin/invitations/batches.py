"""The batches that were minted here: the console remembers links too, of which Redis knows nothing."""

from __future__ import annotations

import sqlite3
from dataclasses import astuple, dataclass
from enum import StrEnum

from admin.store import Store

SCHEMA = """
CREATE TABLE IF NOT EXISTS batches (
    batch TEXT NOT NULL,
    room TEXT NOT NULL,
    kind TEXT NOT NULL,
    lane TEXT NOT NULL,
    count INTEGER NOT NULL,
    uses INTEGER NOT NULL,
    begins INTEGER NOT NULL,
    ends INTEGER NOT NULL,
    at REAL NOT NULL,
    who TEXT NOT NULL,
    PRIMARY KEY (room, batch)
)
"""
SHOWN = 200
"""Batches of a room that are listed: the newest."""


class Kind(StrEnum):
    """What people are given."""

    LINKS = "links"
    CODES = "codes"
    WORD = "word"
    """One code of the operator's own, for many."""


@dataclass(frozen=True, slots=True)
class Minted:
    """What was minted together. Times are in seconds since 1970; ``begins`` 0: at once."""

    batch: str
    room: str
    kind: Kind
    lane: str
    count: int
    uses: int
    begins: int
    ends: int
    at: float
    who: str


class Batches:
    """The table."""

    def __init__(self, store: Store) -> None:
        self._store = store
        store.prepare(SCHEMA)

    async def add(self, minted: Minted) -> None:
        """Remembers a batch. Raises :class:`~admin.store.StoreError`."""
        row = astuple(minted)
        sql = f"INSERT INTO batches VALUES ({','.join('?' * len(row))})"  # noqa: S608 - question marks
        await self._store.run(lambda db: db.execute(sql, row))

    async def of_room(self, room: str) -> list[Minted]:
        """The newest batches of a room, the newest first."""

        def read(db: sqlite3.Connection) -> list[sqlite3.Row]:
            return db.execute(
                "SELECT * FROM batches WHERE room = ? ORDER BY at DESC LIMIT ?", (room, SHOWN)
            ).fetchall()

        return [Minted(**{**dict(row), "kind": Kind(row["kind"])}) for row in await self._store.run(read)]
