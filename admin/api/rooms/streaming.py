"""Rooms as server-sent events: their state, at most once a second, and only where it is another."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from weakref import WeakKeyDictionary

from fastapi import Request

from admin.api.rooms.state import RoomState, state_of
from admin.api.streams import ALIVE, RETRY, Listener, event
from admin.live import LiveRoom

LEAST_SECONDS = 1.0
"""Between two states of one room."""


@dataclass(frozen=True, slots=True)
class Told:
    """A state as it is sent: worked out once for everyone who looks."""

    looks: int
    state: RoomState
    text: bytes

    def is_like(self, other: Told) -> bool:
        """Whether nothing is new but the time."""
        return self is other or self.state.model_copy(update={"now": other.state.now}) == other.state


_told: WeakKeyDictionary[LiveRoom, Told] = WeakKeyDictionary()


def told(seen: LiveRoom) -> Told:
    """The state of a room since its last look."""
    last = _told.get(seen)
    if last is None or last.looks != seen.looks:
        state = state_of(seen)
        last = _told[seen] = Told(seen.looks, state, state.model_dump_json().encode())
    return last


async def states(request: Request, rooms: Sequence[LiveRoom]) -> AsyncIterator[bytes]:
    """The states of rooms, first as they are, then each when it is another."""
    listener = Listener(request)
    last: dict[str, Told] = {}
    yield RETRY
    while await listener.may_listen():
        for seen in rooms:
            now, before = told(seen), last.get(seen.room.name)
            if before is None or not now.is_like(before):
                last[seen.room.name] = now
                listener.told()
                yield event(now.text)
        if listener.is_due:
            listener.told()
            yield ALIVE
        await asyncio.sleep(LEAST_SECONDS)
