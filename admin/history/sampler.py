"""Looks at all rooms once a second, and hands what it sees to the history and to whoever watches."""

from __future__ import annotations

import asyncio
import logging
import time
from collections import deque
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

from admin.history.history import History
from admin.history.point import Point, point_of
from admin.history.resolution import FINE, RESOLUTIONS, Roll
from admin.live import LiveRooms
from admin.standing import standing_of
from waitroom.complaints import Complaints
from waitroom.errors import LineUnavailableError
from waitroom.line.room import Room
from waitroom.live.limits import limiting
from waitroom.tasks import end_all
from waitroom.telemetry.reading import Reader, Reading
from waitroom.telemetry.totals import difference

EVERY_SECONDS = 1.0
RATES_SECONDS = 10.0
"""What a rate or a latency of the newest second is worked out over: workers tell once a second, each at its own moment,
so that a single second has all or nothing of them."""
WRITE_SECONDS = 5.0
FRESH_SECONDS = 3.0
"""What was read longer ago does not speak of now."""

logger = logging.getLogger("waitroom.console")


class Sampler:
    """The figures of all rooms, once a second. While Redis is away there are none: the charts have a gap."""

    def __init__(self, live: LiveRooms, reader: Reader, history: History) -> None:
        self.history = history
        self.latest: Mapping[str, Point] = {}
        """The newest figures of each room, by its name."""
        self.reading: Reading | None = None
        """What the workers told last."""
        self._live = live
        self._reader = reader
        self._rolls = {name: [Roll(each) for each in RESOLUTIONS if each is not FINE] for name in live.rooms}
        self._readings: deque[Reading] = deque()
        self._read_at = self._written_at = -1e9
        self._writing: asyncio.Task[None] | None = None
        self._complaints = Complaints(logger, every_seconds=60)

    def __repr__(self) -> str:
        return f"<Sampler of {len(self._rolls)} rooms{'' if self.is_fresh else ', Redis is away'}>"

    @property
    def is_fresh(self) -> bool:
        """Whether Redis was read just now."""
        return time.monotonic() - self._read_at <= FRESH_SECONDS

    @property
    def now(self) -> float:
        """The time by which points are dated: Redis's, carried on by a monotonic clock; before it is known, this
        machine's."""
        if self.reading is None:
            return time.time()
        return self.reading.at + time.monotonic() - self._read_at

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Looks for as long as the block goes on; then what is left is written."""
        looking = asyncio.create_task(self._run())
        try:
            yield
        finally:
            await end_all([looking])
            await self._close()

    async def _run(self) -> None:
        due = time.monotonic()
        while True:
            try:
                await self.look()
            except Exception:
                # one bad look must not end the charts
                self._complaints.exception("look", "a look at the rooms failed")
            due = max(due + EVERY_SECONDS, time.monotonic())
            await asyncio.sleep(due - time.monotonic())

    async def look(self) -> None:
        """Looks once."""
        try:
            reading = await self._reader.read()
        except LineUnavailableError as error:
            self._complaints.warn("redis", "the charts have a gap: %s", error)
            self.latest = {}
            self._tell_rooms(None)
            return
        self.reading, self._read_at = reading, time.monotonic()
        before = self._remember(reading)
        self.latest = {
            name: self._see(room, reading, before)
            for name, room in self._live.rooms.items()
            if not room.is_away and room.head.epoch
        }
        self._tell_rooms(reading)
        if self._read_at - self._written_at >= WRITE_SECONDS:
            self._written_at = self._read_at
            # not waited for: a file that is locked must not hold up the next look
            self._writing = asyncio.create_task(self.history.write(reading.at))

    def _tell_rooms(self, reading: Reading | None) -> None:
        for name, seen in self._live.seen.items():
            seen.point = self.latest.get(name)
            seen.workers = None if reading is None else sum(name in each.streams for each in reading.alive)

    def _remember(self, reading: Reading) -> Reading:
        """Keeps a reading, and returns the one that rates are worked out from."""
        readings = self._readings
        if readings and not 0 <= reading.at - readings[-1].at <= RATES_SECONDS:
            readings.clear()  # Redis was away, or its clock was set
        readings.append(reading)
        while len(readings) > 2 and reading.at - readings[1].at >= RATES_SECONDS:
            readings.popleft()
        return readings[0]

    def _see(self, room: Room, reading: Reading, before: Reading) -> Point:
        totals = reading.totals[room.name]
        rise = difference(before.totals[room.name], totals)
        point = point_of(FINE.begin(reading.at), standing_of(room), limiting(room, {}).by, rise)
        self.history.add(room.name, FINE, point)
        for roll in self._rolls[room.name]:
            if (done := roll.add(point, totals)) is not None:
                self.history.add(room.name, roll.resolution, done)
        return point

    async def _close(self) -> None:
        for name, rolls in self._rolls.items():
            for roll in rolls:
                if (done := roll.close()) is not None:
                    self.history.add(name, roll.resolution, done)
        if self._writing is not None:
            await self._writing
        if self.reading is not None:
            await self.history.write(self.reading.at)
