"""What the pages show, pushed once a second: one connection for as many rooms as a page shows.

The API's stream is silent while nothing is new; a page must know within seconds that nobody speaks to it any more.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Sequence

from fastapi import APIRouter, Request
from fastapi.responses import StreamingResponse

from admin.api.streams import Listener, event, stream
from admin.auth.access import Viewer
from admin.console import console_of
from admin.live import LiveRoom
from admin.pages.shown import shown
from admin.problems import Problem

EVERY_SECONDS = 1.0

router = APIRouter(include_in_schema=False)


@router.get("/live", name="live")
async def live(request: Request, _: Viewer, room: str = "") -> StreamingResponse:
    """Server-sent events, once a second: ``{"at": milliseconds, "rooms": [each that is another than before]}``, of one
    ``room`` or of all; at last ``event: over`` where whoever watches may not any more."""
    rooms = console_of(request).live.seen
    if room and room not in rooms:
        raise Problem(404, "no-room", f"There is no room {room[:60]!r}.")
    return stream(_news(request, [rooms[room]] if room else list(rooms.values())))


async def _news(request: Request, rooms: Sequence[LiveRoom]) -> AsyncIterator[bytes]:
    listener, told = Listener(request), dict[str, int]()
    while await listener.may_listen():
        new = []
        for seen in rooms:
            now = shown(seen)
            if told.get(seen.room.name) != now.serial:
                told[seen.room.name] = now.serial
                new.append(now.text)
        yield event(b'{"at":%d,"rooms":[%b]}' % (time.time() * 1000, b",".join(new)))
        await asyncio.sleep(EVERY_SECONDS)
    if not console_of(request).over.is_set():
        yield b"event: over\ndata:\n\n"
