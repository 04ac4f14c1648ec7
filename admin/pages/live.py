"""What the pages show, pushed once a second: one connection for as many rooms as a page shows."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping

from fastapi import APIRouter, Request
from fastapi.responses import StreamingResponse

from admin.auth.access import Viewer, actor_of
from admin.console import console_of
from admin.pages.picture import picture_of
from admin.problems import Problem
from waitroom.line.room import Room

EVERY_SECONDS = 1.0
ASK_AGAIN_SECONDS = 5.0
"""After so long it is looked up whether whoever watches still may."""

router = APIRouter(include_in_schema=False)


class Pictures:
    """The pictures of all rooms as JSON. Each is made once for all who watch, and at most twice a second."""

    def __init__(self, rooms: Mapping[str, Room]) -> None:
        self._rooms = rooms
        self._made: dict[str, tuple[float, str]] = {}

    def text(self, name: str) -> str:
        """The picture of a room."""
        now = time.monotonic()
        made_at, text = self._made.get(name, (-1e9, ""))
        if now - made_at >= EVERY_SECONDS / 2:
            text = picture_of(self._rooms[name]).model_dump_json()
            self._made[name] = (now, text)
        return text

    def changed(self, names: Iterable[str], seen: dict[str, str]) -> Iterator[str]:
        """The pictures that are others than those in ``seen``, which is brought up to date."""
        for name in names:
            if (text := self.text(name)) != seen.get(name):
                seen[name] = text
                yield text


def pictures_of(request: Request) -> Pictures:
    """Those of the console that a request came to."""
    state = request.app.state
    if not hasattr(state, "pictures"):
        state.pictures = Pictures(console_of(request).live.rooms)
    pictures: Pictures = state.pictures
    return pictures


@router.get("/live", name="live")
async def live(request: Request, _: Viewer, room: str = "") -> StreamingResponse:
    """Server-sent events: ``{"at_ms", "rooms": [what changed since the last one]}`` once a second, of one ``room`` or
    all; ``event: over`` when whoever watches may not any more."""
    rooms = console_of(request).live.rooms
    if room and room not in rooms:
        raise Problem(404, "no-room", f"There is no room {room!r}.")
    stream = _stream(request, [room] if room else list(rooms))
    return StreamingResponse(stream, media_type="text/event-stream", headers={"x-accel-buffering": "no"})


async def _stream(request: Request, names: list[str]) -> AsyncIterator[str]:
    pictures, seen = pictures_of(request), dict[str, str]()
    asked = time.monotonic()
    while True:
        if time.monotonic() - asked >= ASK_AGAIN_SECONDS:
            asked = time.monotonic()
            try:
                await actor_of(request)
            except Problem as problem:
                yield f"event: over\ndata: {json.dumps({'detail': problem.detail})}\n\n"
                return
        changed = ",".join(pictures.changed(names, seen))
        yield f'data: {{"at_ms":{time.time() * 1000:.0f},"rooms":[{changed}]}}\n\n'
        # all who watch are told at the same moment, of one and the same picture
        await asyncio.sleep(EVERY_SECONDS - time.time() % EVERY_SECONDS)
