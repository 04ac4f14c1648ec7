"""Passwords: which are good enough, and how they are kept."""

from __future__ import annotations

import asyncio
import unicodedata
from collections.abc import Sequence
from enum import Enum

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from zxcvbn import zxcvbn

SHORTEST = 12
LONGEST = 200
"""Characters. More would only cost time."""
_MOST_READ = 4 * LONGEST
"""Characters as they are typed: several may become one."""
_JUDGED = 72
"""Characters that are judged: those after them can only make it harder."""
_GOOD_SCORE = 3
"""Of zxcvbn's five: "safely unguessable", 10^8 guesses and more."""
_AT_ONCE = 2
_MOST_WAITING = 50


class Verdict(Enum):
    """Whether a password is the right one."""

    WRONG = "wrong"
    RIGHT = "right"
    RIGHT_BUT_OLD = "right, but kept in a way that is out of date"


class BusyError(Exception):
    """Too many passwords are being checked at once."""


def weakness(password: str, about: Sequence[str] = ()) -> str | None:
    """Why a password is not good enough, as a sentence for who chose it; None where it is.

    As NIST SP 800-63B-4 section 3.1.1.2 has it: a length, no rules on kinds of characters, and none that is commonly
    used or expected. That is judged by `zxcvbn <https://github.com/dwolfhub/zxcvbn-python>`_. ``about`` are words
    that must not carry it, such as the user's name.
    """
    password = _normal(password[:_MOST_READ])
    if len(password) < SHORTEST:
        return f"Use at least {SHORTEST} characters. A few words that have nothing to do with each other are good."
    if len(password) > LONGEST:
        return f"Use at most {LONGEST} characters."
    judged = zxcvbn(password[:_JUDGED], [*about, "waitroom", "waiting room"])
    if judged["score"] >= _GOOD_SCORE:
        return None
    feedback = judged["feedback"]
    hints = [feedback["warning"] or "This password is easy to guess.", *feedback["suggestions"]]
    return " ".join(hint if hint.endswith(".") else f"{hint}." for hint in hints)


class Passwords:
    """Hashes passwords and checks them, a few at a time, in threads.

    Argon2id with 19 MiB, 2 passes and 1 lane: the `OWASP Password Storage Cheat Sheet
    <https://cheatsheetseries.owasp.org/cheatsheets/Password_Storage_Cheat_Sheet.html>`_.
    """

    def __init__(self) -> None:
        self._hasher = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
        self._nobodys = self._hasher.hash("nobody's")
        self._turn = asyncio.Semaphore(_AT_ONCE)
        self._waiting = 0

    async def hash(self, password: str) -> str:
        """What to keep of a password. Raises :class:`BusyError`."""
        return await self._in_turn(_normal(password), None)

    async def check(self, kept: str | None, password: str) -> Verdict:
        """Whether ``kept`` is of this password. It takes as long where nothing is kept. Raises :class:`BusyError`."""
        normal = _normal(password[:_MOST_READ])
        try:
            await self._in_turn(normal, kept or self._nobodys)
        except (VerificationError, InvalidHashError):
            return Verdict.WRONG
        if kept is None:
            return Verdict.WRONG
        return Verdict.RIGHT_BUT_OLD if self._hasher.check_needs_rehash(kept) else Verdict.RIGHT

    async def _in_turn(self, password: str, kept: str | None) -> str:
        if self._waiting >= _MOST_WAITING:
            raise BusyError
        self._waiting += 1
        try:
            async with self._turn:
                if kept is None:
                    return await asyncio.to_thread(self._hasher.hash, password)
                await asyncio.to_thread(self._hasher.verify, kept, password)
                return kept
        finally:
            self._waiting -= 1


def _normal(password: str) -> str:
    # the same password typed on another system may come in another form (NIST SP 800-63B-4 section 3.1.1.2)
    return unicodedata.normalize("NFKC", password)
