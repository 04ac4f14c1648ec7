"""What happened in a room: the record, in pages, as a table, and as it goes on."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Header, Request, Response
from pydantic import JsonValue

from admin.api.rooms.asked import After, Before, Limit, Wanted, WantedOfQuery
from admin.api.rooms.entry import COLUMNS, RoomEvent
from admin.api.rooms.following import follow
from admin.api.rooms.path import SeenOfPath
from admin.api.streams import stream, wants_stream
from admin.auth.access import Viewer
from admin.documented import AS_CSV, AS_STREAM, both
from admin.export import Format, FormatOfQuery, csv_answer
from admin.following import order
from admin.live import LiveRoom
from waitroom.record.entries import Entry

router = APIRouter(prefix="/api/rooms/{room}", tags=["rooms"])
MOST_READ = 20_000
"""Entries that are looked through for one page; the next page goes on from there."""
LINK = {"Link": {"description": 'The next page, as `<…>; rel="next"`.', "schema": {"type": "string"}}}


@router.get(
    "/events",
    operation_id="listEvents",
    response_model=list[RoomEvent],
    responses={200: both(AS_CSV, AS_STREAM) | {"headers": LINK}},
)
async def list_events(
    request: Request,
    response: Response,
    actor: Viewer,
    seen: SeenOfPath,
    wanted: WantedOfQuery,
    before: Before = None,
    after: After = None,
    limit: Limit = 100,
    form: FormatOfQuery = Format.JSON,
    last_event_id: Annotated[str | None, Header(alias="Last-Event-ID")] = None,
) -> object:
    """What happened in a room, newest first: who did what, when, and why.

    A page that is not the last has a `Link` to the next, even where none of its entries is wanted. `format=csv` is all
    that is wanted, not only a page. With `Accept: text/event-stream`: what happens from now on, oldest first, each with
    its id; what was missed comes first where `after` or `Last-Event-ID` tells the last one that was seen.
    """
    if wants_stream(request):
        return stream(request, actor, follow(request, seen, wanted, after or last_event_id))
    if form is Format.CSV:
        return csv_answer(f"{seen.room.name}-events.csv", COLUMNS, _rows(seen, wanted, before, after))
    found: list[RoomEvent] = []
    read, last = 0, ""
    async for entry in backwards(seen, before, after):
        if read == MOST_READ or len(found) == limit:
            response.headers["link"] = _next(request, last)
            break
        read, last = read + 1, entry.id
        if wanted.takes(entry, seen.settings):
            found.append(RoomEvent.of(entry, seen.settings))
    return found


async def backwards(seen: LiveRoom, before: str | None, after: str | None) -> AsyncIterator[Entry]:
    """The entries between two ids, newest first."""
    reader = seen.record.reader
    at, count = order(before or "0")
    if before and not (at or count):
        return  # Redis has no name for what is before everything
    until, since = f"({at}-{count}" if before else "+", f"({after}" if after else "-"
    async for stored in reader.backwards(until=until, since=since):
        try:
            yield Entry.parse(*stored)
        except (KeyError, ValueError):
            continue  # not of the gateway


async def _rows(
    seen: LiveRoom, wanted: Wanted, before: str | None, after: str | None
) -> AsyncIterator[Sequence[JsonValue | datetime]]:
    async for entry in backwards(seen, before, after):
        if wanted.takes(entry, seen.settings):
            yield RoomEvent.of(entry, seen.settings).row()


def _next(request: Request, last: str) -> str:
    query = [(name, value) for name, value in request.query_params.multi_items() if name != "before"]
    return f'<{request.url.path}?{urlencode([*query, ("before", last)])}>; rel="next"'
