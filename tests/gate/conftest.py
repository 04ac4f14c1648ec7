"""Rooms for tests of what is computed from a snapshot alone: they never talk to Redis."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import pytest
from redis.asyncio import Redis

from tests.line.bitmaps import bits
from waitroom.line.head import Head
from waitroom.line.room import Room
from waitroom.line.rules import Rules
from waitroom.line.snapshot import Snapshot
from waitroom.line.store import View

MakeRoom = Callable[..., Room]


@pytest.fixture
def make_room() -> MakeRoom:
    """``make_room(rules, present=…, used=…, late=…, head=…)``: a room at one moment."""

    def make(
        rules: Rules,
        *,
        head: Head,
        present: Iterable[int] = (),
        used: Iterable[int] = (),
        late: tuple[int, ...] = (),
    ) -> Room:
        room = Room("drop", Redis.from_url("unix:///nowhere"), rules)
        start = (head.called + 1) // 8 * 8
        view = View(head, start, bits(used, start), (bits(present, start), b"", b"", b""), late, ())
        room.general.snapshot = Snapshot(view)
        room.look_ahead()
        return room

    return make
