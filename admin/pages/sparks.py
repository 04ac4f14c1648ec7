"""The small lines in the list of rooms: how each line was over the last quarter of an hour."""

from __future__ import annotations

import asyncio
import time

from fastapi import APIRouter, Request
from pydantic import BaseModel

from admin.auth.access import Viewer
from admin.console import Console, console_of
from admin.history.series import Span

SPAN_SECONDS = 900
FRESH_SECONDS = 10.0
"""For so long the same is told to everyone who opens the page."""

router = APIRouter(include_in_schema=False)


class Spark(BaseModel):
    """Those waiting in one room, at even steps; None: not known."""

    begin: int
    """In seconds since 1970."""
    step_seconds: int
    waiting: list[float | None]


class Sparks:
    """The lines of all rooms, read at most every ten seconds, and once for all who ask meanwhile."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._reading = asyncio.Lock()
        self._read_at = -FRESH_SECONDS
        self._found: dict[str, Spark] = {}

    async def all(self) -> dict[str, Spark]:
        """By the rooms' names."""
        async with self._reading:
            if time.monotonic() - self._read_at >= FRESH_SECONDS:
                self._found = {room: await self._of(room) for room in self._console.live.seen}
                self._read_at = time.monotonic()
            return self._found

    async def _of(self, room: str) -> Spark:
        sampler = self._console.sampler
        now = sampler.now
        series = await sampler.history.series(room, Span.HOURS, now, now - SPAN_SECONDS)
        return Spark(begin=series.begin, step_seconds=series.step_seconds, waiting=series.waiting)


@router.get("/sparks", name="sparks")
async def sparks(request: Request, _: Viewer) -> dict[str, Spark]:
    """How each line was over the last quarter of an hour."""
    state = request.app.state
    if not hasattr(state, "sparks"):
        state.sparks = Sparks(console_of(request))
    found: Sparks = state.sparks
    return await found.all()
