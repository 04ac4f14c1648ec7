"""The entries of a room's record, as the scripts write them (``log`` in ``scripts/lib/state.lua``)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha1

from waitroom.line.plan import Step

LOG_LENGTH = 100_000
"""Entries that are kept at least: older ones are cut off (``LOG_LENGTH`` in ``scripts/lib/record.lua``)."""

DESK_KINDS = frozenset({"brought_forward", "reinstated"})
"""What the support desk does to single places."""

_OF_EVERY_CHANGE = {"type", "epoch", "clock", "who", "why", "chain"}


@dataclass(frozen=True, slots=True)
class Change:
    """What became of one setting."""

    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that happened. ``clock`` is the room clock in milliseconds, which takes no jumps."""

    id: str
    """Redis's: the milliseconds since 1970 at which it happened, and a count within them."""
    kind: str
    epoch: int
    clock: int
    fields: Mapping[str, str]
    """All of them, in the order in which they were written."""

    @classmethod
    def parse(cls, entry_id: str, fields: Mapping[str, str]) -> Entry:
        """An entry of the stream. Raises ``KeyError`` and ``ValueError`` for one that no script wrote."""
        entry = cls(entry_id, fields["type"], int(fields["epoch"]), int(fields["clock"]), fields)
        _ = entry.order
        return entry

    @property
    def order(self) -> tuple[int, int]:
        """By which entries are older and newer."""
        at, _, count = self.id.partition("-")
        return int(at), int(count)

    @property
    def at_ms(self) -> int:
        """When it happened, in milliseconds since 1970 by Redis's clock."""
        return self.order[0]

    @property
    def at(self) -> str:
        """The same as a text, RFC 3339 in UTC; what is no moment, as it stands."""
        try:
            moment = datetime.fromtimestamp(self.at_ms / 1000, UTC)
        except (ValueError, OverflowError, OSError):
            return self.id
        return moment.isoformat(timespec="milliseconds")

    def number(self, name: str) -> int:
        """A field that is a whole number; 0 where there is none."""
        return int(self.fields.get(name, 0))

    def changes(self) -> dict[str, Change]:
        """Of a change of settings: what became of each. A text that holds an arrow itself may be cut wrongly."""
        split = {
            name: value.partition(" -> ")
            for name, value in self.fields.items()
            if name not in _OF_EVERY_CHANGE and " -> " in value
        }
        return {name: Change(before, after) for name, (before, _, after) in split.items()}

    def planned(self) -> list[Step]:
        """The steps of a plan. Raises ``KeyError`` and ``ValueError`` for what is none."""
        plan = self.fields.get("plan", "")
        words = plan.split("\n") if plan else []
        return [Step.parse(int(at), text) for at, text in zip(words[::2], words[1::2], strict=True)]

    def chained_to(self, before: str) -> str:
        """What ``chain`` must be, where the entry before had ``before`` there; the first one has nothing before it."""
        words = [word for pair in self.fields.items() if pair[0] != "chain" for word in pair]
        return sha1((before + "\0".join(words)).encode(), usedforsecurity=False).hexdigest()
