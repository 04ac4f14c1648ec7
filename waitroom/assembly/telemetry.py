"""What each worker counts, and tells: of every room, and of the requests that belong to none."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from redis.asyncio import Redis

from waitroom.gate.app import Entrance
from waitroom.line.lane import Lane
from waitroom.line.room import Room
from waitroom.line.rules import Mode
from waitroom.shaping.forecast import Estimate
from waitroom.telemetry.counters import Counters
from waitroom.telemetry.families import ESTIMATES, NO_ROOM, OVERTAKES
from waitroom.telemetry.histogram import LINE_SECONDS
from waitroom.telemetry.source import Source
from waitroom.telemetry.telling import Telling
from waitroom.telemetry.worker import RoomOfWorker

_MOVING = (Mode.AUTO, Mode.QUEUE)


def telling_of(
    redis: Redis, entrances: Sequence[Entrance], elsewhere: Counters, connections: Callable[[], int]
) -> Telling:
    """Tells of all rooms of a worker. ``elsewhere`` counts what belongs to none."""
    sources = [_source_of(entrance) for entrance in entrances]
    return Telling(redis, [*sources, Source(NO_ROOM, elsewhere.summed_up)], connections)


def _source_of(entrance: Entrance) -> Source:
    return Source(entrance.room.name, lambda: _counted(entrance), lambda: _state(entrance))


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


def _state(entrance: Entrance) -> RoomOfWorker:
    room = entrance.room
    newcomers = {name: _newcomers_wait(room, lane) for name, lane in room.lanes.items()}
    return RoomOfWorker(streams=len(entrance.endpoints.streams), newcomers=newcomers)


def _newcomers_wait(room: Room, lane: Lane) -> Estimate | None:
    """What somebody who joined now would be told; None: nothing."""
    if room.rules.mode not in _MOVING or room.awaits_draw or room.is_away:
        return None
    return lane.outlook.estimate(lane.snapshot.ahead(lane.head.issued + 1))
