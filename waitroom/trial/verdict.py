"""What would become of a request, and why."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from waitroom.shaping.bypass import Verdict


class Fate(StrEnum):
    """What becomes of a request."""

    SHOP = "shop"
    """It goes to the shop."""
    ENTERS = "enters"
    """It gets a place and goes to the shop at once."""
    WAITS = "waits"
    """It is told where it stands in line."""
    HELD = "held"
    """A bare refusal: it is no visitor, and gets no place."""
    CLOSED = "closed"
    HANDED_BACK = "handed-back"
    """The browser sends it again, with the visitor's cookies."""
    UNINVITED = "uninvited"
    OWN = "own"
    """It is for an address of the gateway's own."""
    REFUSED = "refused"
    """It could be read in several ways, and is read in none."""


class By(StrEnum):
    """What decided."""

    NO_ROOM = "no room"
    PASS = "a pass"  # noqa: S105 - the field's word
    RULE = "a bypass rule"
    WEBHOOK = "a webhook's signature"
    KIND = "the kind of request"
    TICKET = "a ticket"
    MODE = "the room's mode"
    LINE = "the line"
    INVITATION = "an invitation"
    ADDRESS = "the address"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What would happen."""

    fate: Fate
    by: By
    text: str
    """In one sentence."""
    room: str = ""
    rule: str = ""
    """The bypass rule, or the webhook, that decided."""
    kind: str = ""
    address: str | None = None
    """The visitor's, as rules know it; None: it is a proxy's, or nobody's."""
    answer: str = ""
    """What the sender gets, where it is not the shop's answer."""
    verdicts: tuple[Verdict, ...] = ()
    """What each bypass rule of the room says of it."""
    notes: tuple[str, ...] = ()
    """What else matters."""
