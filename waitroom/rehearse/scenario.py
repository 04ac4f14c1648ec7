"""What is rehearsed: the crowd, the rules, and what ops staff do meanwhile."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from waitroom.line.memory import GENERAL
from waitroom.line.rules import Rules
from waitroom.rehearse.arrivals import Curve
from waitroom.shaping.ramp import Ramp


@dataclass(frozen=True, slots=True)
class People:
    """How the visitors of a crowd behave. Shares are from 0 to 1, times in seconds."""

    no_shows: float = 0.0
    """The share of those called who never enter."""
    patience: float = 0.0
    """Half of the crowd gives up before it has waited for so long; 0: nobody ever does."""
    sleepers: float = 0.0
    """The share whose phones sleep now and then: absent meanwhile, and back later."""
    awake: float = 240.0
    """Mean time until such a phone sleeps."""
    asleep: float = 120.0
    """Mean time until it wakes."""
    visit: float = 300.0
    """Mean time from entering to the last request."""


CROWDS: dict[str, People] = {
    "calm": People(),
    "phones": People(no_shows=0.05, patience=3600, sleepers=0.3),
    "restless": People(no_shows=0.15, patience=1200, sleepers=0.4, awake=150, asleep=200, visit=240),
}
"""Calm: everyone waits, watches and enters. Phones: a few do not come, some phones sleep, and a long wait is too much
for half of them. Restless: the same, much worse."""


@dataclass(frozen=True, slots=True)
class Change:
    """A live change of the settings, as ops staff would make it. ``at`` is in seconds from the first."""

    at: int
    words: str
    """As it was written, for the report."""
    fields: Mapping[str, str]
    """Field and value, as the line keeps them."""


@dataclass(frozen=True, slots=True)
class Share:
    """A lane, and the share of the visitors who come to it. Its weight stands in the rules."""

    lane: str
    visitors: float


@dataclass(frozen=True, slots=True)
class Scenario:
    """One rehearsal. The same scenario gives the same report."""

    curve: Curve
    rules: Rules
    ramp: Ramp | None = None
    """The rates from the opening on; None: that of the rules."""
    people: People = field(default_factory=People)
    changes: tuple[Change, ...] = ()
    lanes: tuple[Share, ...] = (Share(GENERAL, 1.0),)
    """The general one first; the shares add up to 1."""
    is_drawn: bool = True
    """Whether those who came before the opening are put in a random order."""
    seed: int = 0
    longest: int = 0
    """It ends after so many seconds, whoever still waits; 0: when everyone's fate is known."""

    @property
    def rates(self) -> tuple[float, float]:
        """The lowest and the highest rate a minute that the schedule asks for."""
        asked = [rate for _, rate in self.ramp.steps] if self.ramp else [self.rules.rate]
        return min(asked), max(asked)
