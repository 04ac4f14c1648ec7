"""The rooms as they are now: each is kept as a gateway's worker keeps it, only more slowly and with no visitors."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress

from redis.asyncio import Redis

from admin.bell import Bell
from admin.flow import Counts, Flow
from admin.following import Following
from admin.history.point import Point
from waitroom.assembly.line import reader_of, room_of
from waitroom.errors import LineUnavailableError
from waitroom.line.room import Room
from waitroom.line.seeds import Seeds
from waitroom.record.live import Counted, read_counted
from waitroom.settings import RoomSettings, Settings
from waitroom.tasks import end_all

TICK_SECONDS = 0.5
"""Between two looks at a room: what is shown is less than a second old."""
FOLLOW_SECONDS = 1.0
"""Between two looks at a room's record, and two tellings of those who watch."""
FIRST_SECONDS = 3.0
"""For so long the console's start waits for Redis."""
OLD_SECONDS = 3.0
"""What was seen longer ago is said to be old: a Redis that hangs is found out by its silence, before any deadline of a
command has passed."""
LISTEN_SECONDS = 0.6
"""Between two looks at whether it was seen."""
FAIRNESS_SECONDS = 20.0
"""Between two looks at what the workers count: they tell it once a minute."""

logger = logging.getLogger("waitroom.console")


class LiveRoom:
    """One room, and what the console has seen of it."""

    def __init__(self, settings: RoomSettings, redis: Redis, seeds: Seeds) -> None:
        self.settings = settings
        """As the file has them."""
        self.room = room_of(settings, redis, seeds)
        self.flow = Flow()
        self.record = Following(reader_of(settings, redis))
        self.counted = Counted()
        """What the workers count of fairness."""
        self.point: Point | None = None
        """The newest figures of its charts; None: there are none just now."""
        self.workers: int | None = None
        """Gateways' workers that live and keep the room; None: nobody knows."""
        self.bell = Bell()
        """Rings about once a second, and when the console itself has changed something."""
        self.looks = 0
        """How often it has rung."""
        self._redis = redis
        self._stopping = False
        self._fairness_at = -FAIRNESS_SECONDS
        self._told_at = time.monotonic()
        self._silent_seconds = 0.0
        self.room.busy_tick_seconds = self.room.idle_tick_seconds = TICK_SECONDS
        self.room.on_change(self._count)

    def __repr__(self) -> str:
        return f"<LiveRoom {self.room!r}, {self.flow!r}>"

    @property
    def stale_seconds(self) -> float | None:
        """How long ago the room was seen last, where that is too long ago or Redis has failed for longer than a blink;
        None: it is of now."""
        is_old = self._silent_seconds >= OLD_SECONDS or self.room.is_away
        return round(time.monotonic() - self.room.seen_at, 1) if is_old else None

    async def keep_telling(self) -> None:
        """Tells those who watch at least once a second until :meth:`stop`, also while a look hangs: that what they see
        is old is news."""
        while not self._stopping:
            before = self.room.seen_at
            await asyncio.sleep(LISTEN_SECONDS)
            # counted, not measured: where this process itself stood still, Redis is not to blame
            silent = self.room.seen_at == before
            self._silent_seconds = self._silent_seconds + LISTEN_SECONDS if silent else 0.0
            if time.monotonic() - self._told_at >= FOLLOW_SECONDS:
                self.tell()

    async def follow(self) -> None:
        """Looks at the record and what the workers tell until :meth:`stop`. Never raises for a Redis that is away."""
        while not self._stopping:
            try:
                await self.look()
            except LineUnavailableError:
                pass  # the room itself complains of it
            except Exception:
                # one bad look must not end the following
                logger.exception("room %s: its record could not be followed", self.room.name)
            self.tell()
            await asyncio.sleep(FOLLOW_SECONDS)

    def stop(self) -> None:
        """Lets the room and :meth:`follow` end. They are cancelled besides; but a client may swallow a cancellation."""
        self._stopping = True
        self.room.stop()

    async def look(self) -> None:
        """Looks once. Raises :class:`~waitroom.errors.LineUnavailableError`."""
        await self.record.look()
        if time.monotonic() - self._fairness_at >= FAIRNESS_SECONDS:
            self.counted = await read_counted(self._redis, self.room.name)
            self._fairness_at = time.monotonic()

    async def look_on(self) -> None:
        """Looks once at all of it, for somebody who keeps no room. Raises
        :class:`~waitroom.errors.LineUnavailableError`."""
        await self.room.look()
        self._count()
        await self.look()

    def tell(self) -> None:
        """Tells those who watch that there may be news."""
        self._told_at = time.monotonic()
        self.looks += 1
        self.bell.ring()

    def _count(self) -> None:
        room = self.room
        if room.down_since is None:
            issued = {name: lane.head.issued for name, lane in room.lanes.items()}
            revision = room.rules.revision
            self.flow.add(Counts(time.monotonic(), room.head.epoch, issued, room.head.admitted, revision))


class LiveRooms:
    """All rooms of the site, looked at again and again while :meth:`running`.

    While Redis is away each room stands as it was last seen, and its ``down_since`` tells since when.
    """

    def __init__(self, settings: Settings, redis: Redis, secrets: Sequence[str]) -> None:
        seeds = Seeds(secrets)
        self.seen: Mapping[str, LiveRoom] = {
            each.name: LiveRoom(each, redis, seeds) for each in settings.rooms
        }
        self.rooms: Mapping[str, Room] = {name: seen.room for name, seen in self.seen.items()}

    def __repr__(self) -> str:
        return f"<LiveRooms {', '.join(self.rooms)}>"

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Looks at the rooms for as long as the block goes on, which begins with the first look, or without where that
        takes long."""
        rooms = self.rooms.values()
        first = [asyncio.create_task(_look_first(room)) for room in rooms]
        await asyncio.wait(first, timeout=FIRST_SECONDS)
        tasks = [*first, *(asyncio.create_task(room.run()) for room in rooms)]
        for seen in self.seen.values():
            tasks += [asyncio.create_task(seen.follow()), asyncio.create_task(seen.keep_telling())]
        try:
            yield
        finally:
            for seen in self.seen.values():
                seen.stop()
            await end_all(tasks)


async def _look_first(room: Room) -> None:
    with suppress(LineUnavailableError):  # `run` goes on trying, and tells
        await room.start()
