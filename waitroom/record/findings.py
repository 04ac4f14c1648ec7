"""What an audit finds."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from enum import StrEnum


class Promise(StrEnum):
    """What a finding is about."""

    ORDER = "order"
    """Each lane was called in one unbroken row."""
    RATE = "rate"
    """No more were let in than the rate, what a room saves up, and the places that nobody took come to."""
    CAPACITY = "capacity"
    """Nobody was let in while more were inside than there is room for."""
    DOOR = "door"
    """Nobody was let in while the door was shut."""
    DRAW = "draw"
    """The order that was drawn follows from what was committed to before anybody had joined, and was kept."""
    RECORD = "record"
    """The record is complete, says who did what, and comes to what the room is."""


@dataclass(frozen=True, slots=True)
class Finding:
    """A promise that was not kept, when, and what the record says of it."""

    promise: Promise
    entry: str
    """The id of the entry in the record; empty: it is about the whole."""
    at: str
    text: str


@dataclass(slots=True)
class Figures:
    """What the record comes to."""

    entries: int = 0
    since: str = ""
    """The time of the first entry."""
    until: str = ""
    is_whole: bool = False
    """Whether the record goes back to the beginning of the room."""
    admitted: int = 0
    late: int = 0
    """Of those: absent when called, and let in when they came back."""
    passed: int = 0
    """Let through while the room let everyone through."""
    skipped: int = 0
    """Numbers that were called and not let in then: absent, left, or inside already."""
    wasted_turns: int = 0
    """Granted places that nobody took."""
    overtakes: int = 0
    """Turns that were called out of their order."""
    changes: int = 0
    """Of settings."""
    resets: int = 0
    openings: int = 0
    drawn: int = 0
    """Tickets that stood in a drawn order."""
    reinstated: int = 0
    """Places that the support desk gave back."""
    brought_forward: int = 0
    """Places that it brought to the front."""
    desk: dict[str, int] = field(default_factory=dict)
    """Who did so, and how often."""
    restored: int = 0
    """How often a lane was put back as the gateways remembered it, since Redis had forgotten."""
    restarts: int = 0
    """How often Redis was another one than before: what it had not yet written down then is in no record."""
    unknown: int = 0
    """Entries of kinds that this version does not know: it has not judged them."""
    lanes: dict[str, int] = field(default_factory=dict)
    """Admissions by lane."""

    def members(self) -> dict[str, object]:
        """As JSON tells them."""
        return asdict(self)
