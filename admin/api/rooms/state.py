"""A room as the API tells it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Annotated
from zoneinfo import ZoneInfo

from pydantic import BaseModel, Field, JsonValue

from admin.api.rooms.parts import (
    BeforeAfter,
    Estimates,
    EventState,
    Fairness,
    LaneState,
    LastChange,
    LimitedBy,
    PlannedStep,
    Shop,
    Wait,
    moment,
    told_changes,
)
from admin.live import LiveRoom
from waitroom.line.rules import Mode
from waitroom.live.limits import limiting
from waitroom.live.settings import nested, values_of
from waitroom.live.turning import Change

PerMinute = Annotated[
    float | None,
    Field(description="Over the last minute, as the console has seen it; null: not long enough yet."),
]


class RoomState(BaseModel):
    """One room, as it was seen less than a second ago. Times are UTC, durations in seconds, rates a minute."""

    room: str
    mode: Mode
    rate: float = Field(description="Admissions a minute, as operators or the schedule have set them.")
    admission_rate: float = Field(
        description="Admissions a minute that are in force: what the shop can carry, or the room's part of a common "
        "rate, may be less."
    )
    capacity: int = Field(description="Visitors inside at once, as set; 0: no cap.")
    places: int = Field(
        description="Visitors inside at once that are in force: the shop may carry less; 0: no cap."
    )
    message: str = Field(description="What those waiting are told now, in the shop's own language.")
    waiting: int = Field(description="Those in line who are present.")
    inside: int
    granted: int = Field(description="Called, and about to enter.")
    issued: int = Field(description="The highest ticket number given out in the general lane.")
    called: int = Field(description="Every ticket of the general lane up to this number may enter.")
    joins_per_minute: PerMinute
    admissions_per_minute: Annotated[
        float | None,
        Field(
            description="Over the last `flow_seconds`, as the console has seen it; null: not long enough yet."
        ),
    ]
    flow_seconds: int | None = Field(
        description="A minute, or since something was set: a pause is seen at once. null: not long enough yet."
    )
    newcomer_wait: Wait | None = Field(
        description="Of somebody who came now, in the general lane; null: nobody knows."
    )
    last_wait: Wait | None = Field(
        description="Of the one who would wait the longest of all in line; null: nobody waits, or nobody knows."
    )
    limited_by: LimitedBy
    lanes: list[LaneState]
    opens_at: datetime | None = Field(
        description="When the door opens; null: it is open, or nothing is planned."
    )
    next_change: PlannedStep | None
    event: EventState | None
    shop: Shop | None = Field(description="null: no gateway tells of it just now.")
    workers: int | None = Field(description="Of gateways, that live and keep the room; null: nobody knows.")
    fairness: Fairness
    estimates: Estimates
    settings: dict[str, JsonValue] = Field(
        description="All that can be changed while the room runs, in the form in which PATCH takes it."
    )
    resumes_to: Mode | None = Field(description="While the room is paused: the mode that it returns to.")
    last_change: LastChange | None
    epoch: int = Field(description="This life of the line; a reset begins the next.")
    timezone: str
    version: int = Field(
        description="Of what was set: when that was, in milliseconds since 1970. What the gateway measures leaves it."
    )
    etag: str = Field(description="The same as the header field of that name has it, for If-Match.")
    stale_seconds: float | None = Field(
        description="So old this is, since Redis does not answer; null: it is of now."
    )
    now: datetime = Field(description="The console's time, for countdowns.")


class ChangedState(RoomState):
    """A room after something was done to it."""

    changed: dict[str, BeforeAfter] = Field(
        description="What became of the settings by that; empty: nothing was new."
    )


def state_of(seen: LiveRoom) -> RoomState:
    """The state of a room."""
    room = seen.room
    rules, head = room.rules, room.head
    lanes = [LaneState.of(seen, lane) for lane in room.lanes.values()]
    waits = [lane.last_wait for lane in lanes if lane.last_wait is not None]
    zone = ZoneInfo(seen.settings.timezone)
    steps, hits, counted = room.plan.steps, room.hits, seen.counted
    flow = seen.flow
    return RoomState(
        room=room.name,
        mode=rules.mode,
        rate=rules.rate,
        admission_rate=rules.admission_rate,
        capacity=rules.capacity,
        places=rules.places,
        message=rules.said.text,
        waiting=room.waiting,
        inside=head.sessions,
        granted=head.granted,
        issued=head.issued,
        called=head.called,
        joins_per_minute=flow.joins_per_minute,
        # who is let through is not counted as admitted
        admissions_per_minute=flow.joins_per_minute
        if rules.mode is Mode.PASS
        else flow.admissions_per_minute,
        flow_seconds=flow.admissions_seconds,
        newcomer_wait=lanes[0].newcomer_wait,
        last_wait=max(waits, key=lambda wait: wait.seconds, default=None),
        limited_by=LimitedBy.of(limiting(room, seen.record.set_by)),
        lanes=lanes,
        opens_at=moment(room.opens_ms) if room.opens_ms else None,
        next_change=PlannedStep.of(steps[0], zone) if steps else None,
        event=EventState.of(room),
        shop=Shop.of(seen.point),
        workers=seen.workers,
        fairness=Fairness(
            entered=counted.entered,
            overtakes=counted.overtakes,
            kendall_tau=counted.kendall_tau,
            longest_wait_seconds=counted.longest_wait_seconds,
            no_shows=head.no_shows,
        ),
        estimates=Estimates(
            asked=hits.asked, kept=hits.kept, early=hits.early, late=hits.late, overtaken=hits.overtaken
        ),
        settings=nested(values_of(seen.settings, rules)),
        resumes_to=Mode(rules.resumes or Mode.AUTO) if rules.mode is Mode.PAUSE else None,
        last_change=LastChange.of(seen, seen.record.last_set) if seen.record.last_set else None,
        epoch=head.epoch,
        timezone=seen.settings.timezone,
        version=rules.revision,
        etag=etag_of(rules.revision),
        stale_seconds=seen.stale_seconds,
        now=datetime.now(UTC),
    )


def changed_state_of(seen: LiveRoom, changes: Iterable[Change]) -> ChangedState:
    """The state of a room, and what was just changed."""
    return ChangedState(**dict(state_of(seen)), changed=told_changes(changes))


def etag_of(revision: int) -> str:
    """The entity tag of a room (RFC 9110, section 8.8.3): it stands for what was set, not for who comes and goes."""
    return f'"{revision}"'
