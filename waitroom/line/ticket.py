"""The life of a ticket: one table of stage and event. What is not in it cannot happen."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, StrEnum, auto


class Stage(Enum):
    """Where a ticket is on its way."""

    WAITING = auto()
    GRANTED = auto()
    PASSED = auto()
    LATE = auto()
    INSIDE = auto()
    MISSED = auto()
    SPENT = auto()


class Event(Enum):
    """What happens to a ticket."""

    CALL = auto()
    """``called`` reaches it, and its holder is present."""
    PASS_OVER = auto()
    """``called`` goes past it, and its holder is absent."""
    SHOW = auto()
    """Its holder shows it at the door."""
    GRANT = auto()
    """The budget reaches it among the late ones."""
    FALL_SILENT = auto()
    """Its holder is gone again when the budget reaches it."""
    ENTER = auto()
    """Its holder comes in."""
    LAPSE = auto()
    """The granted place was not taken in time."""
    OUTLIVE = auto()
    """It was called more than ``keep`` ago."""
    LEAVE = auto()
    """Its holder gives it up."""
    END = auto()
    """The visit is over."""
    STAND_BACK = auto()
    """It was called before its turn, by the support desk, and its holder did not come: it waits for the turn again."""
    REINSTATE = auto()
    """The support desk gives it back."""


TRANSITIONS: dict[tuple[Stage, Event], Stage] = {
    (Stage.WAITING, Event.CALL): Stage.GRANTED,
    (Stage.WAITING, Event.PASS_OVER): Stage.PASSED,
    (Stage.WAITING, Event.SHOW): Stage.LATE,  # where the support desk has called it
    (Stage.WAITING, Event.ENTER): Stage.INSIDE,  # in a room that lets everyone pass
    (Stage.WAITING, Event.LEAVE): Stage.SPENT,
    (Stage.GRANTED, Event.ENTER): Stage.INSIDE,
    (Stage.GRANTED, Event.LAPSE): Stage.PASSED,
    (Stage.GRANTED, Event.LEAVE): Stage.SPENT,
    (Stage.PASSED, Event.SHOW): Stage.LATE,
    (Stage.PASSED, Event.STAND_BACK): Stage.WAITING,
    (Stage.PASSED, Event.REINSTATE): Stage.PASSED,
    (Stage.MISSED, Event.REINSTATE): Stage.PASSED,
    (Stage.SPENT, Event.REINSTATE): Stage.PASSED,
    (Stage.PASSED, Event.OUTLIVE): Stage.MISSED,
    (Stage.PASSED, Event.ENTER): Stage.INSIDE,  # in a room that lets everyone pass
    (Stage.PASSED, Event.LEAVE): Stage.SPENT,
    (Stage.LATE, Event.GRANT): Stage.GRANTED,
    (Stage.LATE, Event.FALL_SILENT): Stage.PASSED,
    (Stage.LATE, Event.ENTER): Stage.INSIDE,  # in a room that lets everyone pass
    (Stage.LATE, Event.LEAVE): Stage.SPENT,
    (Stage.MISSED, Event.ENTER): Stage.INSIDE,  # in a room that lets everyone pass
    (Stage.MISSED, Event.LEAVE): Stage.SPENT,
    (Stage.INSIDE, Event.END): Stage.SPENT,
}
"""The whole life of a ticket. What is not in the table cannot happen."""


class IllegalEventError(Exception):
    """An event that the table does not know for this stage; nothing was changed."""


@dataclass(slots=True)
class Ticket:
    """One place in line. ``seen`` is the presence slot in which its holder was last seen."""

    number: int
    seen: int
    stage: Stage = Stage.WAITING
    lapses: int = 0
    """How often a place was granted to it and not taken."""
    summoned: float = 0.0
    """The open clock until which it may enter whatever its turn, as the support desk said; 0: its turn decides."""
    until: float = 0.0
    """Granted: the open clock at which the grant lapses. Inside: the room clock at which the visit ends."""

    def on(self, event: Event) -> None:
        """Moves on by the table. Raises :class:`IllegalEventError` for what cannot happen."""
        stage = TRANSITIONS.get((self.stage, event))
        if stage is None:
            raise IllegalEventError(f"ticket {self.number}: {event.name} while {self.stage.name}")
        self.stage = stage


class Outcome(StrEnum):
    """What became of a ticket that was shown at the door, or given up."""

    ADMITTED = "admitted"
    """It opened a new session."""
    AGAIN = "again"
    """It opened a session before, which still runs."""
    CALLED = "called"
    """Its turn came while it was away; it waits for budget ahead of those not yet called."""
    WAITING = "waiting"
    """Its turn has not come."""
    MISSED = "missed"
    """Its turn was more than ``keep`` ago."""
    SPENT = "spent"
    """It was given up, or its session is over."""
    SHUT = "shut"
    """Nobody may enter now."""
    LEFT = "left"
    """It has just been given up."""
    STALE = "stale"
    """Its number was read in another life of the line: look again."""
    UNKNOWN = "unknown"
    """No such number was given out."""
