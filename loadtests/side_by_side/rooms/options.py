"""What a plain room is started with."""

from __future__ import annotations

from dataclasses import dataclass

from redis.asyncio import Redis

RATE = "rate"
"""The Redis key of the rate in admissions a minute, which the operator sets; left out: nobody is admitted."""
LOG = "log"
"""The Redis key of the list of what was admitted and when, where ``logged``."""


@dataclass(frozen=True, slots=True)
class Options:
    """Of any plain room."""

    redis_url: str
    workers: int = 1
    expiry_seconds: float = 900
    """How long a turn that nobody takes is kept, where the room has that."""
    logged: bool = False


def connect(url: str) -> Redis:
    """A client with as many connections as there are visitors at once: redis-py's own limit of 100 fails beyond."""
    return Redis.from_url(url, decode_responses=True, max_connections=4096)


class Budget:
    """How many may be admitted at a tick: whole visitors, and the rest is kept for the next one."""

    def __init__(self) -> None:
        self._rest = 0.0
        self._last: float | None = None

    def spend(self, now: float, per_minute: float) -> int:
        """What the time since the last tick has brought."""
        if self._last is not None:
            self._rest += (now - self._last) * per_minute / 60
        self._last = now
        whole = int(self._rest)
        self._rest -= whole
        return whole
