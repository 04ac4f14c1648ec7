"""The users of the console, as they are kept."""

from __future__ import annotations

import secrets
import sqlite3
import time
from collections.abc import Callable

from admin.auth.roles import Role
from admin.auth.user import (
    LastAdminError,
    NameTakenError,
    NoUserError,
    User,
    UserError,
    checked_name,
    key_of,
    user_of,
)
from admin.store import Store

SCHEMA = """
CREATE TABLE IF NOT EXISTS users (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    key TEXT NOT NULL UNIQUE,
    role TEXT NOT NULL,
    password_hash TEXT,
    totp_secret TEXT,
    totp_step INTEGER NOT NULL DEFAULT 0,
    issuer TEXT,
    subject TEXT,
    made_by TEXT NOT NULL,
    made_at REAL NOT NULL,
    seen_at REAL,
    disabled_at REAL,
    UNIQUE (issuer, subject)
)
"""


class Users:
    """The users of a console."""

    def __init__(self, store: Store, clock: Callable[[], float] = time.time) -> None:
        self._store = store
        self._clock = clock
        store.prepare(SCHEMA)

    async def all(self) -> list[User]:
        """All users, by name."""
        rows = await self._store.run(lambda db: db.execute("SELECT * FROM users ORDER BY key").fetchall())
        return [user_of(row) for row in rows]

    async def named(self, name: str) -> User | None:
        """The user of that name."""
        return await self._store.run(lambda db: _one(db, "key", key_of(name)))

    async def by_id(self, user_id: str) -> User | None:
        """The user of that id."""
        return await self._store.run(lambda db: _one(db, "id", user_id))

    async def is_empty(self) -> bool:
        """Whether there is nobody yet who can sign in."""
        return await self._store.run(is_empty)

    async def invite(self, name: str, role: Role, *, made_by: str) -> User:
        """A new user who has yet to choose a password. Raises :class:`UserError`."""
        checked, now = checked_name(name), self._clock()
        return await self._store.run(lambda db: add(db, checked, role, made_by=made_by, now=now))

    async def set_role(self, user_id: str, role: Role) -> tuple[User, User]:
        """The user before and after; their sessions end. Raises :class:`UserError`."""

        def change(db: sqlite3.Connection) -> None:
            if _found(db, user_id).issuer is not None:
                raise UserError("Their role comes from the sign-in provider, each time they sign in.")
            db.execute("UPDATE users SET role = ? WHERE id = ?", (role.value, user_id))

        return await self._change(user_id, change)

    async def disable(self, user_id: str) -> tuple[User, User]:
        """The user before and after; their sessions end, and their links. Raises :class:`UserError`."""
        now = self._clock()

        def change(db: sqlite3.Connection) -> None:
            db.execute("UPDATE users SET disabled_at = ? WHERE id = ?", (now, user_id))
            db.execute("DELETE FROM links WHERE user_id = ?", (user_id,))

        return await self._change(user_id, change)

    async def enable(self, user_id: str) -> tuple[User, User]:
        """The user before and after. Raises :class:`UserError`."""

        def change(db: sqlite3.Connection) -> None:
            db.execute("UPDATE users SET disabled_at = NULL WHERE id = ?", (user_id,))

        return await self._change(user_id, change)

    async def set_password(self, user_id: str, password_hash: str) -> tuple[User, User]:
        """The user before and after; all their sessions end. Raises :class:`UserError`."""

        def change(db: sqlite3.Connection) -> None:
            if _found(db, user_id).issuer is not None:
                raise UserError("They sign in with the provider, and have no password here.")
            db.execute("UPDATE users SET password_hash = ? WHERE id = ?", (password_hash, user_id))

        return await self._change(user_id, change)

    async def rehash(self, user: User, password_hash: str) -> None:
        """Keeps the same password in today's way, unless it was changed meanwhile."""
        await self._store.run(
            lambda db: db.execute(
                "UPDATE users SET password_hash = ? WHERE id = ? AND password_hash = ?",
                (password_hash, user.id, user.password_hash),
            )
        )

    async def set_totp(self, user_id: str, secret: str | None, step: int = 0) -> tuple[User, User]:
        """The user before and after; all their sessions end. Without a ``secret`` codes are no longer asked for.
        Raises :class:`UserError`."""

        def change(db: sqlite3.Connection) -> None:
            db.execute(
                "UPDATE users SET totp_secret = ?, totp_step = ? WHERE id = ?", (secret, step, user_id)
            )
            db.execute("DELETE FROM recovery_codes WHERE user_id = ?", (user_id,))

        return await self._change(user_id, change)

    async def use_step(self, user: User, step: int) -> bool:
        """Takes note that the code of a step was used. False where it, or a later one, was used before."""
        changed = await self._store.run(
            lambda db: (
                db.execute(
                    "UPDATE users SET totp_step = ? WHERE id = ? AND totp_step < ? AND totp_secret = ?",
                    (step, user.id, step, user.totp_secret),
                ).rowcount
            )
        )
        return changed == 1

    async def from_provider(self, issuer: str, subject: str, name: str, role: Role) -> User:
        """The user whom a provider calls ``subject``, with the role that it gives them today; made where they are
        new. Raises :class:`UserError`, also where somebody else has the name."""
        checked, now = checked_name(name), self._clock()

        def find(db: sqlite3.Connection) -> User:
            row = db.execute(
                "SELECT * FROM users WHERE issuer = ? AND subject = ?", (issuer, subject)
            ).fetchone()
            if row is None:
                return add(db, checked, role, made_by=issuer, now=now, issuer=issuer, subject=subject)
            user = user_of(row)
            if user.role is not role:
                db.execute("UPDATE users SET role = ? WHERE id = ?", (role.value, user.id))
                db.execute("DELETE FROM sessions WHERE user_id = ?", (user.id,))
            return _found(db, user.id)

        return await self._store.run(find)

    async def _change(self, user_id: str, change: Callable[[sqlite3.Connection], None]) -> tuple[User, User]:
        def act(db: sqlite3.Connection) -> tuple[User, User]:
            before = _found(db, user_id)
            change(db)
            after = _found(db, user_id)
            if _is_admin(before) and not _is_admin(after) and not _admins(db):
                raise LastAdminError(
                    f"{before.name} is the only admin who can sign in: make another one first."
                )
            db.execute("DELETE FROM sessions WHERE user_id = ?", (user_id,))
            return before, after

        return await self._store.run(act)


def add(
    db: sqlite3.Connection,
    name: str,
    role: Role,
    *,
    made_by: str,
    now: float,
    password_hash: str | None = None,
    issuer: str | None = None,
    subject: str | None = None,
) -> User:
    """A new user with a name that was checked, within a transaction. Raises :class:`NameTakenError`."""
    if _one(db, "key", key_of(name)) is not None:
        raise NameTakenError(f"There is a user {name!r} already.")
    user_id = secrets.token_hex(8)
    db.execute(
        "INSERT INTO users (id, name, key, role, password_hash, issuer, subject, made_by, made_at)"
        " VALUES (?,?,?,?,?,?,?,?,?)",
        (user_id, name, key_of(name), role.value, password_hash, issuer, subject, made_by, now),
    )
    return _found(db, user_id)


def is_empty(db: sqlite3.Connection) -> bool:
    """Whether there is nobody yet who can sign in."""
    row = db.execute(
        "SELECT 1 FROM users WHERE password_hash IS NOT NULL OR issuer IS NOT NULL LIMIT 1"
    ).fetchone()
    return row is None


def _one(db: sqlite3.Connection, column: str, value: str) -> User | None:
    row = db.execute(f"SELECT * FROM users WHERE {column} = ?", (value,)).fetchone()  # noqa: S608 - our own names
    return user_of(row) if row else None


def _found(db: sqlite3.Connection, user_id: str) -> User:
    user = _one(db, "id", user_id)
    if user is None:
        raise NoUserError("There is no such user.")
    return user


def _is_admin(user: User) -> bool:
    return user.role is Role.ADMIN and user.disabled_at is None and not user.is_invited


def _admins(db: sqlite3.Connection) -> bool:
    rows = db.execute("SELECT * FROM users WHERE role = ?", (Role.ADMIN.value,)).fetchall()
    return any(_is_admin(user_of(row)) for row in rows)
