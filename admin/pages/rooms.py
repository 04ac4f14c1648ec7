"""The page of all rooms."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from admin.auth.access import Viewer
from admin.console import console_of
from admin.pages.templates import page

router = APIRouter(include_in_schema=False)


@router.get("/", name="rooms")
async def rooms(request: Request, actor: Viewer) -> Response:
    """All rooms at a glance."""
    live = console_of(request).live.rooms.values()
    return page(request, "rooms.html", actor, here="rooms", rooms=list(live))
