"""Tells channels what those who waited say: an event for each period, signed and retried as all events are.

A survey or CRM system gets sums of whole hours, never an answer, and nothing of who gave it. A period is told once it
is over and has enough answers; what a day has too few of, without them, when the day is over.
"""

from __future__ import annotations

import asyncio
import logging
import sqlite3
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime

from pydantic import JsonValue
from redis.asyncio import Redis

from admin.alerts.events import Event, is_wanted
from admin.alerts.outbox import Outbox
from admin.feedback.state import FeedbackState
from admin.store import Store, StoreError
from waitroom.errors import LineUnavailableError
from waitroom.feedback.ledger import FeedbackLedger
from waitroom.feedback.question import Kind
from waitroom.feedback.report import DAY_HOURS, Period, periods, report, running_hour
from waitroom.settings import NotifySettings, RoomSettings

TYPE = "room.feedback"
EVERY_SECONDS = 60.0
SCHEMA = """
CREATE TABLE IF NOT EXISTS feedback_told (
    room TEXT PRIMARY KEY,
    hour INTEGER NOT NULL  -- the last one that was told, since 1970
);
"""

logger = logging.getLogger("waitroom.alerts")


class FeedbackTelling:
    """Tells of all rooms that ask. ``put`` is told when something has been put into the outbox."""

    def __init__(
        self,
        redis: Redis,
        rooms: Sequence[RoomSettings],
        channels: Sequence[NotifySettings],
        outbox: Outbox,
        store: Store,
        *,
        put: Callable[[], None],
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._redis = redis
        self._rooms = [room for room in rooms if room.feedback.kind is not None]
        self._channels = channels
        self._outbox = outbox
        self._store = store
        self._put = put
        self._clock = clock
        store.prepare(SCHEMA)

    def __repr__(self) -> str:
        return f"<FeedbackTelling of {len(self._rooms)} rooms>"

    async def run(self) -> None:
        """Tells until it is cancelled."""
        while self._rooms:
            for room in self._rooms:
                try:
                    await self.step(room)
                except (LineUnavailableError, StoreError) as error:
                    logger.debug("the feedback of room %s is told later: %s", room.name, error)
                except Exception:
                    logger.exception("the feedback of room %s could not be told", room.name)
            await asyncio.sleep(EVERY_SECONDS)

    async def step(self, room: RoomSettings) -> int:
        """Tells what there is to tell of a room; how many events that are. Raises the errors of Redis and of the file:
        what was put is not put twice."""
        running = running_hour(self._clock())
        told = await self._store.run(lambda db: _told(db, room.name, running - 1))
        ledger = FeedbackLedger(self._redis, room.name, room.feedback.keep)
        # a day's periods follow from its hours as a whole
        hours = await ledger.hours(told // DAY_HOURS * DAY_HOURS, running - 1)
        found = [
            period
            for period in periods(hours, room.feedback.kind, room.feedback.least)
            if period.last > told and (period.opinion or period.last // DAY_HOURS < running // DAY_HOURS)
        ]
        if not found:
            return 0
        events = [_event(room, period) for period in found]
        wanted = [(each, [to.name for to in self._channels if is_wanted(to, each)]) for each in events]
        wanted = [(event, names) for event, names in wanted if names]
        if wanted:
            await self._outbox.put(wanted, self._clock())
            self._put()
        await self._store.run(lambda db: _note(db, room.name, found[-1].last))
        return len(wanted)


def _event(room: RoomSettings, period: Period) -> Event:
    kind, least = room.feedback.kind, room.feedback.least
    given = period.hours
    state = FeedbackState.of(room.name, least, report(given, kind, least=least, running=period.last + 1))
    told = state.model_dump(
        mode="json", include={"kind", "least", "opinion", "scores", "by_where", "by_wait"}
    )
    waits: list[JsonValue] = [each.model_dump(mode="json") for each in state.waits if each.stood_seconds]
    begin, end = (datetime.fromtimestamp(at, UTC) for at in (period.begin, period.end))
    return Event(
        id=f"{room.name}:feedback:{period.first}-{period.last}",
        type=TYPE,
        at=period.end,
        title=f"{room.name}: feedback",
        text=f"{room.name}, {begin:%Y-%m-%d %H:%M} to {end:%H:%M} UTC: " + ", ".join(_words(period, kind)),
        room=room.name,
        data={
            "room": room.name,
            "begin": f"{begin:%Y-%m-%dT%H:%M:%SZ}",
            "end": f"{end:%Y-%m-%dT%H:%M:%SZ}",
            **told,
            "waits": waits,
        },
    )


def _words(period: Period, kind: Kind | None) -> Iterator[str]:
    if period.opinion is not None:
        unit = "" if kind is Kind.NPS else " %"
        yield f"{period.opinion.answers} answers, {str(kind).upper()} {period.opinion.score:.0f}{unit}"
    yield f"{period.stood.left:.0f} gave their place up, {max(period.stood.silent, 0):.0f} went silently"


def _told(db: sqlite3.Connection, room: str, now: int) -> int:
    """The hour up to which a room has been told of: of a room that is new to us, all that is over."""
    db.execute("INSERT OR IGNORE INTO feedback_told (room, hour) VALUES (?, ?)", (room, now))
    return int(db.execute("SELECT hour FROM feedback_told WHERE room = ?", (room,)).fetchone()[0])


def _note(db: sqlite3.Connection, room: str, hour: int) -> None:
    db.execute("UPDATE feedback_told SET hour = ? WHERE room = ?", (hour, room))
