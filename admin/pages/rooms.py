"""The page of all rooms."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from admin.auth.access import Viewer
from admin.console import console_of
from admin.pages.looks import LIMITS, MODES, TONES, looks_json
from admin.pages.shown import shown
from admin.pages.templates import embedded, page

router = APIRouter(include_in_schema=False)


@router.get("/", name="rooms")
async def rooms(request: Request, actor: Viewer) -> Response:
    """All rooms at a glance, those first that somebody should look at."""
    live = [shown(seen) for seen in console_of(request).live.seen.values()]
    live.sort(key=lambda each: (each.brief.health.rank, -each.state.waiting, each.state.room))
    return page(
        request,
        "rooms.html",
        actor,
        here="rooms",
        rooms=live,
        modes=MODES,
        limits=LIMITS,
        tones=TONES,
        looks=embedded(looks_json()),
    )
