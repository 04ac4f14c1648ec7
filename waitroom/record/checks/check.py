"""What all checks have in common."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from waitroom.line.rules import Rules
from waitroom.record.entries import Entry
from waitroom.record.findings import Promise
from waitroom.record.standing import Standing

Verdicts = Iterator[tuple[Promise, str]]
"""What is wrong, and which promise that breaks."""


@dataclass(slots=True)
class Now:
    """What is known at an entry."""

    is_whole: bool
    """Whether the record goes back to the beginning of the room."""
    is_new_life: bool = False
    """Whether another life of the line begins with this entry."""
    before: Rules | None = None
    """The rules until this entry; None: not known."""
    rules: Rules | None = None
    """The rules from this entry on."""


class Check(Protocol):
    """Goes through a record, oldest entry first."""

    def feed(self, entry: Entry, now: Now) -> Verdicts:
        """What is wrong with this entry, after all those before it."""

    def finish(self, standing: Standing) -> Verdicts:
        """What is wrong with the record as a whole, next to how the room stands at its end."""
