"""What the pages show of a room, worked out once a second for everyone who looks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from weakref import WeakKeyDictionary

from pydantic import BaseModel

from admin.api.rooms.parts import PlannedStep
from admin.api.rooms.state import RoomState
from admin.api.rooms.streaming import Told, told
from admin.live import LiveRoom
from admin.pages.health import Health, health_of
from waitroom.line.rules import Mode
from waitroom.live.limits import Limit


class NextStep(BaseModel):
    """What the schedule does next, for the list of rooms."""

    at: datetime
    text: str

    @classmethod
    def of(cls, step: PlannedStep | None) -> NextStep | None:
        """The step; None: nothing is planned."""
        return cls(at=step.at, text=step.text) if step else None


class Brief(BaseModel):
    """What the list of rooms shows of one: small, since fifty of them are sent each second."""

    room: str
    mode: Mode
    waiting: int
    inside: int
    places: int
    flow: float | None
    """Admissions a minute."""
    target: float
    wait: int | None
    """Seconds, of a newcomer; None: nobody knows."""
    limit: Limit
    next: NextStep | None
    stale: float | None
    """Seconds since Redis went away; None: it is there."""
    health: Health

    @classmethod
    def of(cls, state: RoomState, health: Health) -> Brief:
        """The same of a room's state."""
        return cls(
            room=state.room,
            mode=state.mode,
            waiting=state.waiting,
            inside=state.inside,
            places=state.places,
            flow=state.admissions_per_minute,
            target=state.admission_rate,
            wait=state.newcomer_wait.seconds if state.newcomer_wait else None,
            limit=state.limited_by.by,
            next=NextStep.of(state.next_change),
            stale=state.stale_seconds,
            health=health,
        )


@dataclass(frozen=True, slots=True)
class Shown:
    """One room as the pages show it."""

    told: Told
    brief: Brief
    text: bytes
    """The same as JSON: it has no time of its own, and is another one only where something is."""

    @property
    def state(self) -> RoomState:
        """As the API tells it."""
        return self.told.state


_shown: WeakKeyDictionary[LiveRoom, Shown] = WeakKeyDictionary()


def shown(seen: LiveRoom) -> Shown:
    """A room as it was at its last look."""
    now, last = told(seen), _shown.get(seen)
    if last is None or last.told is not now:
        brief = Brief.of(now.state, health_of(now.state))
        last = _shown[seen] = Shown(now, brief, brief.model_dump_json().encode())
    return last
