"""Several rooms share one shop: each worker works out the same division, and whoever sees a change first sets it."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Mapping, Sequence
from math import inf

from waitroom.errors import LineUnavailableError
from waitroom.line.room import Room
from waitroom.shaping.division import Demand, divide

WHO = "common rate"
"""As whom it stands in the room's events."""
EVERY_SECONDS = 1.0
HEADROOM = 1.5
"""A room in which nobody waits wants this many times what it lately let in: it is to find an open door."""
LEAST_WANTED = 6.0
"""Admissions a minute that a room in which nothing happens is left, so that a first visitor does not wait."""
SETTLED = 0.05
"""A part that changed by less, relatively, is left as it is."""
NONE = -1.0

logger = logging.getLogger("waitroom.shaping")


class CommonRate:
    """Divides ``rate`` (admissions a minute; 0: the rooms share nothing) among rooms by demand and weight."""

    def __init__(self, rooms: Sequence[Room], rate: float, weights: Mapping[str, float]) -> None:
        self._rooms = rooms
        self._rate = rate
        self._weights = weights
        self._seen: dict[str, tuple[float, int]] = {}
        self._lately: dict[str, float] = {}

    async def run(self) -> None:
        """Keeps the parts as they should be, until it is cancelled."""
        while True:
            try:
                await self.set_parts()
            except LineUnavailableError as error:
                logger.debug("the common rate waits for Redis: %s", error)
            if not self._rate:
                return
            await asyncio.sleep(EVERY_SECONDS)

    async def set_parts(self) -> None:
        """Works the division out once, and sets what is new."""
        if not self._rate:
            for room in self._rooms:
                if room.rules.limit_shared >= 0:
                    await self._set(room, NONE, "rooms share nothing any more")
            return
        demands = {room.name: self._demand(room, time.monotonic()) for room in self._rooms}
        parts = divide(self._rate, demands)
        busy = [
            name for name, demand in demands.items() if demand.wanted == inf or demand.wanted > parts[name]
        ]
        why = f"of {self._rate:g} a minute; waiting in {', '.join(busy) or 'none'}"
        for room in self._rooms:
            part, now = round(parts[room.name], 2), room.rules.limit_shared
            if now < 0 or abs(part - now) > SETTLED * max(now, 1.0):
                await self._set(room, part, why)

    def _demand(self, room: Room, now: float) -> Demand:
        lately = self._admissions(room, now)
        head, rules = room.head, room.rules
        full = 0 < rules.places <= head.sessions + head.granted
        wanted = inf if room.waiting and not full else max(lately * HEADROOM, LEAST_WANTED)
        return Demand(min(wanted, rules.rate), self._weights.get(room.name, 1.0))

    def _admissions(self, room: Room, now: float) -> float:
        """Admissions a minute of late, smoothed over some ten seconds."""
        admitted = room.head.admitted
        at, before = self._seen.get(room.name, (now, admitted))
        self._seen[room.name] = (now, admitted)
        lately = self._lately.get(room.name, 0.0)
        if now > at:
            lately += (max(admitted - before, 0) * 60 / (now - at) - lately) * min((now - at) / 10, 1.0)
        self._lately[room.name] = lately
        return lately

    async def _set(self, room: Room, part: float, why: str) -> None:
        await room.change({"limit_shared": f"{part:g}"}, who=WHO, why=why)
