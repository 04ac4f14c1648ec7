"""An entry of a room's record, as the API tells it."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from pydantic import BaseModel, Field, JsonValue

from admin.api.rooms.parts import BeforeAfter, moment, told_changes
from waitroom.live.recorded import changes_in
from waitroom.record.entries import Entry
from waitroom.record.words import what
from waitroom.settings import RoomSettings

COLUMNS = ("id", "at", "type", "text", "who", "why", "changed", "fields")


class RoomEvent(BaseModel):
    """Something that happened in a room."""

    id: str = Field(description="Unique within the room; the first part is the milliseconds since 1970.")
    at: datetime
    type: str = Field(description="Such as `changed`, `called`, `reset`; the manual has them all.")
    text: str = Field(description="What happened, in words, with times of the room's time zone.")
    who: str = Field(description="Who did it; empty: nobody in particular.")
    why: str
    changed: dict[str, BeforeAfter] = Field(description="What became of which setting.")
    fields: dict[str, str] = Field(description="The entry as it is recorded.")

    @classmethod
    def of(cls, entry: Entry, room: RoomSettings) -> RoomEvent:
        """An entry. ``room`` is as the file has it."""
        changes = changes_in(room, entry) if entry.kind == "changed" else ()
        try:
            text = what(entry, ZoneInfo(room.timezone))
        except (KeyError, ValueError):
            text = entry.kind
        if changes:
            text = f"changed: {', '.join(map(str, changes))}"
        return cls(
            id=entry.id,
            at=moment(entry.at_ms),
            type=entry.kind,
            text=text,
            who=entry.fields.get("who", ""),
            why=entry.fields.get("why", ""),
            changed=told_changes(changes),
            fields=dict(entry.fields),
        )

    def row(self) -> list[JsonValue | datetime]:
        """As a row of :data:`COLUMNS`."""
        changed = "; ".join(f"{name} {each.before} -> {each.after}" for name, each in self.changed.items())
        fields: JsonValue = dict(self.fields)
        return [self.id, self.at, self.type, self.text, self.who, self.why, changed, fields]
