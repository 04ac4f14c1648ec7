"""A room as its page shows it, made of what the console sees of it once a second."""

from __future__ import annotations

import time
from collections.abc import Iterator

from pydantic import BaseModel

from admin.pages.limits import Limit, Standing, Tone, limit_of
from admin.pages.words import number
from waitroom.line.lane import Lane
from waitroom.line.memory import GENERAL
from waitroom.line.plan import Step, StepKind
from waitroom.line.room import Room
from waitroom.line.rules import Mode
from waitroom.shaping.forecast import Estimate


class Wait(BaseModel):
    """Seconds: the likely wait, and the range that holds in four cases of five."""

    seconds: int
    low: int
    high: int

    @classmethod
    def of(cls, estimate: Estimate | None) -> Wait | None:
        """The same as an estimate."""
        return estimate and cls(seconds=estimate.seconds, low=estimate.low, high=estimate.high)


class LanePicture(BaseModel):
    """One line within the room."""

    name: str
    share: float
    """Of the admissions, while somebody waits in each lane."""
    waiting: int
    outflow: float
    called: int
    issued: int


class NextChange(BaseModel):
    """What the schedule does next."""

    at_ms: int
    says: str


class LimitPicture(BaseModel):
    """What holds admission back."""

    kind: str
    tone: Tone
    says: str
    why: str

    @classmethod
    def of(cls, limit: Limit) -> LimitPicture:
        """The same."""
        return cls(kind=limit.kind, tone=limit.tone, says=limit.says, why=limit.why)


class Picture(BaseModel):
    """One room at one moment."""

    room: str
    mode: Mode
    rate: float
    admission_rate: float
    capacity: int
    places: int
    message: str
    waiting: int
    inside: int
    outflow: float
    newcomer: Wait | None
    last: Wait | None
    limit: LimitPicture
    lanes: list[LanePicture]
    admitted: int
    issued: int
    no_shows: int
    next: NextChange | None
    version: int
    stale_seconds: float | None
    """For so long Redis has been away; None: it is there."""


def picture_of(room: Room) -> Picture:
    """A room as it stands now."""
    rules, head = room.rules, room.head
    inside = head.sessions + head.granted
    away = None if room.down_since is None else round(time.monotonic() - room.down_since, 1)
    standing = Standing(
        rules,
        room.waiting,
        inside,
        is_away=room.is_away,
        is_before_opening=room.is_before_opening,
        is_held=0 < head.clock < head.hold,
    )
    weights = sum(rules.weight_of(name) for name in room.lanes) or 1.0
    return Picture(
        room=room.name,
        mode=rules.mode,
        rate=rules.rate,
        admission_rate=rules.admission_rate,
        capacity=rules.capacity,
        places=rules.places,
        message=rules.message,
        waiting=room.waiting,
        inside=inside,
        outflow=round(sum(lane.head.flow for lane in room.lanes.values()), 1),
        newcomer=_newcomer(room),
        last=_last(room),
        limit=LimitPicture.of(limit_of(standing)),
        lanes=[
            LanePicture(
                name=name,
                share=rules.weight_of(name) / weights,
                waiting=lane.snapshot.waiting,
                outflow=round(lane.head.flow, 1),
                called=lane.head.called,
                issued=lane.head.issued,
            )
            for name, lane in room.lanes.items()
        ],
        admitted=head.admitted,
        issued=sum(lane.head.issued for lane in room.lanes.values()),
        no_shows=head.no_shows,
        next=_next(room),
        version=head.version,
        stale_seconds=away,
    )


def _newcomer(room: Room) -> Wait | None:
    if room.rules.mode is Mode.PASS or (room.rules.mode is Mode.AUTO and not room.waiting):
        return Wait(seconds=0, low=0, high=0)
    lane = room.lanes[GENERAL]
    return Wait.of(lane.outlook.estimate(lane.snapshot.ahead_of(lane.head.issued + 1)))


def _last(room: Room) -> Wait | None:
    """Of whoever waits longest, in whichever lane that is."""
    if not room.waiting:
        return Wait(seconds=0, low=0, high=0)
    waits = [_last_of(lane) for lane in room.lanes.values() if lane.snapshot.waiting]
    known = [wait for wait in waits if wait]
    return max(known, key=lambda wait: wait.seconds) if len(known) == len(waits) else None


def _last_of(lane: Lane) -> Wait | None:
    return Wait.of(lane.outlook.estimate(max(lane.snapshot.waiting - 1, 0)))


def _next(room: Room) -> NextChange | None:
    now = time.time() * 1000
    step = next((each for each in room.plan.steps if each.at_ms > now), None)
    return NextChange(at_ms=step.at_ms, says=", ".join(_said(step))) if step else None


def _said(step: Step) -> Iterator[str]:
    if step.kind is StepKind.BEGIN:
        yield f"{step.event}: its line begins"
    elif step.kind is StepKind.OPEN:
        yield f"{step.event} opens"
    if "mode" in step.changes:
        yield f"mode {step.changes['mode']}"
    if "rate" in step.changes:
        yield f"rate {number(float(step.changes['rate']))}"
