"""Who is signed in: sessions that the console itself keeps, so that each can be ended at once."""

from __future__ import annotations

import hashlib
import secrets
import sqlite3
import time
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from admin.auth.user import User, user_of
from admin.store import Store

STEP_SECONDS = 600.0
"""How long somebody may take over the second step of a sign-in."""
_NOTED_SECONDS = 30.0
"""A session's last use is noted this often at the most."""
_AGENT_CHARACTERS = 200
SCHEMA = """
CREATE TABLE IF NOT EXISTS sessions (
    hash TEXT PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    user_id TEXT NOT NULL REFERENCES users (id),
    step TEXT NOT NULL,
    agent TEXT NOT NULL,
    network TEXT NOT NULL,
    made_at REAL NOT NULL,
    seen_at REAL NOT NULL,
    ends_at REAL NOT NULL
);
CREATE INDEX IF NOT EXISTS sessions_of_user ON sessions (user_id)
"""


class Step(StrEnum):
    """How far a sign-in has come."""

    CODE = "code"
    """The password was right; a code is missing."""
    ENROL = "enrol"
    """The password was right; codes are required of this role, and have to be set up."""
    IN = "in"
    """Signed in."""


@dataclass(frozen=True, slots=True)
class Session:
    """One sign-in of one browser. Times are in seconds since 1970."""

    id: str
    """By which it is named; it opens nothing."""
    user_id: str
    step: Step
    agent: str
    """What the browser calls itself."""
    network: str
    """From where: see :func:`admin.audit.address.network_of`."""
    made_at: float
    seen_at: float
    ends_at: float


@dataclass(frozen=True, slots=True)
class Client:
    """From where and with what somebody signs in."""

    agent: str
    network: str


class Sessions:
    """The sessions of a console.

    A session ends ``idle_seconds`` after it was last used, and ``longest_seconds`` after its sign-in whatever happens.
    What the browser holds is random and kept as a hash only: whoever reads the file cannot sign in with it.
    """

    def __init__(
        self,
        store: Store,
        *,
        idle_seconds: float,
        longest_seconds: float,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._store = store
        self._idle = idle_seconds
        self._longest = longest_seconds
        self._clock = clock
        store.prepare(SCHEMA)

    async def begin(self, user: User, step: Step, client: Client, *, instead_of: str | None = None) -> str:
        """A new session; returns what the browser is to hold. ``instead_of`` is what it held so far, which is over:
        nobody can have a session that was there before its sign-in."""
        held, now = secrets.token_urlsafe(32), self._clock()
        ends_at = now + (self._longest if step is Step.IN else STEP_SECONDS)
        agent = "".join(each if each.isprintable() else " " for each in client.agent[:_AGENT_CHARACTERS])
        row = (
            _hash(held), secrets.token_hex(8), user.id, step.value, agent, client.network, now, now, ends_at,
        )  # fmt: skip

        def act(db: sqlite3.Connection) -> None:
            db.execute("DELETE FROM sessions WHERE ends_at <= ? OR seen_at <= ?", (now, now - self._idle))
            if instead_of:
                db.execute("DELETE FROM sessions WHERE hash = ?", (_hash(instead_of),))
            db.execute("INSERT INTO sessions VALUES (?,?,?,?,?,?,?,?,?)", row)
            if step is Step.IN:
                db.execute("UPDATE users SET seen_at = ? WHERE id = ?", (now, user.id))

        await self._store.run(act)
        return held

    async def find(self, held: str) -> tuple[Session, User] | None:
        """The session that a browser holds, and whose it is; None where it is unknown or over."""
        return await self._find("hash", _hash(held))

    async def holds(self, session_id: str) -> bool:
        """Whether the session of that id is still good; this counts as a use of it."""
        return await self._find("id", session_id) is not None

    async def of(self, user_id: str) -> list[Session]:
        """The sessions of a user, the last used first."""
        now = self._clock()
        rows = await self._store.run(
            lambda db: db.execute(
                "SELECT * FROM sessions WHERE user_id = ? AND step = ? AND ends_at > ? AND seen_at > ?"
                " ORDER BY seen_at DESC",
                (user_id, Step.IN.value, now, now - self._idle),
            ).fetchall()
        )
        return [_session_of(row) for row in rows]

    async def end(self, session_id: str, *, user_id: str | None = None) -> Session | None:
        """Ends a session at once; with ``user_id`` only where it is theirs. Returns what it was."""

        def act(db: sqlite3.Connection) -> Session | None:
            row = db.execute("SELECT * FROM sessions WHERE id = ?", (session_id,)).fetchone()
            if row is None or user_id not in (None, row["user_id"]):
                return None
            db.execute("DELETE FROM sessions WHERE id = ?", (session_id,))
            return _session_of(row)

        return await self._store.run(act)

    async def end_all(self, user_id: str, *, but: str = "") -> int:
        """Ends the sessions of a user but the one of that id, and returns how many those were."""
        return await self._store.run(
            lambda db: (
                db.execute("DELETE FROM sessions WHERE user_id = ? AND id <> ?", (user_id, but)).rowcount
            )
        )

    async def _find(self, column: str, value: str) -> tuple[Session, User] | None:
        now = self._clock()

        def act(db: sqlite3.Connection) -> tuple[Session, User] | None:
            row = db.execute(
                f"SELECT * FROM sessions WHERE {column} = ? AND ends_at > ? AND seen_at > ?",  # noqa: S608 - our own names
                (value, now, now - self._idle),
            ).fetchone()
            if row is None:
                return None
            user = db.execute(
                "SELECT * FROM users WHERE id = ? AND disabled_at IS NULL", (row["user_id"],)
            ).fetchone()
            if user is None:
                return None
            return _session_of(row), user_of(user)

        found = await self._store.run(act)
        if found is not None and now - found[0].seen_at > _NOTED_SECONDS:
            await self._store.note("UPDATE sessions SET seen_at = ? WHERE id = ?", (now, found[0].id))
        return found


def _session_of(row: sqlite3.Row) -> Session:
    return Session(
        id=row["id"],
        user_id=row["user_id"],
        step=Step(row["step"]),
        agent=row["agent"],
        network=row["network"],
        made_at=row["made_at"],
        seen_at=row["seen_at"],
        ends_at=row["ends_at"],
    )


def _hash(held: str) -> str:
    # 256 random bits: nothing to guess, so a fast hash is right
    return hashlib.sha256(held.encode()).hexdigest()
