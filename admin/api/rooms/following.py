"""The record of a room as server-sent events."""

from __future__ import annotations

from collections.abc import AsyncIterator

from fastapi import Request

from admin.api.rooms.asked import Wanted
from admin.api.rooms.entry import RoomEvent
from admin.api.streams import ALIVE, LOOK_SECONDS, RETRY, Listener, event
from admin.following import order
from admin.live import LiveRoom
from waitroom.errors import LineUnavailableError
from waitroom.record.entries import Entry


async def follow(request: Request, seen: LiveRoom, wanted: Wanted, last: str | None) -> AsyncIterator[bytes]:
    """The entries after ``last``, or from now on, as they come."""
    listener = Listener(request)
    yield RETRY
    at = _read(last) or seen.record.last_id or "0"
    while await listener.may_listen():
        try:
            async for entry in _after(seen, at):
                at = entry.id
                if wanted.takes(entry, seen.settings):
                    listener.told()
                    yield event(RoomEvent.of(entry, seen.settings).model_dump_json().encode(), entry.id)
        except LineUnavailableError:
            pass  # the state of the room tells; what happens meanwhile comes later
        if listener.is_due:
            listener.told()
            yield ALIVE
        await seen.bell.wait(LOOK_SECONDS)


async def _after(seen: LiveRoom, at: str) -> AsyncIterator[Entry]:
    at_hand = seen.record.after(at)
    if at_hand is not None:
        for entry in at_hand:
            yield entry
        return
    async for stored in seen.record.reader.entries(since=f"({at}"):
        try:
            yield Entry.parse(*stored)
        except (KeyError, ValueError):
            continue  # not of the gateway


def _read(last: str | None) -> str:
    """The id that a client has sent; empty for what is none."""
    try:
        at, count = order(last or "")
    except ValueError:
        return ""
    return f"{at}-{count}" if 0 <= at < 10**15 and 0 <= count < 10**15 else ""
