"""The room's log in Redis, as far as the measurements need it."""

from __future__ import annotations

from typing import NamedTuple

from redis import Redis


class Called(NamedTuple):
    """One run of ``advance`` that called somebody: the numbers after ``start`` up to ``end``."""

    at: float
    """Seconds, by Redis's clock."""
    start: int
    end: int
    granted: int


def calls(redis_url: str, room: str) -> list[Called]:
    """All calls so far, in their order."""
    return [
        Called(at, int(entry[b"from"]), int(entry[b"to"]), int(entry[b"granted"]))
        for at, entry in _entries(redis_url, room)
        if entry[b"type"] == b"called"
    ]


def changes(redis_url: str, room: str) -> list[float]:
    """When live settings were changed, in seconds by Redis's clock."""
    return [at for at, entry in _entries(redis_url, room) if entry[b"type"] == b"changed"]


def _entries(redis_url: str, room: str) -> list[tuple[float, dict[bytes, bytes]]]:
    with Redis.from_url(redis_url) as client:
        entries = client.xrange(f"waitroom:1:{{{room}}}:log")
    assert isinstance(entries, list)
    return [(int(key.partition(b"-")[0]) / 1000, entry) for key, entry in entries]
