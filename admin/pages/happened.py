"""What happened in a room, as its page tells it: what people and the schedule did, not each single call."""

from __future__ import annotations

from admin.api.rooms.entry import RoomEvent
from admin.live import LiveRoom
from waitroom.live.recorded import is_set_by_somebody
from waitroom.record.entries import Entry

FIRST = 60
"""So many are told at first."""
_TOO_OFTEN = frozenset({"called", "passed"})


def is_told(entry: Entry) -> bool:
    """Whether the page tells of an entry: neither of calls nor of what the gateways measure."""
    return is_set_by_somebody(entry) if entry.kind == "changed" else entry.kind not in _TOO_OFTEN


class Happened:
    """Tells one page what is new to it. Asks no Redis: it looks at what the console has followed."""

    def __init__(self, seen: LiveRoom) -> None:
        self._seen = seen
        self._last = ""

    def __repr__(self) -> str:
        return f"<Happened in {self._seen.room.name} up to {self._last or 'nothing'}>"

    def news(self) -> list[bytes]:
        """The events since the last call, newest first, as JSON; at first the newest of all."""
        record, last = self._seen.record, self._last
        if record.last_id == last:
            return []
        self._last = record.last_id
        since = record.after(last) if last else None
        entries = list(record.entries) if since is None else list(since)
        wanted = [entry for entry in reversed(entries) if is_told(entry)][:FIRST]
        return [RoomEvent.of(entry, self._seen.settings).model_dump_json().encode() for entry in wanted]
