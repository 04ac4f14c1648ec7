"""The answers to requests that had a key: kept for a day, so that nothing is done twice."""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from admin.store import Store

KEPT_SECONDS = 86_400.0
UNDER_WAY_SECONDS = 60.0
"""A request that has not ended after so long never will: its console was ended."""
SCHEMA = """
CREATE TABLE IF NOT EXISTS idempotency (
    who TEXT NOT NULL,
    key TEXT NOT NULL,
    at REAL NOT NULL,
    fingerprint TEXT NOT NULL,
    status INTEGER,
    headers TEXT,
    body BLOB,
    PRIMARY KEY (who, key)
);
CREATE INDEX IF NOT EXISTS idempotency_at ON idempotency (at)
"""


class State(StrEnum):
    """What is known of a key."""

    NEW = "new"
    """It is the caller's now, to end or to drop."""
    UNDER_WAY = "under way"
    ENDED = "ended"
    OTHER = "other"
    """It came with another request."""


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer as it was given."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Kept:
    """The keys of a console, each of one actor."""

    def __init__(self, store: Store, clock: Callable[[], float] = time.time) -> None:
        self._store = store
        self._clock = clock
        store.prepare(SCHEMA)

    async def begin(self, who: str, key: str, fingerprint: str) -> tuple[State, Answer | None]:
        """Takes the key, where it is new; the answer, where there was one. Raises :class:`~admin.store.StoreError`."""
        now = self._clock()

        def act(db: sqlite3.Connection) -> tuple[State, Answer | None]:
            db.execute("DELETE FROM idempotency WHERE at < ?", (now - KEPT_SECONDS,))
            db.execute("DELETE FROM idempotency WHERE status IS NULL AND at < ?", (now - UNDER_WAY_SECONDS,))
            row = db.execute("SELECT * FROM idempotency WHERE who = ? AND key = ?", (who, key)).fetchone()
            if row is None:
                db.execute(
                    "INSERT INTO idempotency (who, key, at, fingerprint) VALUES (?,?,?,?)",
                    (who, key, now, fingerprint),
                )
                return State.NEW, None
            if row["fingerprint"] != fingerprint:
                return State.OTHER, None
            if row["status"] is None:
                return State.UNDER_WAY, None
            return State.ENDED, Answer(row["status"], json.loads(row["headers"]), row["body"])

        return await self._store.run(act)

    async def end(self, who: str, key: str, answer: Answer) -> None:
        """Keeps the answer. Raises :class:`~admin.store.StoreError`."""
        headers = json.dumps(dict(answer.headers))
        await self._store.run(
            lambda db: db.execute(
                "UPDATE idempotency SET status = ?, headers = ?, body = ? WHERE who = ? AND key = ?",
                (answer.status, headers, answer.body, who, key),
            )
        )

    async def drop(self, who: str, key: str) -> None:
        """Lets the request be made again. Raises :class:`~admin.store.StoreError`."""
        await self._store.run(
            lambda db: db.execute("DELETE FROM idempotency WHERE who = ? AND key = ?", (who, key))
        )
