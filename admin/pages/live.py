"""What the pages show, pushed once a second: one connection for all that a page shows.

The API's streams are silent while nothing is new; a page must know within seconds that nobody speaks to it any more.
And a browser has six connections for all its pages of the console together: two for each would be too many.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator
from dataclasses import asdict

from fastapi import APIRouter, Request
from fastapi.responses import StreamingResponse

from admin.api.rooms.path import SeenOfPath
from admin.api.streams import Listener, event, stream
from admin.auth.access import Viewer
from admin.console import console_of
from admin.live import LiveRoom
from admin.pages.happened import Happened
from admin.pages.shown import shown
from admin.pages.static import FILES

EVERY_SECONDS = 1.0
OVER = b"event: over\ndata:\n\n"
"""Whoever watches may not any more."""

_BUILD = FILES.digest.encode()
"""Of the scripts that understand this: a page that has others asks to be reloaded."""

router = APIRouter(include_in_schema=False)


@router.get("/live", name="live")
async def live(request: Request, actor: Viewer) -> StreamingResponse:
    """All rooms as server-sent events, once a second: ``{"build", "at", "rooms"}``: of which build, the time in
    milliseconds, and in brief each room of which anything is new."""
    return stream(request, actor, _all(request))


@router.get("/live/{room}", name="live-room")
async def live_room(request: Request, actor: Viewer, seen: SeenOfPath) -> StreamingResponse:
    """One room as server-sent events, once a second: ``{"build", "at", "state", "point", "events"}``: of which build,
    the time in milliseconds, its state, the newest figures of its charts, and what has happened since, newest first."""
    return stream(request, actor, _one(request, seen))


async def _all(request: Request) -> AsyncIterator[bytes]:
    console, listener = console_of(request), Listener(request)
    last: dict[str, bytes] = {}
    while await listener.may_listen():
        texts = {name: shown(seen).text for name, seen in console.live.seen.items()}
        new = b",".join(text for name, text in texts.items() if text != last.get(name))
        last = texts
        yield event(b'{"build":"%b","at":%d,"rooms":[%b]}' % (_BUILD, time.time() * 1000, new))
        await asyncio.sleep(EVERY_SECONDS)
    if not console.over.is_set():
        yield OVER


async def _one(request: Request, seen: LiveRoom) -> AsyncIterator[bytes]:
    console, listener, happened = console_of(request), Listener(request), Happened(seen)
    while await listener.may_listen():
        point = json.dumps(asdict(seen.point) if seen.point else None).encode()
        news = (_BUILD, time.time() * 1000, shown(seen).told.text, point, b",".join(happened.news()))
        yield event(b'{"build":"%b","at":%d,"state":%b,"point":%b,"events":[%b]}' % news)
        await asyncio.sleep(EVERY_SECONDS)
    if not console.over.is_set():
        yield OVER
