"""The parts of a room's state, as the API tells them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from pydantic import BaseModel, Field

from admin.history.point import Point
from admin.live import LiveRoom
from admin.standing import newcomers_wait, wait_behind
from waitroom.line.lane import Lane
from waitroom.line.plan import Step, StepKind
from waitroom.line.room import Room
from waitroom.live.limits import Limit, Limiting
from waitroom.live.planned import step_in_words
from waitroom.live.recorded import changes_in
from waitroom.live.settings import Value
from waitroom.live.turning import Change
from waitroom.record.entries import Entry
from waitroom.shaping.forecast import Estimate


class Wait(BaseModel):
    """An estimated wait in seconds: the likely one, and the range that holds in four cases of five."""

    seconds: int
    low: int
    high: int

    @classmethod
    def of(cls, estimate: Estimate | None) -> Wait | None:
        """The wait; None where nobody knows."""
        return None if estimate is None else cls(**estimate._asdict())


class BeforeAfter(BaseModel):
    """What became of a setting. Durations are in seconds."""

    before: Value
    after: Value


def told_changes(changes: Iterable[Change]) -> dict[str, BeforeAfter]:
    """What became of each setting, by its name."""
    return {each.name: BeforeAfter(before=each.before, after=each.after) for each in changes}


class LimitedBy(BaseModel):
    """What limits admission just now."""

    by: Limit = Field(
        description="`redis`: it does not answer; `opening`: the door has yet to open; `paused`; `schedule`: closed "
        "until the next event; `closed`; `passing`: nothing, everyone is let through; `recovering`: tickets come back "
        "after a loss; `idle`: nothing, nobody waits; `capacity`; `adaptive`: the shop cannot take more; `shared`: the "
        "room's part of a common rate; `rate`."
    )
    text: str = Field(description="Why, for people.")
    per_minute: float | None = Field(description="The admissions a minute that it allows; null: unknown.")
    until: datetime | None = Field(description="When it ends, where that is known.")

    @classmethod
    def of(cls, limiting: Limiting) -> LimitedBy:
        """The limit."""
        until = limiting.until_ms and moment(limiting.until_ms)
        return cls(by=limiting.by, text=limiting.text, per_minute=limiting.per_minute, until=until or None)


class LaneState(BaseModel):
    """One lane of a room."""

    lane: str
    weight: float
    share: float = Field(
        description="Of the room's admissions, 0 to 1, while the same lanes have somebody in them."
    )
    waiting: int
    issued: int
    called: int
    late: int = Field(description="Called while away, and back since.")
    drawn: int = Field(description="How many were put in a drawn order at the opening.")
    outflow_per_minute: float | None = Field(
        description="As measured while somebody stood in it; null: not yet."
    )
    joins_per_minute: float | None
    newcomer_wait: Wait | None
    last_wait: Wait | None

    @classmethod
    def of(cls, seen: LiveRoom, lane: Lane) -> LaneState:
        """A lane of a room."""
        room, head, waiting = seen.room, lane.head, lane.snapshot.waiting
        return cls(
            lane=lane.name,
            weight=room.rules.weight_of(lane.name),
            share=round(room.share_of(lane.name), 4),
            waiting=waiting,
            issued=head.issued,
            called=head.called,
            late=head.late,
            drawn=head.drawn_count,
            outflow_per_minute=round(head.flow, 1) or None,
            joins_per_minute=seen.flow.joins_of(lane.name),
            newcomer_wait=Wait.of(newcomers_wait(room, lane.name)),
            last_wait=Wait.of(wait_behind(room, lane.name, waiting - 1)) if waiting else None,
        )


class Shop(BaseModel):
    """How the shop does, as the gateways have seen it over the last ten seconds; null: nobody asked it anything."""

    p50_seconds: float | None = Field(description="Within which half of its answers began.")
    p95_seconds: float | None
    p99_seconds: float | None
    error_share: float | None = Field(description="Of the requests, the part that it failed, 0 to 1.")
    requests_per_second: float | None

    @classmethod
    def of(cls, point: Point | None) -> Shop | None:
        """The shop, by the newest figures of a room."""
        if point is None:
            return None
        return cls(
            p50_seconds=point.p50,
            p95_seconds=point.p95,
            p99_seconds=point.p99,
            error_share=point.errors,
            requests_per_second=point.requests,
        )


class PlannedStep(BaseModel):
    """What the schedule will do next."""

    at: datetime = Field(description="The target of a countdown.")
    kind: StepKind
    event: str
    text: str = Field(description="In words, with times of the room's time zone.")
    changes: dict[str, str]

    @classmethod
    def of(cls, step: Step, zone: ZoneInfo) -> PlannedStep:
        """A step."""
        return cls(
            at=moment(step.at_ms),
            kind=step.kind,
            event=step.event,
            text=step_in_words(step, zone),
            changes=dict(step.changes),
        )


class EventState(BaseModel):
    """The event that the room is in, or was in last."""

    name: str
    opens_at: datetime | None = Field(description="null: the door is open.")
    opened_at: datetime | None
    is_drawn: bool = Field(description="Whether those who came before the opening get a drawn order.")
    commitment: str = Field(description="To the seed of the draw.")
    seed: str = Field(description="Published once the door has opened.")

    @classmethod
    def of(cls, room: Room) -> EventState | None:
        """The event; None: there is none."""
        event, opens = room.event, room.head.opens
        if not event.name:
            return None
        return cls(
            name=event.name,
            opens_at=moment(opens) if opens else None,
            opened_at=moment(event.opened_at) if event.opened_at else None,
            is_drawn=bool(event.commitment),
            commitment=event.commitment,
            seed=event.seed,
        )


class Fairness(BaseModel):
    """What the gateway's workers have counted since they were started; up to a minute old."""

    entered: int = Field(description="Who stood in line and was let in.")
    overtakes: int = Field(description="Of them, those whose turn had not been called: 0.")
    kendall_tau: float = Field(description="How much the orders of joining and entering agreed lately.")
    longest_wait_seconds: float
    no_shows: int = Field(description="Granted places that nobody took, all so far.")


class Estimates(BaseModel):
    """How the estimates came out that the console has sampled since it was started."""

    asked: int
    kept: int
    early: int
    late: int
    overtaken: int = Field(
        description="By a change of rate, capacity or schedule; they count for nothing else."
    )


class LastChange(BaseModel):
    """The last time that an operator, or the schedule, has set anything."""

    id: str = Field(description="Of its entry in the record.")
    at: datetime
    who: str
    why: str
    changed: dict[str, BeforeAfter]

    @classmethod
    def of(cls, seen: LiveRoom, entry: Entry) -> LastChange:
        """What an entry tells."""
        return cls(
            id=entry.id,
            at=moment(entry.at_ms),
            who=entry.fields.get("who", ""),
            why=entry.fields.get("why", ""),
            changed=told_changes(changes_in(seen.settings, entry)),
        )


def moment(at_ms: int) -> datetime:
    """A moment, given in milliseconds since 1970."""
    return datetime.fromtimestamp(at_ms / 1000, UTC)
