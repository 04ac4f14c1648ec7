"""The schedule that a room's settings give."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from waitroom.settings.duration import format_duration, parse_duration
from waitroom.settings.events import EventSettings
from waitroom.shaping.ramp import Ramp
from waitroom.shaping.schedule import Event, Schedule, moment


def schedule_of(events: Sequence[EventSettings], timezone: str) -> Schedule:
    """The events in the order of their times. Raises :class:`~waitroom.shaping.schedule.ScheduleError`."""
    return Schedule.of([_event(event, timezone) for event in events], timezone)


def words_of(events: Sequence[EventSettings], timezone: str) -> str:
    """The events as they would be written in the file of a room of that zone, as JSON; empty: there are none."""
    if not events:
        return ""
    kept = {"timezone": timezone, "events": [written(event) for event in events]}
    return json.dumps(kept, ensure_ascii=False)


def written(event: EventSettings) -> dict[str, str | bool]:
    """One event as it would be written in the file, without what is left out there."""
    told = event.model_dump(mode="json", exclude_none=True)
    return {**told, "prequeue": format_duration(event.prequeue)}


def events_of(words: str, timezone: str) -> tuple[EventSettings, ...]:
    """The events that :func:`words_of` wrote, for a room that may be of another zone by now: their moments stay."""
    if not words:
        return ()
    kept = json.loads(words)
    return tuple(
        EventSettings.model_validate(rezoned(each, ("opens", "closes"), kept["timezone"], timezone))
        for each in kept["events"]
    )


def rezoned(
    given: Mapping[str, object], names: Iterable[str], written_in: str, timezone: str
) -> dict[str, object]:
    """A table with the moments in it, of these names, as they are to be read in ``timezone``: where that is another
    than they were written in, with an offset of their own. What is no moment, or has an offset, stays."""
    changed = dict(given)
    for name in names if written_in != timezone else ():
        text = given.get(name)
        try:
            at = datetime.fromisoformat(str(text))
        except ValueError:
            continue
        if at.tzinfo is None:
            changed[name] = at.replace(tzinfo=ZoneInfo(written_in)).isoformat(" ")
    return changed


def _event(settings: EventSettings, timezone: str) -> Event:
    opens = moment(settings.opens, timezone)
    return Event(
        name=settings.name,
        begins_ms=opens - round(settings.prequeue * 1000),
        opens_ms=opens,
        closes_ms=end_of(settings.closes, opens, timezone),
        ramp=Ramp.parse(settings.rate) if settings.rate else None,
        mode=settings.mode,
        is_drawn=settings.draw and settings.prequeue > 0,
    )


def end_of(closes: str | None, opens_ms: int, timezone: str) -> int | None:
    """The moment that a date and time, or a duration from ``opens_ms`` on, says, in milliseconds since 1970. Raises
    :class:`~waitroom.shaping.schedule.ScheduleError`."""
    if closes is None:
        return None
    try:
        return opens_ms + round(parse_duration(closes) * 1000)
    except ValueError:
        return moment(closes, timezone)
