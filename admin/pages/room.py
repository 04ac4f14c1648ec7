"""The page of one room: its gauges, its dials and its brakes."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from admin.api.rooms.path import SeenOfPath
from admin.auth.access import Viewer
from admin.console import console_of
from admin.pages.looks import LIMITS, MODES, looks_json
from admin.pages.shown import shown
from admin.pages.templates import embedded, page
from waitroom.settings import RoomSettings

router = APIRouter(include_in_schema=False)


@router.get("/rooms/{room}", name="room")
async def room_page(request: Request, actor: Viewer, seen: SeenOfPath) -> Response:
    """One room."""
    now, settings = shown(seen), console_of(request).settings
    approval = settings.approval
    of_file = next(room for room in settings.rooms if room.name == seen.room.name)
    return page(
        request,
        "room.html",
        actor,
        here="room",
        room=seen.room.name,
        now=now.state,
        needs_two=approval.reset or approval.rate_above is not None,
        without_redis=_without_redis(of_file),
        modes=MODES,
        limits=LIMITS,
        state=embedded(now.told.text.decode()),
        looks=embedded(looks_json()),
    )


def _without_redis(room: RoomSettings) -> str:
    """What the gateways do with newcomers and the line then, as the file says."""
    if room.without_redis == "hold":
        return "nobody new is let in"
    return f"the line goes on, up to {room.without_redis_rate:g} a minute through each gateway"
