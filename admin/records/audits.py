"""Audits of rooms, asked for in the console: one at a time, and what was found is told again for a few seconds."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass

from waitroom.record.audit import Audit
from waitroom.record.auditing import audited
from waitroom.record.reading import RecordReader

FRESH_SECONDS = 10.0
"""For so long an audit is told again instead of made again."""


class BusyError(Exception):
    """Another room is audited just now."""


@dataclass(frozen=True, slots=True)
class Audited:
    """What was found, and when."""

    audit: Audit
    at: float
    """Seconds since 1970."""
    took_seconds: float


class Audits:
    """Audits rooms, one after the other: each takes a core for a while."""

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self._last: dict[str, Audited] = {}
        self._room = ""
        self._lock = asyncio.Lock()

    def __repr__(self) -> str:
        return f"<Audits, {f'of {self._room} just now' if self._lock.locked() else 'idle'}>"

    async def of(self, reader: RecordReader) -> Audited:
        """What the record of a room comes to. Whoever asks for the same room waits for the same audit. Raises
        :class:`BusyError`, and :class:`~waitroom.errors.LineUnavailableError`."""
        if self._lock.locked() and self._room != reader.room:
            raise BusyError(f"room {self._room} is being audited: try again in a moment")
        async with self._lock:
            last, begun = self._last.get(reader.room), self._clock()
            if last is not None and 0 <= begun - last.at < FRESH_SECONDS:
                return last
            self._room = reader.room
            audit = await audited(reader)
            now = self._clock()
            made = self._last[reader.room] = Audited(audit, now, max(now - begun, 0.0))
            return made
