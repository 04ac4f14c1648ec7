"""The page of a room's lanes: who gets which share of the admissions."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from admin.api.rooms.path import SeenOfPath
from admin.auth.access import Viewer
from admin.pages.shown import shown
from admin.pages.templates import page

router = APIRouter(include_in_schema=False)


@router.get("/rooms/{room}/lanes", name="room-lanes")
async def lanes_page(request: Request, actor: Viewer, seen: SeenOfPath) -> Response:
    """The lanes of a room."""
    return page(
        request,
        "room-lanes.html",
        actor,
        here="room-lanes",
        room=seen.room.name,
        now=shown(seen).state,
        general_share=seen.settings.general_share,
    )
