"""The audit log's table. Entries are added; none is ever changed, and none removed before its time."""

from __future__ import annotations

import asyncio
import logging
import sqlite3
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass

from admin.audit.entry import Draft, Entry, Outcome, as_json, plain
from admin.store import Store, StoreError

SCHEMA = """
CREATE TABLE IF NOT EXISTS audit (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    at REAL NOT NULL,
    who TEXT NOT NULL,
    action TEXT NOT NULL,
    outcome TEXT NOT NULL,
    about TEXT NOT NULL,
    before TEXT NOT NULL,
    after TEXT NOT NULL,
    why TEXT NOT NULL,
    network TEXT NOT NULL,
    status INTEGER NOT NULL
);
CREATE INDEX IF NOT EXISTS audit_at ON audit (at);
CREATE TRIGGER IF NOT EXISTS audit_stands BEFORE UPDATE ON audit
    BEGIN SELECT RAISE(ABORT, 'entries of the audit log are never changed'); END;
CREATE TRIGGER IF NOT EXISTS audit_stays BEFORE DELETE ON audit
    WHEN old.at > CAST(strftime('%s', 'now') AS INTEGER) - 2592000
    BEGIN SELECT RAISE(ABORT, 'entries of the audit log are kept for 30 days and more'); END
"""
PAGE = 100
LOOK_SECONDS = 6 * 3600.0
_BATCH = 500

logger = logging.getLogger("waitroom.audit")


@dataclass(frozen=True, slots=True)
class Filter:
    """Which entries are asked for; what is left empty does not matter. Times are in seconds since 1970."""

    who: str = ""
    action: str = ""
    about: str = ""
    outcome: Outcome | None = None
    since: float | None = None
    until: float | None = None
    before_id: int | None = None
    """Only older ones than this: for the next page."""


class AuditLog:
    """The audit log of a console."""

    def __init__(self, store: Store, clock: Callable[[], float] = time.time) -> None:
        self._store = store
        self._clock = clock
        store.prepare(SCHEMA)

    async def add(self, draft: Draft) -> None:
        """Writes an entry. Raises :class:`~admin.store.StoreError`."""
        await self._store.run(self._adding(draft))

    def add_now(self, draft: Draft) -> None:
        """The same, for the command line: it blocks."""
        self._store.call(self._adding(draft))

    async def page(self, wanted: Filter, most: int = PAGE) -> list[Entry]:
        """The newest entries that are wanted, newest first."""
        where, values = _where(wanted)
        sql = f"SELECT * FROM audit {where} ORDER BY id DESC LIMIT ?"  # noqa: S608 - of our own pieces
        rows = await self._store.run(lambda db: db.execute(sql, (*values, most)).fetchall())
        return [_entry(row) for row in rows]

    async def every(self, wanted: Filter) -> AsyncIterator[Entry]:
        """All entries that are wanted, newest first, read in batches: others have their turn between."""
        rest = wanted
        while batch := await self.page(rest, _BATCH):
            for entry in batch:
                yield entry
            rest = Filter(
                rest.who, rest.action, rest.about, rest.outcome, rest.since, rest.until, batch[-1].id
            )

    async def actions(self) -> list[str]:
        """The words for actions that occur."""
        rows = await self._store.run(
            lambda db: db.execute("SELECT DISTINCT action FROM audit ORDER BY action").fetchall()
        )
        return [row["action"] for row in rows]

    async def forget(self, older_seconds: float) -> int:
        """Removes entries that are older, and returns how many those were."""
        limit = self._clock() - older_seconds
        return await self._store.run(
            lambda db: db.execute("DELETE FROM audit WHERE at < ?", (limit,)).rowcount
        )

    async def keep(self, seconds: float) -> None:
        """Removes what is older, now and again, until it is cancelled."""
        while True:
            try:
                await self.forget(seconds)
            except StoreError as error:
                logger.warning("old entries of the audit log stay for now: %s", error)
            await asyncio.sleep(LOOK_SECONDS)

    def _adding(self, draft: Draft) -> Callable[[sqlite3.Connection], None]:
        row = (
            self._clock(),
            plain(draft.who),
            plain(draft.action),
            draft.outcome.value,
            plain(draft.about),
            as_json(draft.before),
            as_json(draft.after),
            plain(draft.why),
            draft.network,
            draft.status,
        )

        def act(db: sqlite3.Connection) -> None:
            db.execute(
                "INSERT INTO audit (at, who, action, outcome, about, before, after, why, network, status)"
                " VALUES (?,?,?,?,?,?,?,?,?,?)",
                row,
            )

        return act


def _where(wanted: Filter) -> tuple[str, list[object]]:
    conditions: list[tuple[str, object]] = []
    if wanted.who:
        conditions.append(("who = ?", wanted.who))
    if wanted.action:
        conditions.append(("action = ?", wanted.action))
    if wanted.about:
        conditions.append(("about = ?", wanted.about))
    if wanted.outcome is not None:
        conditions.append(("outcome = ?", wanted.outcome.value))
    if wanted.since is not None:
        conditions.append(("at >= ?", wanted.since))
    if wanted.until is not None:
        conditions.append(("at < ?", wanted.until))
    if wanted.before_id is not None:
        conditions.append(("id < ?", wanted.before_id))
    if not conditions:
        return "", []
    return "WHERE " + " AND ".join(text for text, _ in conditions), [value for _, value in conditions]


def _entry(row: sqlite3.Row) -> Entry:
    return Entry(
        id=row["id"],
        at=row["at"],
        who=row["who"],
        action=row["action"],
        outcome=Outcome(row["outcome"]),
        about=row["about"],
        before=row["before"],
        after=row["after"],
        why=row["why"],
        network=row["network"],
        status=row["status"],
    )
