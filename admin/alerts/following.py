"""Follows the records of the rooms, and puts what is wanted of them into the outbox.

Up to where each has been read is kept together with what was found, so that a restart neither loses nor repeats
anything, for as long as the record goes back.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Mapping, Sequence

from redis.asyncio import Redis
from redis.exceptions import RedisError

from admin.alerts.events import Event, is_wanted
from admin.alerts.outbox import Outbox
from admin.alerts.recorded import events_of
from admin.store import StoreError
from waitroom.line.keys import room_keys
from waitroom.record.entries import Entry
from waitroom.redis.batch import Batch, is_refusal
from waitroom.settings import NotifySettings

EVERY_SECONDS = 1.0
AWAY_SECONDS = 2.0
"""Between two looks while Redis or the console's file is away."""
KEEP_SECONDS = 10.0
"""Between two notes of how far has been read, where nothing of it was to be sent."""
CHUNK = 500
"""Entries of one room that are read at once."""
BEGINNING = "0-0"

logger = logging.getLogger("waitroom.alerts")


class Following:
    """The records of all rooms. ``put`` is told when something has been put into the outbox."""

    def __init__(
        self,
        redis: Redis,
        rooms: Sequence[str],
        channels: Sequence[NotifySettings],
        outbox: Outbox,
        *,
        put: Callable[[], None],
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._redis = redis
        self._keys = {room: room_keys(room, ())[5] for room in rooms}
        self._channels = channels
        self._outbox = outbox
        self._put = put
        self._clock = clock
        self._cursors: dict[str, str] = {}
        self._kept_at = 0.0

    def __repr__(self) -> str:
        return f"<Following {self._cursors}>"

    async def run(self) -> None:
        """Follows until it is cancelled."""
        while True:
            try:
                more = await self.step()
                wait = 0.0 if more else EVERY_SECONDS
            except (RedisError, OSError) as error:
                self._cursors = {}  # another Redis may answer next
                logger.debug("the records cannot be read: %s", error)
                wait = AWAY_SECONDS
            except StoreError as error:
                logger.warning("what happens in the rooms is not sent: %s", error)
                wait = AWAY_SECONDS
            except Exception:
                logger.exception("what happens in the rooms is not sent")
                wait = AWAY_SECONDS
            await asyncio.sleep(wait)

    async def step(self) -> bool:
        """Reads on in all records. Returns whether there is more at once. Raises the errors of Redis and of the
        file, having changed nothing."""
        cursors = self._cursors = await self._all_begun()
        batch = Batch(self._redis)
        for room, cursor in cursors.items():
            batch.about(room).xrange(self._keys[room], f"({cursor}", "+", CHUNK)
        answers = dict(zip(cursors, await batch.execute(), strict=True))
        if refusals := [answer for answer in answers.values() if is_refusal(answer)]:
            raise refusals[0]
        # where a shard is away, another Redis may answer next
        chunks: dict[str, list[tuple[bytes, Mapping[bytes, bytes]]]] = {
            room: answer for room, answer in answers.items() if not isinstance(answer, Exception)
        }
        found: list[tuple[Event, Sequence[str]]] = []
        read: dict[str, str] = {}
        for room, chunk in chunks.items():
            for entry_id, fields in chunk:
                read[room] = entry_id.decode()
                found += self._found(room, entry_id, fields)
        now = self._clock()
        # where nothing was wanted, what has been read need not be written down each second
        if found or (read and not 0 <= now - self._kept_at < KEEP_SECONDS):
            found.sort(key=lambda each: each[0].at)
            await self._outbox.put(found, now, cursors=cursors | read)
            self._kept_at = now
            self._put()
        self._cursors = {room: read.get(room, cursors[room]) for room in chunks}
        return any(len(chunk) == CHUNK for chunk in chunks.values())

    async def _all_begun(self) -> dict[str, str]:
        """Up to where each record has been read, but those whose shard is away."""
        missing = [room for room in self._keys if room not in self._cursors]
        if not missing:
            return self._cursors
        try:
            return self._cursors | await self._begin(missing)
        except (RedisError, OSError):
            if not self._cursors:
                raise
            return self._cursors

    async def _begin(self, rooms: Sequence[str]) -> dict[str, str]:
        """From where to read on: where it was left, and in a room that is new to us from its end."""
        known = await self._outbox.cursors(self._keys)
        batch = Batch(self._redis)
        for room in rooms:
            batch.about(room).xrevrange(self._keys[room], "+", "-", 1)
            batch.about(room).xrange(self._keys[room], "-", "+", 1)
        ends = await batch.execute()
        cursors: dict[str, str] = {}
        for index, room in enumerate(rooms):
            if errors := [each for each in ends[2 * index : 2 * index + 2] if isinstance(each, Exception)]:
                if is_refusal(errors[0]):
                    raise errors[0]
                continue  # its shard is away
            newest = ends[2 * index][0][0].decode() if ends[2 * index] else BEGINNING
            oldest = ends[2 * index + 1][0][0].decode() if ends[2 * index + 1] else BEGINNING
            cursor = known.get(room, newest)
            if _order(cursor) > _order(newest):
                cursor = BEGINNING  # the record began anew, by a clock that is behind
            elif room in known and known[room] != BEGINNING and _order(cursor) < _order(oldest):
                logger.warning("room %s: its record does not go back to where it was last read", room)
            cursors[room] = cursor
        await self._outbox.put([], self._clock(), cursors=cursors)
        return cursors

    def _found(
        self, room: str, entry_id: bytes, fields: Mapping[bytes, bytes]
    ) -> list[tuple[Event, Sequence[str]]]:
        stored = {_text(name): _text(value) for name, value in fields.items()}
        try:
            events = list(events_of(room, Entry.parse(entry_id.decode(), stored)))
        except Exception:  # whatever somebody has put there: the next one must be read
            logger.warning("room %s: entry %s of its record is none of ours", room, entry_id.decode())
            return []
        wanted = [
            (event, [each.name for each in self._channels if is_wanted(each, event)]) for event in events
        ]
        return [(event, names) for event, names in wanted if names]


def _order(entry_id: str) -> tuple[int, int]:
    at, _, count = entry_id.partition("-")
    return int(at), int(count or 0)


def _text(value: bytes) -> str:
    return value.decode("utf-8", "replace")
