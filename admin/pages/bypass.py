"""Who never queues in a room, and what would happen to a request."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from admin.api.rooms.path import SeenOfPath
from admin.api.trial import ENGINES
from admin.auth.access import Viewer
from admin.console import console_of
from admin.pages.templates import page

router = APIRouter(include_in_schema=False)


@router.get("/rooms/{room}/bypass", name="room-bypass")
async def bypass_page(request: Request, actor: Viewer, seen: SeenOfPath) -> Response:
    """The rules of a room, and the tester."""
    settings, room = console_of(request).settings, seen.settings
    path = room.paths[0].rstrip("*") if room.paths else "/"
    return page(
        request,
        "bypass.html",
        actor,
        here="room-bypass",
        room=seen.room.name,
        rules=[rule for rule in settings.bypass if not rule.rooms or room.name in rule.rooms],
        webhooks=settings.webhooks,
        proxies=settings.trusted_proxies,
        engines=ENGINES,
        url=f"https://{room.hosts[0]}{path}" if room.hosts else path,
        host="" if room.hosts else "shop.example",
    )
