"""``waitroom record``: what happened in a room."""

from __future__ import annotations

import asyncio
import time
from contextlib import suppress
from datetime import datetime
from zoneinfo import ZoneInfo

import typer
from redis.asyncio import Redis

from waitroom.assembly import reader_of
from waitroom.cli.line import find_room, with_redis
from waitroom.record.entries import Entry
from waitroom.record.file import entry_line, standing_line
from waitroom.record.reading import Stored
from waitroom.record.words import told
from waitroom.settings import Settings, parse_duration

FOLLOW_SECONDS = 1.0
"""Between two looks at what happened since."""


def print_record(settings: Settings, room: str, *, since: str, follow: bool, as_json: bool) -> None:
    """Prints what happened, oldest first. ``since`` is a duration, or a date and time of the room's time zone."""
    of_room = find_room(settings, room)
    zone = ZoneInfo(of_room.timezone)
    begin = str(_since(since, zone)) if since else ""

    def show(stored: Stored) -> None:
        typer.echo(entry_line(*stored) if as_json else _words(stored, zone))

    async def run(redis: Redis) -> None:
        reader = reader_of(of_room, redis)
        standing = await reader.standing(since=begin)
        if as_json:
            typer.echo(standing_line(standing))
        last = standing.last_id
        async for stored in reader.entries(since=begin or "-", until=last or "+"):
            show(stored)
        while follow:
            await asyncio.sleep(FOLLOW_SECONDS)
            async for stored in reader.entries(since=f"({last}" if last else "-"):
                last = stored[0]
                show(stored)

    with suppress(KeyboardInterrupt):
        with_redis(settings, run)


def _words(stored: Stored, zone: ZoneInfo) -> str:
    try:
        return told(Entry.parse(*stored), zone)
    except (KeyError, ValueError):
        return f"not of the gateway: {stored}"


def _since(text: str, zone: ZoneInfo) -> int:
    try:
        return int((time.time() - parse_duration(text)) * 1000)
    except ValueError:
        pass
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(
            f"given {text!r}; allowed: a duration such as 1h, or a date and time such as 2026-12-01 10:00",
            param_hint="--since",
        ) from None
    return int((moment if moment.tzinfo else moment.replace(tzinfo=zone)).timestamp() * 1000)
