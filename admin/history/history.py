"""What is kept of the rooms' past, in the console's file."""

from __future__ import annotations

import logging
import sqlite3
from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import astuple, fields
from typing import NamedTuple

from admin.history.point import Point
from admin.history.resolution import RESOLUTIONS, Resolution
from admin.history.series import Series, Span, series_of
from admin.store import Store, StoreError
from waitroom.complaints import Complaints

MOST_WAITING = 20_000
"""Points that wait to be written: of 50 rooms, those of six minutes. Beyond that the oldest are lost."""
TIDY_SECONDS = 60

_TABLE = "history_1"
"""Points of another shape belong in a table of another number."""
_COLUMNS = tuple(field.name for field in fields(Point))
_SCHEMA = f"""
CREATE TABLE IF NOT EXISTS {_TABLE} (
    room TEXT NOT NULL,
    step INTEGER NOT NULL, -- seconds
    {", ".join(_COLUMNS)},
    PRIMARY KEY (room, step, at)
) WITHOUT ROWID
"""
# all names in these are this module's own
_INSERT = f"INSERT OR REPLACE INTO {_TABLE} VALUES ({', '.join('?' * (len(_COLUMNS) + 2))})"  # noqa: S608
_SELECT = f"SELECT {', '.join(_COLUMNS)} FROM {_TABLE} WHERE room = ? AND step = ? AND at >= ?"  # noqa: S608
_TIDY = f"DELETE FROM {_TABLE} WHERE step = ? AND (at < ? OR at > ?)"  # noqa: S608

_complaints = Complaints(logging.getLogger("waitroom.console"), every_seconds=60)


class Kept(NamedTuple):
    """A point with what it is kept under."""

    room: str
    step: int
    point: Point


class History:
    """The points of all rooms. Points are written some seconds late, in one transaction; a file that cannot be written
    costs points, and nothing else."""

    def __init__(self, store: Store, most_waiting: int = MOST_WAITING) -> None:
        self._store = store
        self._waiting: deque[Kept] = deque(maxlen=most_waiting)
        self._writing: Sequence[Kept] = ()
        self._tidied = 0.0
        store.prepare(_SCHEMA)

    def __repr__(self) -> str:
        return f"<History, {len(self._waiting)} points to be written>"

    def add(self, room: str, resolution: Resolution, point: Point) -> None:
        """Keeps a point."""
        self._waiting.append(Kept(room, resolution.step_seconds, point))

    async def write(self, now: float) -> None:
        """Writes what waits, and drops what is too old, unless that is under way. What cannot be written waits on."""
        if self._writing:
            return
        self._writing = kept = tuple(self._waiting)
        self._waiting.clear()
        tidy = abs(now - self._tidied) >= TIDY_SECONDS
        try:
            await self._store.run(lambda db: _write(db, kept, now if tidy else None))
        except StoreError as error:
            _complaints.warn("history", "the charts have gaps: %s", error)
            self._waiting = deque((*kept, *self._waiting), self._waiting.maxlen)
        else:
            self._tidied = now if tidy else self._tidied
        finally:
            self._writing = ()

    async def series(self, room: str, span: Span, now: float, since: float | None = None) -> Series:
        """What happened in a room, up to ``now``, in seconds since 1970. Of the whole event, ``since`` is its begin;
        left out, it begins with what is known."""
        resolution = span.resolution
        oldest = now - resolution.keep_seconds
        begin = oldest if since is None else min(max(since, oldest), now)
        step = resolution.step_seconds
        try:
            written = await self._store.run(lambda db: _read(db, room, step, begin))
        except StoreError as error:
            _complaints.warn("history", "the charts have gaps: %s", error)
            written = []
        points = {point.at: point for point in written}
        points |= {
            kept.point.at: kept.point
            for kept in (*self._writing, *self._waiting)
            if (kept.room, kept.step) == (room, step) and kept.point.at >= begin
        }
        return series_of(room, span, points, begin, now)


def _write(db: sqlite3.Connection, kept: Sequence[Kept], now: float | None) -> None:
    db.executemany(_INSERT, ((room, step, *astuple(point)) for room, step, point in kept))
    if now is not None:
        for resolution in RESOLUTIONS:
            db.execute(_TIDY, _bounds(resolution, now))


def _bounds(resolution: Resolution, now: float) -> tuple[int, int, int]:
    # what lies ahead was kept before a clock was set back
    return resolution.step_seconds, int(now) - resolution.keep_seconds, int(now) + resolution.keep_seconds


def _read(db: sqlite3.Connection, room: str, step: int, begin: float) -> list[Point]:
    rows: Iterable[sqlite3.Row] = db.execute(_SELECT, (room, step, int(begin)))
    return [Point(*row) for row in rows]
