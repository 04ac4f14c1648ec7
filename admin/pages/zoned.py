"""Moments of a room's time zone, as its pages say them; a script adds the viewer's own where that is another."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from markupsafe import Markup


def zoned(when: datetime | None, timezone: str) -> Markup:
    """A moment as an element: ``Tue 1 Dec 2026, 10:00 EET``; a dash where there is none."""
    if when is None:
        return Markup("–")
    at = when.astimezone(ZoneInfo(timezone))
    clock = f"{at:%H:%M:%S}" if at.second else f"{at:%H:%M}"
    return Markup('<time datetime="{}" data-zoned>{}</time>').format(
        at.isoformat(timespec="seconds"), f"{at:%a} {at.day} {at:%b %Y}, {clock} {at:%Z}"
    )


def both(at_ms: int | None, timezone: str) -> Markup:
    """A moment of the past, in milliseconds since 1970, to the second, in the room's zone: a script puts the viewer's
    own before it where that is another. A dash where there is none."""
    if at_ms is None:
        return Markup("–")
    at = datetime.fromtimestamp(at_ms / 1000, ZoneInfo(timezone))
    return Markup('<time datetime="{}" data-both="{}">{}</time>').format(
        at.isoformat(timespec="seconds"), timezone, f"{at.day} {at:%b}, {at:%H:%M:%S} {at:%Z}"
    )


def wall(when: datetime, timezone: str) -> str:
    """The same as a field for dates and times has it: ``2026-12-01T10:00``."""
    return f"{when.astimezone(ZoneInfo(timezone)):%Y-%m-%dT%H:%M}"
