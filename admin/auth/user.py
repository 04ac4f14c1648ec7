"""A user of the console: who they are, what they are called, and what cannot be asked of one."""

from __future__ import annotations

import sqlite3
import unicodedata
from dataclasses import dataclass, field

from admin.auth.roles import Role

LONGEST_NAME = 64
_PROGRAMS = frozenset(
    {"waitroom", "gateway", "console", "configuration file", "rehearsal", "schedule", "the start"}
)
"""What the logs call what is no person."""


class UserError(Exception):
    """What was asked of a user cannot be done: says why, in a sentence."""


class BadNameError(UserError):
    """Nobody can have that name."""


class NameTakenError(UserError):
    """Somebody else has that name."""


class LastAdminError(UserError):
    """Nobody would be left who may let others in."""


class NoUserError(UserError):
    """There is no such user."""


@dataclass(frozen=True, slots=True)
class User:
    """One who may sign in. Times are in seconds since 1970."""

    id: str
    name: str
    role: Role
    password_hash: str | None = field(repr=False)
    totp_secret: str | None = field(repr=False)
    """Encrypted: see :mod:`admin.auth.totp`."""
    totp_step: int
    """The last step whose code was used."""
    issuer: str | None
    """Of the OpenID Connect provider that they come from; None for those with a password."""
    made_by: str
    made_at: float
    seen_at: float | None
    disabled_at: float | None

    @property
    def is_invited(self) -> bool:
        """Whether they have yet to choose a password."""
        return self.password_hash is None and self.issuer is None

    @property
    def has_totp(self) -> bool:
        """Whether a code is asked of them."""
        return self.totp_secret is not None


def checked_name(name: str) -> str:
    """A name as it is kept. Raises :class:`BadNameError`."""
    tidy = unicodedata.normalize("NFKC", name).strip()
    if not 1 <= len(tidy) <= LONGEST_NAME:
        raise BadNameError(f"A name has 1 to {LONGEST_NAME} characters.")
    if not tidy.isprintable():
        raise BadNameError("A name has no control characters.")
    folded = tidy.casefold()
    # the log calls programs "token …" and those at the machine "… by command line"
    if folded in _PROGRAMS or folded.startswith("token ") or folded.endswith(" by command line"):
        raise BadNameError("Such a name is kept for programs.")
    return tidy


def key_of(name: str) -> str:
    """By which a name is found: whoever types it need not mind capitals."""
    return unicodedata.normalize("NFKC", name).strip().casefold()


def user_of(row: sqlite3.Row) -> User:
    """A row of the table."""
    return User(
        id=row["id"],
        name=row["name"],
        role=Role(row["role"]),
        password_hash=row["password_hash"],
        totp_secret=row["totp_secret"],
        totp_step=row["totp_step"],
        issuer=row["issuer"],
        made_by=row["made_by"],
        made_at=row["made_at"],
        seen_at=row["seen_at"],
        disabled_at=row["disabled_at"],
    )
