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
_NOTED_SECONDS = 60.0
"""A token's last use is noted this often at the most."""
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

COLUMNS = "id, role, label, made_by, made_at, expires_at, used_at, revoked_at"


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
        held, token = self._new(role, label, made_by, seconds)
        self._store.call(lambda db: _insert(db, held, token))
        return held

    async def create(
        self, role: Role, *, label: str, made_by: str, seconds: float | None = None
    ) -> tuple[str, Token]:
        """The same without blocking, and what is known of it."""
        held, token = self._new(role, label, made_by, seconds)
        await self._store.run(lambda db: _insert(db, held, token))
        return held, token

    async def actor(self, token: str) -> Actor | None:
        """Who this token stands for; None where it is unknown, over, or revoked."""
        now, hashed = self._clock(), _hash(token)

        def find(db: sqlite3.Connection) -> tuple[Actor, float | None] | None:
            row = db.execute(
                "SELECT * FROM tokens WHERE hash = ? AND revoked_at IS NULL"
                " AND (expires_at IS NULL OR expires_at > ?)",
                (hashed, now),
            ).fetchone()
            if row is None:
                return None
            return Actor(
                f"token {row['label'] or row['id']}",
                Role(row["role"]),
                token_id=row["id"],
                made_by=row["made_by"],
            ), row["used_at"]

        found = await self._store.run(find)
        if found is None:
            return None
        actor, used_at = found
        if used_at is None or now - used_at > _NOTED_SECONDS:
            await self._store.note("UPDATE tokens SET used_at = ? WHERE id = ?", (now, actor.token_id))
        return actor

    async def holds(self, token_id: str) -> bool:
        """Whether the token of that id is still good."""
        now = self._clock()
        row = await self._store.run(
            lambda db: db.execute(
                "SELECT 1 FROM tokens WHERE id = ? AND revoked_at IS NULL"
                " AND (expires_at IS NULL OR expires_at > ?)",
                (token_id, now),
            ).fetchone()
        )
        return row is not None

    async def all(self) -> list[Token]:
        """All tokens, newest first."""
        rows = await self._store.run(
            lambda db: db.execute(f"SELECT {COLUMNS} FROM tokens ORDER BY made_at DESC").fetchall()  # noqa: S608
        )
        return [_token(row) for row in rows]

    async def by_id(self, token_id: str) -> Token | None:
        """The token of that id."""
        row = await self._store.run(
            lambda db: db.execute(f"SELECT {COLUMNS} FROM tokens WHERE id = ?", (token_id,)).fetchone()  # noqa: S608
        )
        return _token(row) if row else None

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

    def _new(self, role: Role, label: str, made_by: str, seconds: float | None) -> tuple[str, Token]:
        now = self._clock()
        ends_at = None if seconds is None else now + seconds
        token = Token(secrets.token_hex(4), role, label, made_by, now, ends_at, None, None)
        return PREFIX + secrets.token_urlsafe(32), token


def _insert(db: sqlite3.Connection, held: str, token: Token) -> None:
    db.execute(
        "INSERT INTO tokens (id, hash, role, label, made_by, made_at, expires_at) VALUES (?,?,?,?,?,?,?)",
        (
            token.id, _hash(held), token.role.value, token.label, token.made_by, token.made_at,
            token.expires_at,
        ),
    )  # fmt: skip


def _token(row: sqlite3.Row) -> Token:
    return Token(row["id"], Role(row["role"]), *tuple(row)[2:])


def _hash(token: str) -> str:
    # 256 random bits: nothing to guess, so a fast hash is right
    return hashlib.sha256(token.encode()).hexdigest()
