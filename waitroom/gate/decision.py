"""The decision: what becomes of a request. A pure function of what is known; no I/O."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto

from waitroom.gate.negotiate import Kind
from waitroom.line.rules import Mode, SoldOut


class Standing(Enum):
    """How a ticket stands in the snapshot of its room."""

    NONE = auto()
    """There is no ticket, or none that counts any more."""
    WAITING = auto()
    """Its turn has not come."""
    LATE = auto()
    """It was called while away and waits for budget."""
    LEFT = auto()
    """It was given up."""
    CALLED = auto()
    """Its turn has come, or came once: Redis decides what that is worth."""


class Decision(Enum):
    """What the gate does with a request."""

    FORWARD = auto()
    """To the origin."""
    JOIN = auto()
    """Give it a place, and let it in at once if nobody waits."""
    CLAIM = auto()
    """Show its ticket at the door."""
    WAIT = auto()
    """Tell it where it stands."""
    REFUSE = auto()
    """A bare 503."""
    CLOSED = auto()
    """The closed page."""
    SOLD_OUT = auto()
    """The same, with what a newcomer is told where there is nothing left."""
    RETURN = auto()
    """To the same address once more, from a page of our own: then its cookies come along."""
    OUT_OF_FRAME = auto()
    """A link that opens the same address in a window of its own."""
    UNINVITED = auto()
    """The room is by invitation only."""


@dataclass(frozen=True, slots=True)
class Facts:
    """All that the decision depends on."""

    kind: Kind
    mode: Mode
    inside: bool
    """It carries a valid pass."""
    standing: Standing
    holding: bool
    """Whether a newcomer would have to wait, by the snapshot."""
    barred: bool = False
    """The room is by invitation only, and the request brings none that counts."""
    sold_out: SoldOut = SoldOut.NO
    wants_returns: bool = False
    """Its sender has been told so, and wants to wait all the same."""


def decide(facts: Facts) -> Decision:
    """What becomes of a request in a room.

    In the order of the rules: those inside stay inside in every mode; what is no visitor (a part of a page, a
    prefetch, a preflight) or brings no cookies by its nature (a form of another site, a frame) gets no ticket; a shut
    room is shut for all others; whoever has no place needs an invitation where the room is by invitation only; where
    there is nothing left, whoever has no place is told; everyone else joins, waits, or shows the ticket at the door.
    """
    if facts.inside:
        return Decision.FORWARD
    barred = facts.barred and facts.mode is not Mode.PASS
    nothing_left = facts.mode is not Mode.PASS and facts.sold_out is SoldOut.YES
    lets_in = facts.mode is Mode.AUTO and not facts.holding and not nothing_left
    open_to_all = facts.mode is Mode.PASS or (lets_in and not barred)
    match facts.kind:
        case Kind.PREFLIGHT:
            return Decision.FORWARD
        case Kind.PREFETCH:
            return Decision.FORWARD if facts.mode is Mode.PASS else Decision.REFUSE
        case Kind.SUBRESOURCE:
            return Decision.FORWARD if open_to_all else Decision.REFUSE
        case Kind.FRAMED:
            return Decision.FORWARD if open_to_all else Decision.OUT_OF_FRAME
        case Kind.FOREIGN if facts.standing is Standing.NONE:
            return Decision.FORWARD if open_to_all else Decision.RETURN
    if facts.mode is Mode.CLOSED:
        return Decision.CLOSED
    if facts.standing in (Standing.NONE, Standing.LEFT):
        if barred:
            return Decision.UNINVITED
        asks_first = facts.sold_out is SoldOut.RETURNS and not facts.wants_returns and not open_to_all
        return Decision.SOLD_OUT if nothing_left or asks_first else Decision.JOIN
    if facts.mode is Mode.PASS:
        return Decision.CLAIM
    if facts.standing is Standing.CALLED and facts.mode is not Mode.PAUSE and not nothing_left:
        return Decision.CLAIM
    return Decision.WAIT
