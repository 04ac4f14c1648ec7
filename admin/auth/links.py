"""One-time links: they let the first admin in, and whoever was invited or has to choose a new password."""

from __future__ import annotations

import hashlib
import secrets
import sqlite3
import time
from collections.abc import Callable
from dataclasses import dataclass

from admin.auth import users
from admin.auth.roles import Role
from admin.auth.user import NoUserError, User, UserError, checked_name, user_of
from admin.store import Store

FIRST_SECONDS = 3600.0
"""The first admin's link is good for an hour."""
INVITATION_SECONDS = 3 * 86_400.0
"""That of somebody who was invited, for three days."""
PATH = "/welcome?link="
"""Not a part of the path: that of a refused request stands in the audit log."""
SCHEMA = """
CREATE TABLE IF NOT EXISTS links (
    hash TEXT PRIMARY KEY,
    user_id TEXT REFERENCES users (id),
    made_by TEXT NOT NULL,
    made_at REAL NOT NULL,
    ends_at REAL NOT NULL
)
"""


class LinkOverError(UserError):
    """A link that was used, is too old, or never was one."""


@dataclass(frozen=True, slots=True)
class Link:
    """A link that is good."""

    user: User | None
    """Whose password it sets; None for the first admin, who is yet to be made."""
    made_by: str
    ends_at: float


class Links:
    """The one-time links of a console. What stands in the address is random, and kept as a hash only."""

    def __init__(self, store: Store, clock: Callable[[], float] = time.time) -> None:
        self._store = store
        self._clock = clock
        store.prepare(SCHEMA)

    def first(self) -> str | None:
        """A link for the first admin, in place of every earlier one; None where somebody can sign in already.

        Blocks: it is made before anything is served."""
        held, now = secrets.token_urlsafe(24), self._clock()

        def act(db: sqlite3.Connection) -> str | None:
            db.execute("DELETE FROM links WHERE user_id IS NULL")
            if not users.is_empty(db):
                return None
            db.execute(
                "INSERT INTO links VALUES (?, NULL, 'the start', ?, ?)",
                (_hash(held), now, now + FIRST_SECONDS),
            )
            return PATH + held

        return self._store.call(act)

    async def make(self, user_id: str, *, made_by: str) -> str:
        """A link by which a user chooses a password, in place of every earlier one. Raises :class:`UserError`."""
        return await self._store.run(self._making(user_id, made_by))

    def make_now(self, user_id: str, *, made_by: str) -> str:
        """The same, for the command line: it blocks."""
        return self._store.call(self._making(user_id, made_by))

    def _making(self, user_id: str, made_by: str) -> Callable[[sqlite3.Connection], str]:
        held, now = secrets.token_urlsafe(24), self._clock()

        def act(db: sqlite3.Connection) -> str:
            row = db.execute("SELECT * FROM users WHERE id = ?", (user_id,)).fetchone()
            if row is None:
                raise NoUserError("There is no such user.")
            if row["issuer"] is not None:
                raise UserError("They sign in with the provider, and have no password here.")
            if row["disabled_at"] is not None:
                raise UserError("This user is disabled.")
            db.execute("DELETE FROM links WHERE user_id = ? OR ends_at <= ?", (user_id, now))
            values = (_hash(held), user_id, made_by, now, now + INVITATION_SECONDS)
            db.execute("INSERT INTO links VALUES (?,?,?,?,?)", values)
            return PATH + held

        return act

    async def look(self, held: str) -> Link:
        """What a link is for; this does not use it up. Raises :class:`LinkOverError`."""
        now = self._clock()
        return await self._store.run(lambda db: _good(db, held, now))

    async def use_first(self, held: str, name: str, password_hash: str) -> User:
        """Uses the first admin's link, and returns who they now are. Raises :class:`UserError`."""
        checked, now = checked_name(name), self._clock()

        def act(db: sqlite3.Connection) -> User:
            link = _good(db, held, now)
            if link.user is not None:
                raise LinkOverError("This link is for somebody else.")
            db.execute("DELETE FROM links WHERE hash = ?", (_hash(held),))
            return users.add(
                db, checked, Role.ADMIN, made_by=link.made_by, now=now, password_hash=password_hash
            )

        return await self._store.run(act)

    async def use(self, held: str, password_hash: str) -> User:
        """Uses a user's link: sets their password and ends their sessions. Raises :class:`LinkOverError`."""
        now = self._clock()

        def act(db: sqlite3.Connection) -> User:
            link = _good(db, held, now)
            if link.user is None:
                raise LinkOverError("This link is for the first admin.")
            db.execute("DELETE FROM links WHERE user_id = ?", (link.user.id,))
            db.execute("DELETE FROM sessions WHERE user_id = ?", (link.user.id,))
            db.execute("UPDATE users SET password_hash = ? WHERE id = ?", (password_hash, link.user.id))
            return user_of(db.execute("SELECT * FROM users WHERE id = ?", (link.user.id,)).fetchone())

        return await self._store.run(act)


def _good(db: sqlite3.Connection, held: str, now: float) -> Link:
    row = db.execute("SELECT * FROM links WHERE hash = ? AND ends_at > ?", (_hash(held), now)).fetchone()
    if row is None:
        raise LinkOverError("This link was used already, or is too old.")
    user = None
    if row["user_id"] is not None:
        user = user_of(db.execute("SELECT * FROM users WHERE id = ?", (row["user_id"],)).fetchone())
        if user.disabled_at is not None:
            raise LinkOverError("This link is over.")
    elif not users.is_empty(db):
        raise LinkOverError("This link was used already, or is too old.")
    return Link(user, row["made_by"], row["ends_at"])


def _hash(held: str) -> str:
    return hashlib.sha256(held.encode()).hexdigest()
