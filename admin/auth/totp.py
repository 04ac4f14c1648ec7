"""Codes of an authenticator app (TOTP, RFC 6238), and recovery codes for who has lost it."""

from __future__ import annotations

import hmac
import secrets
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

import pyotp
import segno

from admin.auth.sealed import Box
from admin.store import Store

STEP_SECONDS = 30
OFFER_SECONDS = 3600
_AROUND = 1
"""Steps before and after the present one that are taken: clocks differ, and people are slow."""
RECOVERY_CODES = 10
_RECOVERY_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
"""None that looks like another."""
SCHEMA = """
CREATE TABLE IF NOT EXISTS recovery_codes (
    user_id TEXT NOT NULL REFERENCES users (id),
    hash TEXT NOT NULL,
    PRIMARY KEY (user_id, hash)
)
"""


@dataclass(frozen=True, slots=True)
class Offer:
    """A secret that an app can be given."""

    secret: str
    """In base 32, for typing."""
    sealed: str
    """As it is kept, and as a form may carry it until the first code has come."""
    qr_data_uri: str
    """An image of it."""


class Totp:
    """Makes secrets and checks codes. What is kept of one is encrypted with a key of the site's secrets, which come
    newest first."""

    def __init__(self, site_secrets: Sequence[str]) -> None:
        self._box = Box("totp", site_secrets)

    def offer(self, name: str, site: str, sealed: str | None = None) -> Offer:
        """A new secret, as apps take it in; with ``sealed`` the one that was offered within the last hour, where it
        still is."""
        secret = (sealed and self._box.open(sealed, OFFER_SECONDS)) or pyotp.random_base32()
        uri = pyotp.TOTP(secret).provisioning_uri(name=name, issuer_name=site)
        image = segno.make(uri, error="m").svg_data_uri(scale=4, border=4, dark="#000", light="#fff")
        return Offer(secret, self.seal(secret), image)

    def seal(self, secret: str) -> str:
        """What to keep of a secret."""
        return self._box.seal(secret)

    def is_offered(self, sealed: str) -> bool:
        """Whether this was offered within the last hour."""
        return self._box.open(sealed, OFFER_SECONDS) is not None

    def step_of(self, kept: str, code: str, *, now: float, after: int) -> int | None:
        """The step of which this is the code; None where it is of none, or of one not later than ``after``, which was
        used (RFC 6238 section 5.2)."""
        secret = self._box.open(kept)
        if secret is None:
            return None  # the secrets of the site were exchanged: a recovery code still lets in
        totp = pyotp.TOTP(secret)
        digits = "".join(code.split())
        here = int(now // STEP_SECONDS)
        found = None
        for step in range(here - _AROUND, here + _AROUND + 1):
            right = hmac.compare_digest(totp.generate_otp(step).encode(), digits.encode())
            if right and step > after:
                found = step
        return found


class RecoveryCodes:
    """The recovery codes of users: each lets in once, in place of a code."""

    def __init__(self, store: Store) -> None:
        self._store = store
        store.prepare(SCHEMA)

    async def make(self, user_id: str) -> list[str]:
        """New ones in place of those there were. They can never be shown again."""
        codes = [
            "-".join("".join(secrets.choice(_RECOVERY_LETTERS) for _ in range(5)) for _ in range(3))
            for _ in range(RECOVERY_CODES)
        ]

        def act(db: sqlite3.Connection) -> None:
            db.execute("DELETE FROM recovery_codes WHERE user_id = ?", (user_id,))
            db.executemany(
                "INSERT INTO recovery_codes VALUES (?, ?)",
                [(user_id, _hash(user_id, each)) for each in codes],
            )

        await self._store.run(act)
        return codes

    async def use(self, user_id: str, code: str) -> bool:
        """Uses one up. False where it is none."""
        used = await self._store.run(
            lambda db: (
                db.execute(
                    "DELETE FROM recovery_codes WHERE user_id = ? AND hash = ?",
                    (user_id, _hash(user_id, code)),
                ).rowcount
            )
        )
        return used == 1

    async def left(self, user_id: str) -> int:
        """How many there are still."""
        count: int = await self._store.run(
            lambda db: db.execute(
                "SELECT COUNT(*) FROM recovery_codes WHERE user_id = ?", (user_id,)
            ).fetchone()[0]
        )
        return count


def _hash(user_id: str, code: str) -> str:
    # 15 letters of 31 are 74 random bits: a fast hash is right
    letters = "".join(each for each in code.lower() if each.isalnum())
    return sha256(f"{user_id}:{letters}".encode()).hexdigest()
