"""What alerts see of the rooms that the console keeps."""

from __future__ import annotations

import time
from collections.abc import Sequence

from admin.alerts.reading import Reading
from admin.history.sampler import RATES_SECONDS, Sampler
from admin.live import LiveRoom, LiveRooms
from waitroom.live.limits import Limit

LEAST_ANSWERS = 5
"""Of the shop, within the time over which its errors are counted: fewer tell nothing."""
_HELD_BY_RATE = frozenset({Limit.RATE, Limit.ADAPTIVE, Limit.SHARED})
"""What lets in as many as it says, where somebody waits; all else holds people back as it should."""


def readings(live: LiveRooms, sampler: Sampler) -> Sequence[Reading]:
    """The rooms as they are. None before the first look, but of rooms that Redis does not answer for."""
    told = sampler.reading
    # both by Redis's clock, which need not be this machine's
    age = 0.0 if told is None else max(sampler.now - told.at, 0.0)
    at = time.time() - age
    return [
        reading(seen, sampler, at)
        for seen in live.seen.values()
        if told is not None or seen.room.down_since is not None
    ]


def reading(seen: LiveRoom, sampler: Sampler, at: float) -> Reading:
    """One room as it was ``at`` that moment."""
    room, told = seen.room, sampler.reading
    point = sampler.latest.get(room.name)
    if told is None or point is None:
        return Reading(room=room.name, at=at, is_redis_reachable=room.down_since is None)
    is_telling = point.requests is not None and point.requests * RATES_SECONDS >= LEAST_ANSWERS
    return Reading(
        room=room.name,
        at=at,
        is_redis_reachable=room.down_since is None,
        workers=len(told.alive) if sampler.is_fresh else None,
        waiting=round(point.waiting),
        wait_seconds=point.newcomer,
        # over a minute: those of a few seconds come in gusts
        outflow_per_minute=seen.flow.admissions_per_minute,
        target_per_minute=point.target if point.limited_by in _HELD_BY_RATE else 0.0,
        error_share=point.errors if is_telling else None,
        latency_seconds=point.p95 if is_telling else None,
    )
