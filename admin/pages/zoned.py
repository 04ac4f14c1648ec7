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


def wall(when: datetime, timezone: str) -> str:
    """The same as a field for dates and times has it: ``2026-12-01T10:00``."""
    return f"{when.astimezone(ZoneInfo(timezone)):%Y-%m-%dT%H:%M}"
