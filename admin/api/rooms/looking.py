"""The rooms as they are."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from admin.api.rooms.path import SeenOfPath
from admin.api.rooms.state import RoomState, state_of
from admin.api.rooms.streaming import states
from admin.api.streams import stream, wants_stream
from admin.auth.access import Viewer
from admin.console import console_of
from admin.documented import AS_CSV, AS_STREAM, both
from admin.export import Format, FormatOfQuery, table

router = APIRouter(prefix="/api/rooms", tags=["rooms"])


@router.get(
    "", operation_id="listRooms", response_model=list[RoomState], responses={200: both(AS_CSV, AS_STREAM)}
)
async def list_rooms(request: Request, actor: Viewer, form: FormatOfQuery = Format.JSON) -> object:
    """All rooms. With `Accept: text/event-stream`: each one's state, then again whenever it is another, at most once a
    second."""
    rooms = list(console_of(request).live.seen.values())
    if wants_stream(request):
        return stream(request, actor, states(request, rooms))
    if form is Format.CSV:
        return table("rooms.csv", [state_of(seen).model_dump(mode="json") for seen in rooms])
    return [state_of(seen) for seen in rooms]


@router.get(
    "/{room}", operation_id="getRoom", response_model=RoomState, responses={200: both(AS_CSV, etag=True)}
)
async def get_room(
    response: Response, _: Viewer, seen: SeenOfPath, form: FormatOfQuery = Format.JSON
) -> object:
    """One room. A change of it goes by the `ETag` of this answer."""
    if form is Format.CSV:
        return table(f"{seen.room.name}.csv", [state_of(seen).model_dump(mode="json")])
    state = state_of(seen)
    response.headers["etag"] = state.etag
    return state


@router.get("/{room}/stream", operation_id="watchRoom", response_class=Response, responses={200: AS_STREAM})
async def watch_room(request: Request, actor: Viewer, seen: SeenOfPath) -> Response:
    """One room as server-sent events: its state, then again whenever it is another, at most once a second."""
    return stream(request, actor, states(request, [seen]))
