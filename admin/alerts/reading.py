"""What an alert looks at: a room as it was at one moment. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from waitroom.settings import Condition

FRESH_SECONDS = 10.0
"""What is older says nothing about now."""


@dataclass(frozen=True, slots=True)
class Reading:
    """A room at one moment. ``None`` stands for what is not known."""

    room: str
    at: float
    """When it was measured, in seconds since 1970."""
    is_redis_reachable: bool = True
    workers: int | None = None
    """Workers of the gateway that are alive."""
    waiting: int | None = None
    """Those in line who are present."""
    wait_seconds: float | None = None
    """What a newcomer would wait."""
    outflow_per_minute: float | None = None
    target_per_minute: float | None = None
    """Admissions that are wanted now; 0: none, as in a room that is paused or full."""
    error_share: float | None = None
    """Of the shop's answers, from 0 to 1; None too where there were too few to tell."""
    latency_seconds: float | None = None
    """Within which 95 of 100 answers of the shop begin."""


def measure(condition: Condition, reading: Reading, now: float) -> float | None:
    """What a condition of a room comes to; None where it is not known."""
    if not reading.is_redis_reachable or now - reading.at > FRESH_SECONDS:
        return None
    match condition:
        case Condition.ERRORS:
            return reading.error_share
        case Condition.LATENCY:
            return reading.latency_seconds
        case Condition.LINE:
            return reading.waiting
        case Condition.WAIT:
            return reading.wait_seconds
        case Condition.OUTFLOW:
            return _outflow(reading)
        case _:
            return None


def measure_site(
    condition: Condition, readings: Sequence[Reading], *, now: float, begun: float
) -> float | None:
    """What a condition of the whole site comes to; None where it is not known. ``begun`` is when the watch began."""
    is_reachable = all(reading.is_redis_reachable for reading in readings)
    if condition is Condition.REDIS:
        return float(not is_reachable)
    if not is_reachable:
        return None  # that is told already
    if condition is Condition.STALE:
        oldest = min((reading.at for reading in readings), default=begun)
        return max(now - oldest, 0.0)
    known = [
        reading.workers
        for reading in readings
        if reading.workers is not None and now - reading.at <= FRESH_SECONDS
    ]
    return max(known, default=None)


def _outflow(reading: Reading) -> float | None:
    if reading.outflow_per_minute is None or reading.target_per_minute is None or reading.waiting is None:
        return None
    if reading.target_per_minute <= 0 or reading.waiting == 0:
        return 1.0  # nobody was to be let in
    return min(reading.outflow_per_minute / reading.target_per_minute, 1.0)
