"""What the support desk is shown of one place. Nothing in it says who somebody is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import NamedTuple

from waitroom.line.desk import Fate, Spot
from waitroom.support.code import support_code


class Located(NamedTuple):
    """Which place a code is of."""

    room: str
    epoch: int
    """The life of the line."""
    lane: str
    number: int

    @property
    def code(self) -> str:
        """Its support code."""
        return support_code(*self)

    def __str__(self) -> str:
        return f"ticket {self.number:,} of {self.lane} in {self.room}"


class Happening(NamedTuple):
    """Something that concerned a place."""

    at_ms: int
    """Milliseconds since 1970."""
    kind: str
    """That of the record's entry; ``joined`` and ``missed`` are none, but follow from others."""
    text: str
    who: str = ""
    why: str = ""

    @property
    def at(self) -> str:
        """When, as RFC 3339 in UTC."""
        return datetime.fromtimestamp(self.at_ms / 1000, UTC).isoformat(timespec="milliseconds")


class Action(StrEnum):
    """What the desk can do."""

    RESTORE = "restore"
    """Give the place back, at its old turn."""
    FRONT = "front"
    """Let it be called next."""


LOST = frozenset({Fate.MISSED, Fate.LEFT, Fate.FINISHED, Fate.SPENT, Fate.CALLED})
"""What can be given back. Of a place that was called, ``keep`` begins anew."""


class WentBefore(NamedTuple):
    """Visitors who were let in before a place out of their turn, while it waited."""

    late: int = 0
    """Who had been away when called."""
    forward: int = 0
    """Whom the support desk brought to the front."""

    def __str__(self) -> str:
        parts = (
            (self.late, "who had been away when called"),
            (self.forward, "whom the support desk brought forward"),
        )
        return " and ".join(f"{count:,} {who}" for count, who in parts if count)


NOBODY = WentBefore()


@dataclass(frozen=True, slots=True)
class Found:
    """A place, and what became of it."""

    place: Located
    fate: Fate | None
    """None: that life of the line has ended."""
    turn: int | None = None
    """Its place in the order of the lane; None: not drawn yet, or not known."""
    position: int | None = None
    """1 + how many are let in before it; None where it does not wait."""
    is_present: bool = False
    """Whether its holder was there just now."""
    lasts_seconds: int = 0
    """For how long a visit goes on without a request, or its holder may still come in; 0: not told."""
    is_helped: bool = False
    """Whether the desk has helped already."""
    came_from: Located | None = None
    """The place that its holder had before."""
    went_to: Located | None = None
    """The place that its holder was given since."""
    given_up_for: Located | None = None
    """The place that the desk has given back for it."""
    joined_after_ms: int | None = None
    """It was given out after this moment, in milliseconds since 1970, as the record tells; None: not known."""
    joined_before_ms: int | None = None
    history: tuple[Happening, ...] = ()
    """Oldest first."""
    is_turn_called: bool = False
    """Whether its turn was called: given back, its holder may come in at once."""
    went_before: WentBefore = NOBODY
    keep_seconds: int = 0
    """For so long a place may be taken once it is called."""

    @property
    def actions(self) -> tuple[Action, ...]:
        """What makes sense to do."""
        if self.given_up_for is not None:
            return ()
        if self.fate is Fate.WAITING:
            return (Action.FRONT, Action.RESTORE) if self.came_from else (Action.FRONT,)
        return (Action.RESTORE,) if self.fate in LOST else ()

    def members(self) -> dict[str, object]:
        """As JSON tells it."""
        place = self.place
        return {
            "code": place.code,
            "room": place.room,
            "lane": place.lane,
            "epoch": place.epoch,
            "number": place.number,
            "turn": self.turn,
            "state": self.fate or "ended",
            "position": self.position,
            "present": self.is_present,
            "lasts_seconds": self.lasts_seconds,
            "helped": self.is_helped,
            "came_from": self.came_from and self.came_from.code,
            "went_to": self.went_to and self.went_to.code,
            "given_up_for": self.given_up_for and self.given_up_for.code,
            "joined_after": _text(self.joined_after_ms),
            "joined_before": _text(self.joined_before_ms),
            "actions": list(self.actions),
            "history": [
                {"at": each.at, "kind": each.kind, "text": each.text, "who": each.who, "why": each.why}
                for each in self.history
            ],
        }


def located(place: Located, spot: Spot | None) -> Located | None:
    """Another place of the same life of the line."""
    return None if spot is None else place._replace(lane=spot.lane, number=spot.number)


def _text(at_ms: int | None) -> str | None:
    return None if at_ms is None else datetime.fromtimestamp(at_ms / 1000, UTC).isoformat(timespec="seconds")
