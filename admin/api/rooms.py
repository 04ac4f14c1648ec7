"""The rooms as they are."""

from __future__ import annotations

import time
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Request
from pydantic import BaseModel, Field

from admin.auth.access import Viewer
from admin.console import console_of
from admin.problems import Problem
from waitroom.line.room import Room
from waitroom.line.rules import Mode

router = APIRouter(prefix="/api/rooms", tags=["rooms"])


class RoomState(BaseModel):
    """One room, as it was seen less than a second ago."""

    room: str
    mode: Mode
    rate: float = Field(description="Admissions a minute, as operators set them.")
    admission_rate: float = Field(
        description="Admissions a minute that are in force: what the shop can carry may be less."
    )
    capacity: int = Field(description="Visitors inside at once; 0: no cap.")
    message: str
    waiting: int = Field(description="Those in line who are present.")
    inside: int
    issued: int = Field(description="The highest ticket number given out in the general lane.")
    called: int = Field(description="Every ticket of the general lane up to this number may enter.")
    version: int = Field(description="Of the live settings.")
    stale_seconds: float | None = Field(
        description="For so long Redis has been away, and this is what was last seen; null: it is there."
    )

    @classmethod
    def of(cls, room: Room) -> RoomState:
        """The state of a room."""
        rules, head = room.rules, room.head
        return cls(
            room=room.name,
            mode=rules.mode,
            rate=rules.rate,
            admission_rate=rules.admission_rate,
            capacity=rules.capacity,
            message=rules.message,
            waiting=room.waiting,
            inside=head.sessions,
            issued=head.issued,
            called=head.called,
            version=head.version,
            stale_seconds=None if room.down_since is None else round(time.monotonic() - room.down_since, 1),
        )


async def room_of_path(request: Request, room: Annotated[str, Path(description="The room's name.")]) -> Room:
    """The room that a path names. Raises a :class:`~admin.problems.Problem` with status 404."""
    found = console_of(request).live.rooms.get(room)
    if found is None:
        raise Problem(404, "no-room", f"There is no room {room!r}.")
    return found


RoomOfPath = Annotated[Room, Depends(room_of_path)]


@router.get("", operation_id="listRooms")
async def list_rooms(request: Request, _: Viewer) -> list[RoomState]:
    """All rooms."""
    return [RoomState.of(room) for room in console_of(request).live.rooms.values()]


@router.get("/{room}", operation_id="getRoom")
async def get_room(_: Viewer, room: RoomOfPath) -> RoomState:
    """One room."""
    return RoomState.of(room)
