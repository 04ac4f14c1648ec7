"""The entries of a room's record, as the scripts write them (``log`` in ``scripts/lib/state.lua``)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that happened. ``at_ms`` is Redis's wall clock, ``clock`` the room clock, which takes no jumps."""

    id: str
    kind: str
    epoch: int
    clock: int
    fields: Mapping[str, str]

    @classmethod
    def parse(cls, entry_id: str, fields: Mapping[str, str]) -> Entry:
        """An entry of the stream. Raises ``KeyError`` and ``ValueError`` for one that no script wrote."""
        return cls(entry_id, fields["type"], int(fields["epoch"]), int(fields["clock"]), fields)

    @property
    def at_ms(self) -> int:
        """When it happened, in milliseconds since 1970."""
        return int(self.id.partition("-")[0])

    def number(self, name: str) -> int:
        """A field that is a whole number; 0 where there is none."""
        return int(self.fields.get(name, 0))

    def changes(self) -> dict[str, str]:
        """Of a change of settings: what each field is from now on."""
        return {
            name: value.rpartition(" -> ")[2]
            for name, value in self.fields.items()
            if name not in _OF_EVERY_CHANGE and " -> " in value
        }


_OF_EVERY_CHANGE = {"type", "epoch", "clock", "who", "why"}
