"""The record of a room as it grows: followed by one reader, for everyone who looks."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator

from waitroom.live.recorded import is_set_by_somebody
from waitroom.record.entries import Entry
from waitroom.record.reading import RecordReader, Stored

KEPT = 2000
"""The newest entries, which are at hand without asking Redis."""


class Following:
    """Looks for new entries of one room's record."""

    def __init__(self, reader: RecordReader) -> None:
        self.reader = reader
        self.entries: deque[Entry] = deque(maxlen=KEPT)
        self.set_by: dict[str, Entry] = {}
        """The entry that last told of each field of the rules."""
        self.last_set: Entry | None = None
        """The last that tells of something set, by an operator or the schedule."""
        self.last_id = ""
        """Of the newest entry; empty: there is none, or nobody has looked yet."""

    def __repr__(self) -> str:
        return f"<Following {self.reader!r} up to {self.last_id or 'nothing'}>"

    async def look(self) -> None:
        """Reads what is new. Raises :class:`~waitroom.errors.LineUnavailableError`."""
        if self.last_id:
            async for stored in self.reader.entries(since=f"({self.last_id}"):
                self._add(stored)
            return
        newest: list[Stored] = []
        async for stored in self.reader.backwards():
            newest.append(stored)
            if len(newest) == KEPT:
                break
        for stored in reversed(newest):
            self._add(stored)

    def after(self, entry_id: str) -> Iterator[Entry] | None:
        """The entries after that one; None where some of them may not be at hand."""
        if not self.entries or order(entry_id) < self.entries[0].order:
            return None if self.last_id else iter(())
        return (entry for entry in list(self.entries) if entry.order > order(entry_id))

    def _add(self, stored: Stored) -> None:
        self.last_id = stored[0]
        try:
            entry = Entry.parse(*stored)
        except (KeyError, ValueError):
            return  # not of the gateway
        self.entries.append(entry)
        if entry.kind == "changed":
            self.set_by |= dict.fromkeys(entry.changes(), entry)
            if is_set_by_somebody(entry):
                self.last_set = entry


def order(entry_id: str) -> tuple[int, int]:
    """By which ids are older and newer. Raises ``ValueError``."""
    at, _, count = entry_id.partition("-")
    return int(at), int(count or 0)
