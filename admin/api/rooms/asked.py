"""Which entries of a record are asked for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Query

from admin.api.rooms.entry import RoomEvent
from waitroom.record.entries import Entry
from waitroom.settings import RoomSettings

_ID = r"^[0-9]{1,15}(-[0-9]{1,15})?$"
_TYPE = r"^-?[a-z_]{1,40}(,-?[a-z_]{1,40})*$"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What they are to be of, by whom, and what their words have in them."""

    types: frozenset[str] = frozenset()
    """Empty: all."""
    without: frozenset[str] = frozenset()
    who: str = ""
    """A part of who did it, in any case; empty: anybody."""
    text: str = ""
    """A part of what is told, of who or of why, in any case."""

    def takes(self, entry: Entry, room: RoomSettings) -> bool:
        """Whether an entry is one of them. ``room`` is as the file has it."""
        if (self.types and entry.kind not in self.types) or entry.kind in self.without:
            return False
        if self.who and self.who.casefold() not in entry.fields.get("who", "").casefold():
            return False
        return not self.text or self.text.casefold() in _told(entry, room).casefold()


async def wanted_types(
    types: Annotated[
        list[Annotated[str, Query(pattern=_TYPE)]] | None,
        Query(
            alias="type",
            description="Only these types, such as `changed,reset`; with a minus before it, all but that one: "
            "`-called`. May be repeated.",
        ),
    ] = None,
    who: Annotated[
        str, Query(max_length=200, description="Only what somebody did whose name has this.")
    ] = "",
    text: Annotated[str, Query(max_length=200, description="Only those in whose words this is.")] = "",
) -> Wanted:
    """What a query asks for."""
    names = [name for each in types or () for name in each.split(",")]
    return Wanted(
        frozenset(name for name in names if not name.startswith("-")),
        frozenset(name.removeprefix("-") for name in names if name.startswith("-")),
        who.strip(),
        text.strip(),
    )


def _told(entry: Entry, room: RoomSettings) -> str:
    event = RoomEvent.of(entry, room)
    return f"{event.text} {event.who} {event.why}"


WantedOfQuery = Annotated[Wanted, Depends(wanted_types)]
Before = Annotated[
    str | None,
    Query(pattern=_ID, description="Only older ones than that id, or milliseconds since 1970."),
]
After = Annotated[
    str | None,
    Query(pattern=_ID, description="Only newer ones than that id, or milliseconds since 1970."),
]
Limit = Annotated[int, Query(ge=1, le=1000, description="So many at the most.")]
