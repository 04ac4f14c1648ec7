"""A worker of a gateway, as it says of itself that it lives."""

from __future__ import annotations

import os
import secrets
import socket
import time
from collections.abc import Mapping
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, NonNegativeFloat, NonNegativeInt

from waitroom import __version__

ALIVE_SECONDS = 10.0
"""A worker that was silent for longer is not counted among the living: a breath takes one second, a Redis that is away
is waited for up to four."""
FORGOTTEN_SECONDS = 600.0
"""For so long is a worker shown that has fallen silent."""
_STATM = Path("/proc/self/statm")


class Worker(BaseModel):
    """What a worker tells of itself once a second. Times are in seconds since 1970, by Redis's clock."""

    model_config = ConfigDict(frozen=True)

    name: str
    host: str
    pid: NonNegativeInt
    version: str
    started: NonNegativeFloat
    seen: NonNegativeFloat
    """When it told this."""
    connections: NonNegativeInt = 0
    """Connections of visitors that are open."""
    memory_bytes: NonNegativeInt = 0
    """Resident memory; 0: the system does not tell."""
    streams: Mapping[str, NonNegativeInt] = Field(default_factory=dict)
    """The rooms that it keeps, and how many event streams are open in each."""

    def is_alive(self, now: float) -> bool:
        """Whether it has been heard of lately."""
        return abs(now - self.seen) <= ALIVE_SECONDS  # a clock that was set back makes nobody immortal

    def is_forgotten(self, now: float) -> bool:
        """Whether it has been silent for so long that it need not be shown any more."""
        return abs(now - self.seen) > FORGOTTEN_SECONDS


class Identity:
    """What stays the same of this worker. Its name is new with each start."""

    def __init__(self) -> None:
        self.name = secrets.token_hex(4)
        self._host = socket.gethostname()
        self._started = time.monotonic()

    def worker(self, now: float, *, connections: int, streams: Mapping[str, int]) -> Worker:
        """This worker at a moment of Redis's clock."""
        return Worker(
            name=self.name,
            host=self._host,
            pid=os.getpid(),
            version=__version__,
            started=round(now - (time.monotonic() - self._started), 3),
            seen=round(now, 3),
            connections=connections,
            memory_bytes=resident_bytes(),
            streams=streams,
        )


def resident_bytes() -> int:
    """The resident memory of this process; 0 where the system has no ``/proc``."""
    try:
        return int(_STATM.read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except OSError:
        return 0
