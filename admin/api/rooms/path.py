"""The room that a path names."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Path, Request

from admin.console import console_of
from admin.live import LiveRoom
from admin.problems import Problem
from waitroom.line.room import Room


async def seen_of_path(
    request: Request, room: Annotated[str, Path(description="The room's name.")]
) -> LiveRoom:
    """The room, and what the console has seen of it. Raises a :class:`~admin.problems.Problem` with status 404."""
    rooms = console_of(request).live.seen
    found = rooms.get(room)
    if found is None:
        raise Problem(404, "no-room", f"There is no room {room[:60]!r}; the rooms are {', '.join(rooms)}.")
    return found


SeenOfPath = Annotated[LiveRoom, Depends(seen_of_path)]


async def room_of_path(seen: SeenOfPath) -> Room:
    """The room that a path names."""
    return seen.room


RoomOfPath = Annotated[Room, Depends(room_of_path)]
