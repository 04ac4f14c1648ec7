"""The schedule that a room's settings give."""

from __future__ import annotations

import json
from collections.abc import Sequence

from waitroom.settings.duration import format_duration, parse_duration
from waitroom.settings.events import EventSettings
from waitroom.shaping.ramp import Ramp
from waitroom.shaping.schedule import Event, Schedule, moment


def schedule_of(events: Sequence[EventSettings], timezone: str) -> Schedule:
    """The events in the order of their times. Raises :class:`~waitroom.shaping.schedule.ScheduleError`."""
    return Schedule.of([_event(event, timezone) for event in events], timezone)


def words_of(events: Sequence[EventSettings]) -> str:
    """The events as they would be written in the file, as JSON; empty: there are none."""
    return json.dumps([written(event) for event in events], ensure_ascii=False) if events else ""


def written(event: EventSettings) -> dict[str, str | bool]:
    """One event as it would be written in the file, without what is left out there."""
    told = event.model_dump(mode="json", exclude_none=True)
    return {**told, "prequeue": format_duration(event.prequeue)}


def events_of(words: str) -> tuple[EventSettings, ...]:
    """The events that :func:`words_of` wrote."""
    return tuple(EventSettings.model_validate(each) for each in json.loads(words)) if words else ()


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
