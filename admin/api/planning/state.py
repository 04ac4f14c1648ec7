"""A room's plan as the API tells it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from pydantic import BaseModel, Field

from admin.api.rooms.parts import PlannedStep, moment
from waitroom.line.rules import Mode
from waitroom.planning.change import Planning, Proposal
from waitroom.planning.foresight import Doors, Happening, Tone, When
from waitroom.settings.events import EventSettings
from waitroom.settings.schedule import schedule_of, written
from waitroom.shaping.schedule import Event

NO_PLAN = "none"
"""The tag of a room for which nothing is planned."""


class Phase(StrEnum):
    """Where an event stands."""

    PLANNED = "planned"
    WAITING = "waiting"
    """Its line has begun; the door has yet to open."""
    OPEN = "open"
    OVER = "over"


class RateStep(BaseModel):
    """From then on, so many a minute."""

    at: datetime
    rate: float


class PlannedEvent(BaseModel):
    """An event, in the words of the file, and the moments that these come to."""

    name: str
    opens: str
    prequeue: str
    draw: bool
    closes: str | None
    rate: str | None
    mode: Mode
    begins_at: datetime = Field(description="When its line begins: `prequeue` before it opens.")
    opens_at: datetime
    ends_at: datetime | None = Field(description="null: never, as far as is planned.")
    rates: list[RateStep] = Field(description="Its ramp; empty: it has the room's rate.")
    phase: Phase


class TimedStep(BaseModel):
    """Something that would happen, or would not any more."""

    at: datetime
    when: When = Field(
        description="`now`: as soon as the plan is changed; `never`: it was to happen, and will not."
    )
    event: str
    text: str
    tone: Tone = Field(description="`new`: not in the plan before; `caution`: look twice.")
    was_at: datetime | None = Field(description="When it was to happen before, where that is moved.")
    changes: dict[str, str]

    @classmethod
    def of(cls, happening: Happening) -> TimedStep:
        """What will happen."""
        return cls(
            at=moment(happening.at_ms),
            when=happening.when,
            event=happening.event,
            text=happening.text,
            tone=happening.tone,
            was_at=None if happening.was_ms is None else moment(happening.was_ms),
            changes=dict(happening.changes),
        )


class PlanState(BaseModel):
    """What is planned for a room."""

    room: str
    timezone: str = Field(description="Of moments that are written without an offset.")
    own_mode: Mode = Field(description="The room's mode outside of its events, as the file has it.")
    own_rate: float
    events: list[PlannedEvent]
    steps: list[PlannedStep] = Field(description="What is still to come, messages too.")
    held: list[str] = Field(description="Names of events that were held: none of them can be used again.")
    etag: str
    now: datetime

    @classmethod
    def of(cls, now: Planning, now_ms: int) -> PlanState:
        """The plan as it is."""
        room, planned = now.room, now.planned
        zone = ZoneInfo(room.timezone)
        steps = sorted((*planned.plan.steps, *planned.says), key=lambda step: step.at_ms)
        return cls(
            room=room.name,
            timezone=room.timezone,
            own_mode=room.mode,
            own_rate=room.rate,
            events=planned_events(now.events, room.timezone, now.doors, now_ms),
            steps=[PlannedStep.of(step, zone) for step in steps],
            held=sorted(now.held),
            etag=etag_of(now),
            now=datetime.now(UTC),
        )


class PlanTrial(BaseModel):
    """What a plan would come to. Nothing was changed."""

    room: str
    timezone: str
    events: list[PlannedEvent] = Field(description="As they would be planned.")
    over: list[str] = Field(description="Events that are past: nothing would come of them.")
    happens: list[TimedStep]
    etag: str = Field(description="Of the plan that this was worked out from: a change may go by it.")

    @classmethod
    def of(cls, now: Planning, proposal: Proposal, now_ms: int) -> PlanTrial:
        """What a proposal comes to."""
        room = now.room
        return cls(
            room=room.name,
            timezone=room.timezone,
            events=planned_events(proposal.events, room.timezone, now.doors, now_ms),
            over=[event.name for event in proposal.over],
            happens=[TimedStep.of(each) for each in proposal.happenings],
            etag=etag_of(now),
        )


def version_of(now: Planning) -> str:
    """The version of a plan as its tag has it."""
    return now.version or NO_PLAN


def etag_of(now: Planning) -> str:
    """The entity tag of a plan."""
    return f'"{version_of(now)}"'


def planned_events(
    events: Sequence[EventSettings], timezone: str, doors: Doors, now_ms: int
) -> list[PlannedEvent]:
    """Events with their moments, in the order of these."""
    settings = {event.name: event for event in events}
    return [
        PlannedEvent.model_validate(
            {
                "closes": None,
                "rate": None,
                **written(settings[event.name]),
                "begins_at": moment(event.begins_ms),
                "opens_at": moment(event.opens_ms),
                "ends_at": None if end is None else moment(end),
                "rates": list(_rates(event, end)),
                "phase": _phase(event, end, doors, now_ms),
            }
        )
        for event, end in schedule_of(events, timezone).with_ends()
    ]


def _rates(event: Event, end: int | None) -> Iterable[RateStep]:
    for seconds, rate in event.ramp.steps if event.ramp else ():
        at = event.opens_ms + round(seconds * 1000)
        if end is None or at < end:
            yield RateStep(at=moment(at), rate=rate)


def _phase(event: Event, end: int | None, doors: Doors, now_ms: int) -> Phase:
    if end is not None and end <= now_ms:
        return Phase.OVER
    if doors.event != event.name:
        return Phase.PLANNED
    return Phase.WAITING if doors.awaits_opening else Phase.OPEN
