"""Counts who waits, in one worker of all: whoever comes first, each time anew."""

from __future__ import annotations

import asyncio
import logging
import random
import time
from collections.abc import Callable, Mapping

from pydantic import BaseModel, ConfigDict, ValidationError

from waitroom.errors import LineUnavailableError
from waitroom.feedback.cohorts import LOOK_MS, Line, Tally, look
from waitroom.feedback.ledger import FeedbackLedger
from waitroom.line.room import Room
from waitroom.telemetry.counters import Counters
from waitroom.telemetry.families import SILENT

logger = logging.getLogger("waitroom.line")

_SOON = 0.75
"""Of the time between two looks: who comes earlier after another leaves it to them."""
_NOTICED_LATE = 7 / 6
"""Of the presence window: a bit of presence lasts for three to four thirds of it."""


class Waits(BaseModel):
    """Those who wait in a room, as they were counted last."""

    model_config = ConfigDict(frozen=True)

    epoch: int = 0
    lanes: Mapping[str, Line] = {}

    @property
    def at(self) -> int:
        """The room clock then; 0: never."""
        return max((line.at for line in self.lanes.values()), default=0)

    @property
    def has_cohorts(self) -> bool:
        """Whether anybody was there whose fate is open."""
        return any(line.cohorts for line in self.lanes.values())


class Watching:
    """Looks at the line of one room again and again.

    No worker is special: what was counted last is in Redis, and a look counts only where nobody else has looked since.
    While nobody waits, nothing is asked. ``chance`` is from 0 to 1.
    """

    def __init__(
        self,
        room: Room,
        ledger: FeedbackLedger,
        counters: Counters,
        *,
        clock: Callable[[], float] = time.time,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._room = room
        self._ledger = ledger
        self._counters = counters
        self._clock = clock
        self._chance = chance
        self._empty = Waits()
        """How the numbers stood when nobody waited."""
        self._is_open = True
        """Whether somebody may still be counted."""

    def __repr__(self) -> str:
        return f"<Watching of {self._room.name}>"

    async def run(self) -> None:
        """Looks until it is cancelled."""
        while True:
            try:
                await self.step()
            except LineUnavailableError as error:
                logger.debug("room %s: who waits is counted later: %s", self._room.name, error)
            except Exception:
                logger.exception("room %s: who waits could not be counted", self._room.name)
            # apart from each other, so that workers seldom look at once
            await asyncio.sleep(LOOK_MS / 1000 * (1 + self._chance()) / 2)

    async def step(self) -> bool:
        """Looks once; whether anything was counted. Raises :class:`~waitroom.errors.LineUnavailableError`."""
        room = self._room
        head = room.head
        if room.is_away or not head.epoch or head.clock < head.hold:
            return False
        if room.is_still and not self._is_open:
            self._empty = self._as_empty()
            return False
        text = await self._ledger.waits()
        before = self._latest(_parse(text))
        if 0 <= head.clock - before.at < _SOON * LOOK_MS:
            self._is_open = True
            return False
        tally = Tally()
        lag = int(room.rules.presence_ms * _NOTICED_LATE)
        lines: dict[str, Line] = {}
        for name, lane in room.lanes.items():
            line = before.lanes.get(name, Line())
            first = min((cohort.first for cohort in line.cohorts), default=line.upto + 1)
            census = await lane.store.census(first)
            if census.head.epoch != head.epoch:
                return False  # begun anew meanwhile: the next look knows of it
            lines[name] = look(line, census, lag, tally)
        after = Waits(epoch=head.epoch, lanes=lines)
        self._is_open = after.has_cohorts or not room.is_still
        told = after.model_dump_json().encode()
        if not await self._ledger.tally(text, told, tally.fields(), self._clock()):
            return False
        self._counters[SILENT.field("fell")] += tally.fell_silent
        self._counters[SILENT.field("back")] += tally.came_back
        return True

    def _as_empty(self) -> Waits:
        head = self._room.head
        lines = {name: Line(at=head.clock, upto=lane.head.issued) for name, lane in self._room.lanes.items()}
        return Waits(epoch=head.epoch, lanes=lines)

    def _latest(self, told: Waits) -> Waits:
        """The last look at this life of the line: of all workers, or of this one while nobody waited."""
        known = [each for each in (told, self._empty) if each.epoch == self._room.head.epoch]
        return max(known, key=lambda each: each.at, default=Waits())


def _parse(text: bytes) -> Waits:
    try:
        return Waits.model_validate_json(text) if text else Waits()
    except ValidationError:
        return Waits()  # of another version
