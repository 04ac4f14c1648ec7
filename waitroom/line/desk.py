"""What the support desk is told of single places, and what comes of what it does to them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

from waitroom.line.head import Head

_SWITCH = ">"


class Spot(NamedTuple):
    """A place in line, of the life that the line has now."""

    lane: str
    number: int

    @classmethod
    def parse(cls, text: str) -> Spot | None:
        """As the scripts write it; None for an empty text."""
        lane, _, number = text.rpartition(":")
        return cls(lane, int(number)) if lane else None


class Fate(StrEnum):
    """How a place stands: the words of ``scripts/lib/desk.lua``."""

    UNKNOWN = "unknown"
    """No such number was given out."""
    WAITING = "waiting"
    """It stands in line."""
    CALLED = "called"
    """It was called, and may come in: its holder was not there."""
    GRANTED = "granted"
    """It was called, and its holder has to come in now."""
    LATE = "late"
    """It was called, its holder is there, and waits for the rate or for room."""
    INSIDE = "inside"
    """Its holder is in the shop."""
    MISSED = "missed"
    """Its turn is over: its holder did not come in time."""
    LEFT = "left"
    """Its holder gave it up."""
    FINISHED = "finished"
    """The shop has ended the visit."""
    SPENT = "spent"
    """The visit is over."""
    SETTLED = "settled"
    """It was settled so long ago that nothing is kept of it."""


class Help(StrEnum):
    """What comes of a call for help that was not done; else how the place stands says why: :class:`Fate`."""

    DONE = "done"
    STALE = "stale"
    """The line has begun another life meanwhile, or was drawn just now."""
    FULL = "full"
    """The desk has helped as many as it may in this life of the line."""
    UNOPENED = "unopened"
    """Nobody is called before the opening."""
    STILL = "still"
    """Its lane never moves."""


@dataclass(frozen=True, slots=True)
class PlaceReport:
    """How one place stands."""

    head: Head
    fate: Fate
    is_present: bool
    """Whether its holder was seen within the presence window."""
    lasts_ms: int
    """For how long that lasts: a visit, a granted place, the word of the desk; 0: not told."""
    came_from: Spot | None
    """The place that its holder had before."""
    went_to: Spot | None
    """The place that its holder was given since."""
    is_helped: bool
    """Whether the desk has given it back, or brought it to the front."""
    given_up_for: Spot | None = None
    """The place that the desk has given back for it: its holder has that."""


@dataclass(frozen=True, slots=True)
class Reinstated:
    """What became of giving a place back. ``fate`` and ``spot`` tell what is in the way where it was not done."""

    help: Help | Fate
    head: Head
    was: Fate | None = None
    is_called: bool = False
    """Whether its holder may come in at once; else it waits for its turn again."""
    instead_of: Spot | None = None
    """The place that its holder had been given since, and has no more."""
    spot: Spot | None = None
    """Which place is in the way."""


@dataclass(frozen=True, slots=True)
class Helped:
    """The places of this life of a line that the support desk has helped."""

    switched: Mapping[Spot, Spot] = field(default_factory=dict)
    """Whoever holds the first has the second now."""
    spots: frozenset[Spot] = frozenset()
    """Given back, or brought to the front."""

    @classmethod
    def parse(cls, stored: Iterable[tuple[str, str]]) -> Helped:
        """As the scripts keep it."""
        switched, spots = {}, set()
        for place, what in stored:
            spot = Spot.parse(place)
            to = Spot.parse(what.removeprefix(_SWITCH)) if what.startswith(_SWITCH) else None
            if spot is None:
                continue
            if to is None:
                spots.add(spot)
            else:
                switched[spot] = to
        return cls(switched, frozenset(spots))

    @property
    def given_back(self) -> frozenset[Spot]:
        """The places that somebody has again who had been given another since."""
        return frozenset(self.switched.values())

    def now(self, spot: Spot) -> Spot:
        """The place that the holder of ``spot`` has now."""
        seen = {spot}
        while (to := self.switched.get(spot)) and to not in seen:
            spot = to
            seen.add(to)
        return spot


NOBODY_HELPED = Helped()
