"""Audits a room as it is in Redis. Changes nothing."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

from waitroom.record.audit import Audit, SettingsBefore
from waitroom.record.reading import CHUNK, RecordReader, Stored


async def audited(reader: RecordReader, progress: Callable[[int, int], None] | None = None) -> Audit:
    """What the record of a room comes to. ``progress`` is told how many of how many entries were gone through.

    It is gone through in a thread, a piece at a time: whoever else the loop serves does not wait for it. Raises
    :class:`~waitroom.errors.LineUnavailableError`.
    """
    standing, before = await reader.standing(), SettingsBefore()
    first = await anext(reader.entries(until=standing.last_id), None) if standing.last_id else None
    is_cut_off = is_beginning_lost(first)
    if is_cut_off:
        async for entry in reader.entries(until=standing.last_id):
            before.feed(*entry)
    audit, done = Audit(reader.room, before.of(standing) if is_cut_off else None), 0

    async def replay(piece: Sequence[Stored]) -> None:
        nonlocal done
        await asyncio.to_thread(audit.replay, piece)
        done += len(piece)
        if progress is not None:
            progress(done, standing.length)

    piece: list[Stored] = []
    if first is not None:
        async for entry in reader.entries(until=standing.last_id):
            piece.append(entry)
            if len(piece) == CHUNK:
                await replay(piece)
                piece = []
        await replay(piece)
    await asyncio.to_thread(audit.finish, standing)
    return audit


def is_beginning_lost(first: Stored | None) -> bool:
    """Whether a record with that first entry does not go back to the beginning of its room."""
    return first is not None and first[1].get("type") != "began"
