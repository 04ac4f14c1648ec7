"""The schedule that a room's settings give."""

from __future__ import annotations

from collections.abc import Sequence

from waitroom.settings.duration import parse_duration
from waitroom.settings.events import EventSettings
from waitroom.shaping.ramp import Ramp
from waitroom.shaping.schedule import Event, Schedule, moment


def schedule_of(events: Sequence[EventSettings], timezone: str) -> Schedule:
    """The events in the order of their times. Raises :class:`~waitroom.shaping.schedule.ScheduleError`."""
    return Schedule.of([_event(event, timezone) for event in events], timezone)


def _event(settings: EventSettings, timezone: str) -> Event:
    opens = moment(settings.opens, timezone)
    return Event(
        name=settings.name,
        begins_ms=opens - round(settings.prequeue * 1000),
        opens_ms=opens,
        closes_ms=_end(settings.closes, opens, timezone),
        ramp=Ramp.parse(settings.rate) if settings.rate else None,
        mode=settings.mode,
        is_drawn=settings.draw and settings.prequeue > 0,
    )


def _end(closes: str | None, opens_ms: int, timezone: str) -> int | None:
    if closes is None:
        return None
    try:
        return opens_ms + round(parse_duration(closes) * 1000)
    except ValueError:
        return moment(closes, timezone)
