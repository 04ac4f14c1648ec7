"""A place by right: who is entitled to which lane, and what becomes of it."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple

from waitroom.line.head import Head


class Entitlement(NamedTuple):
    """The right to a place in a lane."""

    lane: str
    holder: str
    """Whoever has the same one has the same place."""
    id: str
    """Of the invitation; empty: the shop's claim."""
    uses: int
    """Places that it gives in all; 0: any number, one at a time."""
    ends: int
    """Seconds since 1970."""

    @property
    def is_claim(self) -> bool:
        """Whether it is the shop's own word."""
        return not self.id

    @property
    def is_for_many(self) -> bool:
        """Whether others may have come by the same invitation: it says little of who brings it."""
        return self.uses > 1

    @property
    def batch(self) -> str:
        """What the invitation was minted together with."""
        return self.id.partition("-")[0]


class Fate(StrEnum):
    """What became of a ticket that is brought along."""

    LIVE = "live"
    """It is given up for the place."""
    MISSED = "missed"
    """Its turn was more than ``keep`` ago."""
    SPENT = "spent"
    """It was given up, or its session is over."""


class BroughtTicket(NamedTuple):
    """The ticket that somebody holds who redeems. Number 0: none."""

    lane: str = ""
    number: int = 0
    fate: Fate = Fate.LIVE


NO_TICKET = BroughtTicket()


class Redemption(StrEnum):
    """What becomes of an entitlement."""

    NEW = "new"
    """A place in the lane."""
    HELD = "held"
    """The place that its holder has, in whatever lane."""
    USED_UP = "used-up"
    """It has given as many places as it may."""
    REVOKED = "revoked"
    STALE = "stale"
    """The ticket's number was read in another life of the line: look again."""


class Redeemed(NamedTuple):
    """The place of somebody who is entitled to one; number 0: none."""

    outcome: Redemption
    lane: str
    number: int
    admitted: bool
    """It was let in at once."""
    head: Head
    """Of the lane that was asked for."""
