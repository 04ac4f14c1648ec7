"""One entry of the audit log."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

Value = str | int | float | bool | None
Values = Mapping[str, Value]

_LONGEST = 500


class Outcome(StrEnum):
    """What became of an action."""

    DONE = "done"
    REFUSED = "refused"
    """It was not allowed, or not as things stood."""
    FAILED = "failed"
    """Something was wrong with the console or with Redis."""


@dataclass(frozen=True, slots=True)
class Draft:
    """What is to be written; every text in it is made harmless when it is."""

    who: str
    """Empty where it is not known."""
    action: str
    """A word of the console: ``sign-in``, ``setRate``."""
    outcome: Outcome
    about: str = ""
    """What it was done to: a room, a user, a token."""
    before: Values = field(default_factory=dict)
    after: Values = field(default_factory=dict)
    why: str = ""
    network: str = ""
    """From where: see :func:`admin.audit.address.network_of`."""
    status: int = 0
    """Of the answer; 0 where there was none."""


@dataclass(frozen=True, slots=True)
class Entry:
    """What was written. ``at`` is in seconds since 1970; ``before`` and ``after`` are JSON objects."""

    id: int
    at: float
    who: str
    action: str
    outcome: Outcome
    about: str
    before: str
    after: str
    why: str
    network: str
    status: int


def plain(text: str) -> str:
    """A text that does nothing where it is shown: control characters, line ends and signs that turn the direction of
    writing stand as their escapes, and it is not too long."""
    cut = text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"
    return "".join(each if each.isprintable() else each.encode("unicode_escape").decode() for each in cut)


def as_json(values: Values) -> str:
    """Values as they are kept."""
    tidy = {plain(name): plain(value) if isinstance(value, str) else value for name, value in values.items()}
    return json.dumps(tidy, ensure_ascii=False, sort_keys=True)
