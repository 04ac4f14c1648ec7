"""The rooms as they are now: each is kept as a gateway's worker keeps it, only more slowly and with no visitors."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress

from redis.asyncio import Redis

from waitroom.assembly.line import room_of
from waitroom.errors import LineUnavailableError
from waitroom.line.room import Room
from waitroom.line.seeds import Seeds
from waitroom.settings import Settings

TICK_SECONDS = 0.5
"""Between two looks at a room: what is shown is less than a second old."""


class LiveRooms:
    """All rooms of the site, looked at again and again while :meth:`running`.

    While Redis is away each room stands as it was last seen, and its ``down_since`` tells since when.
    """

    def __init__(self, settings: Settings, redis: Redis, secrets: Sequence[str]) -> None:
        seeds = Seeds(secrets)
        self.rooms: Mapping[str, Room] = {each.name: room_of(each, redis, seeds) for each in settings.rooms}
        for room in self.rooms.values():
            room.busy_tick_seconds = room.idle_tick_seconds = TICK_SECONDS

    def __repr__(self) -> str:
        return f"<LiveRooms {', '.join(self.rooms)}>"

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Looks at the rooms for as long as the block goes on."""
        tasks = [asyncio.create_task(self._keep(room)) for room in self.rooms.values()]
        try:
            yield
        finally:
            for room in self.rooms.values():
                room.stop()
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _keep(self, room: Room) -> None:
        with suppress(LineUnavailableError):  # `run` goes on trying, and tells
            await room.start()
        await room.run()
