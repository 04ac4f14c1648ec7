"""What waits for a second person: kept until somebody else approves of it, or it expires."""

from __future__ import annotations

import secrets
import sqlite3
import time
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from admin.auth.actor import Actor
from admin.store import Store

KEPT_SECONDS = 90 * 86_400.0
MOST_PENDING = 100
SCHEMA = """
CREATE TABLE IF NOT EXISTS approvals (
    id TEXT PRIMARY KEY,
    room TEXT NOT NULL,
    action TEXT NOT NULL,
    details TEXT NOT NULL,
    reason TEXT NOT NULL,
    asked_by TEXT NOT NULL,
    person TEXT NOT NULL,
    asked_at REAL NOT NULL,
    expires_at REAL NOT NULL,
    state TEXT NOT NULL,
    decided_by TEXT NOT NULL DEFAULT '',
    decided_at REAL,
    decision_reason TEXT NOT NULL DEFAULT ''
);
CREATE INDEX IF NOT EXISTS approvals_at ON approvals (asked_at)
"""


class Action(StrEnum):
    """What is to be done."""

    CHANGE = "change"
    RESET = "reset"
    PLAN = "plan"


class State(StrEnum):
    """What became of it."""

    PENDING = "pending"
    DECIDING = "deciding"
    """Approved of, and just being done."""
    APPROVED = "approved"
    """And done."""
    REJECTED = "rejected"
    EXPIRED = "expired"
    OVERTAKEN = "overtaken"
    """Approved of, but the room was not as it had been when it was asked for: nothing was done."""


@dataclass(frozen=True, slots=True)
class Approval:
    """One thing that somebody asked for. Times are in seconds since 1970."""

    id: str
    room: str
    action: Action
    details: str
    """What exactly, as JSON."""
    reason: str
    asked_by: str
    person: str
    """Who answers for that: never the one to approve of it."""
    asked_at: float
    expires_at: float
    state: State
    decided_by: str = ""
    decided_at: float | None = None
    decision_reason: str = ""


class Approvals:
    """All that was asked for at a console."""

    def __init__(self, store: Store, seconds: float, clock: Callable[[], float] = time.time) -> None:
        self._store = store
        self._seconds = seconds
        self._clock = clock
        store.prepare(SCHEMA)

    async def ask(
        self, actor: Actor, room: str, action: Action, details: str, reason: str
    ) -> Approval | None:
        """Keeps what somebody asks for; None where too much waits already. Raises :class:`~admin.store.StoreError`."""
        now = self._clock()
        asked = Approval(
            id=secrets.token_hex(6),
            room=room,
            action=action,
            details=details,
            reason=reason,
            asked_by=actor.name,
            person=actor.person,
            asked_at=now,
            expires_at=now + self._seconds,
            state=State.PENDING,
        )

        def act(db: sqlite3.Connection) -> bool:
            db.execute("DELETE FROM approvals WHERE asked_at < ?", (now - KEPT_SECONDS,))
            waiting = db.execute(
                "SELECT COUNT(*) FROM approvals WHERE state = 'pending' AND expires_at > ?", (now,)
            ).fetchone()[0]
            if waiting >= MOST_PENDING:
                return False
            db.execute(
                "INSERT INTO approvals (id, room, action, details, reason, asked_by, person, asked_at, expires_at,"
                " state) VALUES (?,?,?,?,?,?,?,?,?,?)",
                (
                    asked.id, room, action.value, details, reason, asked.asked_by, asked.person, now,
                    asked.expires_at, asked.state.value,
                ),
            )  # fmt: skip
            return True

        return asked if await self._store.run(act) else None

    async def all(self, state: State | None = None) -> list[Approval]:
        """All that were asked for lately, newest first. Raises :class:`~admin.store.StoreError`."""
        rows = await self._store.run(
            lambda db: db.execute("SELECT * FROM approvals ORDER BY asked_at DESC LIMIT 1000").fetchall()
        )
        found = [self._read(row) for row in rows]
        return [each for each in found if state is None or each.state is state]

    async def find(self, approval_id: str) -> Approval | None:
        """One of them. Raises :class:`~admin.store.StoreError`."""
        row = await self._store.run(
            lambda db: db.execute("SELECT * FROM approvals WHERE id = ?", (approval_id,)).fetchone()
        )
        return row and self._read(row)

    async def decide(self, approval_id: str, before: State, after: State, actor: Actor, reason: str) -> bool:
        """Moves one on, if it is still as it was: whoever comes first decides. Raises
        :class:`~admin.store.StoreError`."""
        now = self._clock()
        who = (actor.name, now, reason) if after is not State.PENDING else ("", None, "")

        def act(db: sqlite3.Connection) -> bool:
            moved = db.execute(
                "UPDATE approvals SET state = ?, decided_by = ?, decided_at = ?, decision_reason = ?"
                " WHERE id = ? AND state = ? AND (expires_at > ? OR state != 'pending')",
                (after.value, *who, approval_id, before.value, now),
            )
            return moved.rowcount == 1

        return await self._store.run(act)

    def _read(self, row: sqlite3.Row) -> Approval:
        state = State(row["state"])
        if state is State.PENDING and row["expires_at"] <= self._clock():
            state = State.EXPIRED
        return Approval(**{**dict(row), "action": Action(row["action"]), "state": state})
