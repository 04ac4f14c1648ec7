"""How long the console keeps what it has no other end for."""

from __future__ import annotations

import asyncio
import logging
import sqlite3
import time
from collections.abc import Callable
from functools import partial

from admin.store import Store, StoreError

LOOK_SECONDS = 6 * 3600.0
AUDIT_STAYS_SECONDS = 30 * 86_400.0
"""The file itself refuses to lose younger entries of the audit log: see :mod:`admin.audit.log`."""
_OLD = {
    "alert_deliveries": "is_done = 1 AND made_at < ?",
    "alert_log": "json_extract(event, '$.at') < ?",
    "approvals": "asked_at < ?",
    "batches": "at < ? AND ends < ?1",
    "idempotency": "at < ?",
}
"""Of each table what is old. Users, tokens and sign-ins end by themselves, or by somebody's hand."""

logger = logging.getLogger("waitroom.console")


def old_rows(db: sqlite3.Connection, older_seconds: float, now: float) -> dict[str, int]:
    """How many rows of each table are older, of those that there are; of the audit log those that may go."""
    return {table: int(db.execute(f"SELECT count(*) FROM {table} WHERE {where}", (limit,)).fetchone()[0])  # noqa: S608
            for table, where, limit in _limits(db, older_seconds, now)}  # fmt: skip


def forget(db: sqlite3.Connection, older_seconds: float, now: float) -> dict[str, int]:
    """Takes them away, and returns how many those were."""
    return {table: db.execute(f"DELETE FROM {table} WHERE {where}", (limit,)).rowcount  # noqa: S608
            for table, where, limit in _limits(db, older_seconds, now)}  # fmt: skip


class Keeping:
    """Takes away what is too old, beside the console."""

    def __init__(self, store: Store, keep_seconds: float, clock: Callable[[], float] = time.time) -> None:
        self._store = store
        self._keep_seconds = keep_seconds
        self._clock = clock

    async def run(self) -> None:
        """Looks now and again, until it is cancelled."""
        while True:
            now = self._clock()
            try:
                await self._store.run(partial(_forget_but_audit, older_seconds=self._keep_seconds, now=now))
            except StoreError as error:
                logger.warning("what is old stays in the console's file for now: %s", error)
            await asyncio.sleep(LOOK_SECONDS)


def _forget_but_audit(db: sqlite3.Connection, *, older_seconds: float, now: float) -> None:
    for table, where, limit in _limits(db, older_seconds, now):
        if table != "audit":
            db.execute(f"DELETE FROM {table} WHERE {where}", (limit,))  # noqa: S608 - of our own pieces


def _limits(db: sqlite3.Connection, older_seconds: float, now: float) -> list[tuple[str, str, float]]:
    tables = {row[0] for row in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    limits = [(table, where, now - older_seconds) for table, where in _OLD.items() if table in tables]
    if "audit" in tables:
        limits.append(("audit", "at < ?", now - max(older_seconds, AUDIT_STAYS_SECONDS)))
    return limits
