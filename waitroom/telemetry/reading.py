"""What the workers told, read back: the totals of each room, and who is alive."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import cast

from pydantic import ValidationError
from redis.asyncio import Redis
from redis.exceptions import RedisError

from waitroom.complaints import Complaints
from waitroom.errors import LineUnavailableError
from waitroom.line.keys import WORKERS_KEY, totals_key
from waitroom.redis.batch import Batch, is_refusal
from waitroom.telemetry.families import NO_ROOM
from waitroom.telemetry.totals import Totals
from waitroom.telemetry.worker import Worker

_complaints = Complaints(logging.getLogger("waitroom.telemetry"), every_seconds=60)


@dataclass(frozen=True, slots=True)
class Reading:
    """What was told, at one moment."""

    at: float
    """In seconds since 1970, by Redis's clock."""
    totals: Mapping[str, Totals] = field(default_factory=dict)
    """By room; under :data:`~waitroom.telemetry.families.NO_ROOM` of the requests that belong to none."""
    workers: tuple[Worker, ...] = ()
    """Those heard of lately, the longest running first: the silent ones too, until they are forgotten."""

    @property
    def alive(self) -> tuple[Worker, ...]:
        """The workers that live."""
        return tuple(worker for worker in self.workers if worker.is_alive(self.at))

    @property
    def silent(self) -> tuple[Worker, ...]:
        """Those that ended without a word, or cannot reach Redis."""
        return tuple(worker for worker in self.workers if not worker.is_alive(self.at))

    def streams(self, room: str) -> int:
        """Event streams that are open in a room."""
        return sum(worker.streams.get(room, 0) for worker in self.alive)


class Reader:
    """Reads what the workers of a site told, again and again."""

    def __init__(self, redis: Redis, rooms: Iterable[str]) -> None:
        self._redis = redis
        self._rooms = (*rooms, NO_ROOM)
        self._last: dict[str, Totals] = {}

    def __repr__(self) -> str:
        return f"<Reader of {len(self._rooms) - 1} rooms>"

    async def read(self) -> Reading:
        """All there is, in one round trip to each shard. Raises :class:`~waitroom.errors.LineUnavailableError`."""
        try:
            batch = Batch(self._redis)
            batch.about().time()
            batch.about().hgetall(WORKERS_KEY)
            for room in self._rooms:
                batch.about(room).hgetall(totals_key(room))
            time_, told, *sums = await batch.execute()
            for answer in (time_, told, *(each for each in sums if is_refusal(each))):
                if isinstance(answer, Exception):
                    raise answer
        except (RedisError, OSError) as error:
            raise LineUnavailableError(f"Redis does not answer: {error}") from error
        seconds, micros = time_
        at = seconds + micros / 1e6
        # of rooms whose shard is away, what it told last
        totals = {
            room: self._last.get(room, Totals({}, room=room, at=at, since=0))
            if isinstance(each, Exception)
            else _totals(room, at, each)
            for room, each in zip(self._rooms, sums, strict=True)
        }
        for room, before in self._last.items():
            totals[room] = totals[room].no_less_than(before)
        self._last = totals
        known = [worker for worker in _workers(cast(dict[bytes, bytes], told), at) if self._keeps(worker)]
        return Reading(at, totals, tuple(sorted(known, key=lambda worker: worker.started)))

    def _keeps(self, worker: Worker) -> bool:
        """Whether a worker is of this site: another one may use the same Redis."""
        return not worker.streams.keys().isdisjoint(self._rooms)


def _totals(room: str, at: float, sums: Mapping[bytes, bytes]) -> Totals:
    counts = {name.decode(): int(count) for name, count in sums.items()}
    since = counts.pop("since", 0)
    return Totals(counts, room=room, at=at, since=since)


def _workers(told: Mapping[bytes, bytes], now: float) -> Iterable[Worker]:
    for name, text in told.items():
        try:
            worker = Worker.model_validate_json(text)
        except ValidationError as error:
            _complaints.warn(
                "worker", "what worker %s tells of itself is not understood: %s", name.decode(), error
            )
            continue
        if not worker.is_forgotten(now):
            yield worker
