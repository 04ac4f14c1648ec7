"""API tokens: for programs, with a role and an end. They are shown once, and only their hash is kept."""

from __future__ import annotations

import hashlib
import secrets
import sqlite3
import time
from collections.abc import Callable
from dataclasses import dataclass

from admin.auth.actor import Actor
from admin.auth.roles import Role
from admin.store import Store

PREFIX = "wrt_"
"""Begins each token, so that scanners for leaked secrets know it."""
SCHEMA = """
CREATE TABLE IF NOT EXISTS tokens (
    id TEXT PRIMARY KEY,
    hash TEXT NOT NULL UNIQUE,
    role TEXT NOT NULL,
    label TEXT NOT NULL,
    made_by TEXT NOT NULL,
    made_at REAL NOT NULL,
    expires_at REAL,
    used_at REAL,
    revoked_at REAL
)
"""


@dataclass(frozen=True, slots=True)
class Token:
    """What is known of a token. Times are in seconds since 1970."""

    id: str
    role: Role
    label: str
    made_by: str
    made_at: float
    expires_at: float | None
    used_at: float | None
    revoked_at: float | None


class Tokens:
    """The API tokens of a console."""

    def __init__(self, store: Store, clock: Callable[[], float] = time.time) -> None:
        self._store = store
        self._clock = clock
        store.prepare(SCHEMA)

    def make(self, role: Role, *, label: str, made_by: str, seconds: float | None = None) -> str:
        """A new token that is good for so many ``seconds``, or until it is revoked. It can never be shown again."""
        token = PREFIX + secrets.token_urlsafe(32)
        now = self._clock()
        row = (secrets.token_hex(4), _hash(token), role.value, label, made_by, now, seconds and now + seconds)
        self._store.call(
            lambda db: db.execute(
                "INSERT INTO tokens (id, hash, role, label, made_by, made_at, expires_at) VALUES (?,?,?,?,?,?,?)",
                row,
            )
        )
        return token

    async def actor(self, token: str) -> Actor | None:
        """Who this token stands for; None where it is unknown, over, or revoked."""
        now, hashed = self._clock(), _hash(token)

        def find(db: sqlite3.Connection) -> Actor | None:
            row = db.execute(
                "SELECT * FROM tokens WHERE hash = ? AND revoked_at IS NULL"
                " AND (expires_at IS NULL OR expires_at > ?)",
                (hashed, now),
            ).fetchone()
            if row is None:
                return None
            if row["used_at"] is None or now - row["used_at"] > 60:
                db.execute("UPDATE tokens SET used_at = ? WHERE id = ?", (now, row["id"]))
            return Actor(f"token {row['label'] or row['id']}", Role(row["role"]), made_by=row["made_by"])

        return await self._store.run(find)

    async def all(self) -> list[Token]:
        """All tokens, newest first."""
        rows = await self._store.run(
            lambda db: db.execute(
                "SELECT id, role, label, made_by, made_at, expires_at, used_at, revoked_at"
                " FROM tokens ORDER BY made_at DESC"
            ).fetchall()
        )
        return [Token(row["id"], Role(row["role"]), *tuple(row)[2:]) for row in rows]

    async def revoke(self, token_id: str) -> bool:
        """Ends a token at once. False where there is none of that id that still holds."""
        now = self._clock()
        changed = await self._store.run(
            lambda db: (
                db.execute(
                    "UPDATE tokens SET revoked_at = ? WHERE id = ? AND revoked_at IS NULL", (now, token_id)
                ).rowcount
            )
        )
        return changed == 1


def _hash(token: str) -> str:
    # 256 random bits: nothing to guess, so a fast hash is right
    return hashlib.sha256(token.encode()).hexdigest()
