"""One kind of thing that is kept of people, or of a room, and where."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum


class Where(StrEnum):
    """Where something is kept, or who gets it."""

    BROWSER = "browser"
    """With the visitor."""
    REDIS = "redis"
    LOGS = "logs"
    TRACES = "traces"
    CONSOLE = "console"
    """``console.db``, in the folder of the gateway."""
    SHOP = "shop"
    POST = "post"
    """Who carries the messages that somebody asked for."""


class About(StrEnum):
    """Whom it is about."""

    NOBODY = "nobody"
    """Counts and settings."""
    PLACE = "place"
    """A place in line by its number: whose it is, only the ticket in the visitor's hand tells."""
    ADDRESS = "address"
    """An address, as a keyed hash of one day."""
    CONTACT = "contact"
    """A mail address or telephone number that somebody has given, encrypted."""
    MEMBER = "member"
    """A member of the shop, as a keyed hash."""
    STAFF = "staff"
    """Those who run the room, by name."""


@dataclass(frozen=True, slots=True)
class Holding:
    """``name`` is a key, a cookie, a table or a field, where ``*`` stands for what differs."""

    where: Where
    name: str
    what: str
    purpose: str
    about: About
    keeping: str
    """For how long, in words."""
    key_seconds: float | None = None
    """Redis forgets the whole key after this; None: it does not by itself."""

    def covers(self, key: str) -> bool:
        """Whether a key is one of these."""
        pattern = "[^{}]*".join(map(re.escape, self.name.split("*")))
        return re.fullmatch(pattern, key) is not None

    def members(self) -> dict[str, object]:
        """As JSON has it."""
        return {
            "where": self.where, "name": self.name, "what": self.what, "purpose": self.purpose,
            "about": self.about, "keeping": self.keeping, "key_seconds": self.key_seconds,
        }  # fmt: skip
