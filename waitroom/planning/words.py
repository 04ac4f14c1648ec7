"""The events of a room as operators change them: moved, or taken out. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from waitroom.errors import SettingsError
from waitroom.settings import RoomSettings, parse_duration
from waitroom.settings.events import EventSettings
from waitroom.settings.given import checked
from waitroom.settings.kinds import LONGEST_SECONDS
from waitroom.settings.schedule import written
from waitroom.shaping.schedule import ScheduleError, moment


def events_given(events: Sequence[object], room: RoomSettings) -> tuple[EventSettings, ...]:
    """Events for a room, as they would stand in the file. Raises :class:`~waitroom.errors.SettingsError`."""
    given = {"name": room.name, "timezone": room.timezone, "events": list(events)}
    return checked(RoomSettings, given).events


def with_opening_moved(
    events: Sequence[EventSettings], name: str, by_seconds: float, timezone: str
) -> list[dict[str, str | bool]]:
    """The events with the opening of one moved, as they would be written. What hangs on the opening goes with it: the
    pre-queue, the ramp, and a closing that was given as a duration. Raises :class:`~waitroom.errors.SettingsError`."""
    event = _find(events, name)
    moved = moment(event.opens, timezone) + round(by_seconds * 1000)
    opens = written_moment(moved, event.opens, timezone)
    return [{**written(each), "opens": opens} if each is event else written(each) for each in events]


def without(events: Sequence[EventSettings], name: str) -> list[dict[str, str | bool]]:
    """The events without one. Raises :class:`~waitroom.errors.SettingsError`."""
    event = _find(events, name)
    return [written(each) for each in events if each is not event]


def by_seconds(text: str) -> float:
    """A length of time with its direction: ``15m``, ``-1h30m``. Raises :class:`~waitroom.errors.SettingsError`."""
    bare = text.strip()
    try:
        seconds = parse_duration(bare.removeprefix("-").removeprefix("+"))
    except ValueError:
        seconds = 0.0
    if not 0 < seconds <= LONGEST_SECONDS:
        raise SettingsError(
            f'by: given "{text[:40]}"; allowed: a duration up to "365d", such as "15m" or "-1h"'
        )
    return -seconds if bare.startswith("-") else seconds


def written_moment(at_ms: int, like: str, timezone: str) -> str:
    """A moment as it would be written: with an offset where ``like`` has one, or where it would be doubtful without."""
    offset = datetime.fromisoformat(like).tzinfo
    at = datetime.fromtimestamp(at_ms / 1000, offset or ZoneInfo(timezone))
    spec = "seconds" if at.second else "minutes"
    bare = at.replace(tzinfo=None).isoformat(" ", spec)
    if offset is None:
        try:
            if moment(bare, timezone) == at_ms:
                return bare
        except ScheduleError:
            pass  # the clocks are put back: the time comes twice
    return at.isoformat(" ", spec)


def _find(events: Sequence[EventSettings], name: str) -> EventSettings:
    found = next((event for event in events if event.name == name), None)
    if found is None:
        names = ", ".join(event.name for event in events) or "none"
        raise SettingsError(f"there is no event {name!r} in the plan; there are {names}")
    return found
