"""What each worker counts, and tells: of every room, and of the requests that belong to none."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from redis.asyncio import Redis

from waitroom.gate.app import Entrance
from waitroom.telemetry.counters import Counters
from waitroom.telemetry.families import ESTIMATES, NO_ROOM, OVERTAKES
from waitroom.telemetry.histogram import LINE_SECONDS
from waitroom.telemetry.source import Source
from waitroom.telemetry.telling import Telling


def telling_of(
    redis: Redis, entrances: Sequence[Entrance], elsewhere: Counters, connections: Callable[[], int]
) -> Telling:
    """Tells of all rooms of a worker. ``elsewhere`` counts what belongs to none."""
    sources = [_source_of(entrance) for entrance in entrances]
    return Telling(redis, [*sources, Source(NO_ROOM, elsewhere.summed_up)], connections)


def _source_of(entrance: Entrance) -> Source:
    return Source(entrance.room.name, lambda: _counted(entrance), entrance.endpoints.streams.__len__)


def _counted(entrance: Entrance) -> dict[str, int]:
    """What the requests counted, and what the room and its record count themselves."""
    hits, fairness = entrance.room.hits, entrance.doorway.fairness
    return {
        **entrance.counters.summed_up(),
        ESTIMATES.field("kept"): hits.kept,
        ESTIMATES.field("early"): hits.early,
        ESTIMATES.field("late"): hits.late,
        ESTIMATES.field("overtaken"): hits.overtaken,
        OVERTAKES.field(): fairness.overtakes,
        **dict(zip(LINE_SECONDS.fields, fairness.waits, strict=True)),
        LINE_SECONDS.sum_field: int(fairness.waited_seconds * 1e6),
    }
