"""Looks, in one worker of all, whose turn nears or has come, and has them told."""

from __future__ import annotations

import asyncio
import logging
import secrets
import time
from bisect import bisect_right
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from math import inf

from waitroom.errors import LineUnavailableError
from waitroom.gate.decision import Standing
from waitroom.gate.state import Notice, standing, state_of
from waitroom.line.lane import Lane
from waitroom.line.room import Room
from waitroom.line.rules import Mode
from waitroom.reminders.kept import Kept, Stage
from waitroom.reminders.post import Message, Post
from waitroom.reminders.reminder import Contact, Place
from waitroom.tasks import run_together

LOOK_SECONDS = 2.0
"""Between two looks."""
LEASE_SECONDS = 15.0
"""For so long nobody else sends after the last sign of life of the worker that does."""
GRACE_SECONDS = 4.0
"""After which somebody who was called and has not come in is told: who is on the page is inside by then."""
SLICE = 200
"""Places looked at at a stretch: a few milliseconds, after which everyone else has their turn."""

logger = logging.getLogger("waitroom.reminders")

Words = Callable[[Contact, Stage], tuple[str, str]]
"""The title and the text of a message, in the language of who gets it."""


@dataclass(slots=True)
class _Waits:
    """What the leader remembers of a place."""

    is_told: bool = False
    """That the turn nears."""
    called_at: float = 0.0


class Sender:
    """The reminders of one room, as one worker keeps them. ``ahead_seconds`` is how long before the turn one is told
    that it nears."""

    def __init__(
        self,
        room: Room,
        kept: Kept,
        post: Post,
        words: Words,
        *,
        ahead_seconds: float,
        grace_seconds: float = GRACE_SECONDS,
    ) -> None:
        self._room = room
        self._kept = kept
        self._post = post
        self._words = words
        self._ahead_seconds = ahead_seconds
        self._grace_seconds = grace_seconds
        self._me = secrets.token_hex(8)
        self._is_leader = False
        self._waits: dict[Place, _Waits] = {}
        self._read_to = 0.0

    def __repr__(self) -> str:
        leads = "leads, " if self._is_leader else ""
        return f"<Sender of {self._room.name}: {leads}{len(self._waits)} places>"

    async def run(self) -> None:
        """Looks until it is cancelled. A Redis that is away is left for the next time."""
        await run_together(self._post.run(), self._look_on())

    async def _look_on(self) -> None:
        while True:
            try:
                await self.look(time.monotonic())
            except LineUnavailableError as error:
                logger.debug("room %s: %s", self._room.name, error)
            except Exception:
                logger.exception("room %s: reminders could not be looked through", self._room.name)
            await asyncio.sleep(LOOK_SECONDS)

    async def finish(self) -> None:
        """Puts back what was not sent yet, and lets another worker go on with it."""
        with suppress(LineUnavailableError):
            for message in self._post.drain():
                left = message.until - time.monotonic()
                await self._kept.put_back(message.place, message.stage, message.contact, lasts_seconds=left)
            if self._is_leader:
                await self._kept.resign(self._me)

    async def look(self, now: float) -> None:
        """Looks once. ``now`` is by the monotonic clock."""
        self._is_leader = await self._kept.lead(self._me, for_seconds=LEASE_SECONDS)
        if not self._is_leader:
            self._waits.clear()
            self._read_to = 0.0
            return
        for place, at in await self._kept.listed(self._read_to):
            self._waits.setdefault(place, _Waits())
            self._read_to = max(self._read_to, at)
        if self._room.is_away or self._room.head.epoch == 0:
            return
        reach = {name: self._reach(lane) for name, lane in self._room.lanes.items()}
        places = list(self._waits)
        for start in range(0, len(places), SLICE):
            for place in places[start : start + SLICE]:
                if not self._is_far(place, reach.get(place.lane, 0)):
                    await self._see_to(place, self._waits[place], now)
            await asyncio.sleep(0)

    def _reach(self, lane: Lane) -> float:
        """The last turn of a lane that may be near; the estimate grows with the turn, so few are looked at."""
        if self._room.rules.mode is Mode.PASS:
            return inf

        def farness(turn: int) -> float:
            eta = lane.outlook.estimate(lane.snapshot.ahead_of(turn))
            return inf if eta is None else eta.seconds

        called = lane.head.called
        turns = range(called + 1, lane.head.issued + 1)
        return called + bisect_right(turns, self._ahead_seconds, key=farness)

    def _is_far(self, place: Place, reach: float) -> bool:
        """Whether nothing can be due for a place: known of most by a few bits."""
        lane = self._room.lanes.get(place.lane)
        if lane is None or place.epoch != lane.head.epoch:
            return False
        snapshot, number = lane.snapshot, place.number
        is_settled = snapshot.is_used(number) or snapshot.is_summoned(number)
        return not is_settled and snapshot.turn_of(number) > reach

    async def _see_to(self, place: Place, waits: _Waits, now: float) -> None:
        """Does what is due for a place: where that is nothing, it costs no command."""
        room = self._room
        ticket = place.ticket(room.name)
        stands, number = standing(room, ticket)
        if stands is Standing.NONE or room.lanes[place.lane].snapshot.is_used(number):
            # of an earlier life of the line, left, or inside
            await self._kept.forget(place)
            del self._waits[place]
            return
        state = state_of(room, stands, number, place.lane)
        has_come = state.state == "called" or state.notice is Notice.LATE
        if not has_come:
            waits.called_at = 0.0
            is_near = state.eta is not None and state.eta.seconds <= self._ahead_seconds
            if is_near and not waits.is_told and self._post.has_room:
                waits.is_told = True
                await self._tell(place, Stage.NEAR, now + self._ahead_seconds)
        elif not waits.called_at:
            waits.called_at = now
        elif now - waits.called_at >= self._grace_seconds and self._post.has_room:
            del self._waits[place]
            await self._tell(place, Stage.COME, now + room.rules.keep_ms / 1000)

    async def _tell(self, place: Place, stage: Stage, until: float) -> None:
        contact = await self._kept.take(place, stage)
        if contact is None:
            return
        title, text = self._words(contact, stage)
        self._post.add(Message(place, stage, contact, title, text, until))
