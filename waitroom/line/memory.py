"""The most that a worker has seen of a room: what it can tell a Redis that forgot."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from waitroom.line.head import Head

GENERAL = "general"
"""The lane of everyone who was given no other."""


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of one lane.

    ``called`` is -1 where it comes from a ticket, which tells only its own number.
    """

    issued: int = 0
    called: int = 0
    floor: int = 0
    drawn_first: int = 0
    drawn_count: int = 0

    def after(self, head: Head) -> Known:
        """What is known once ``head``, of the same life of the line, was reported."""
        return Known(
            max(self.issued, head.issued),
            max(self.called, head.called),
            max(self.floor, head.floor),
            head.drawn_first or self.drawn_first,
            head.drawn_count or self.drawn_count,
        )


@dataclass(frozen=True, slots=True)
class SaleEvent:
    """The event that a room is in, or was in last. Empty texts: not known, or none."""

    name: str = ""
    commitment: str = ""
    """To the seed of its draw; empty: nobody is drawn."""
    digest: str = ""
    """What those who joined before the opening contributed to the draw."""
    opened_at: int = 0
    """Milliseconds since 1970; 0: not yet."""
    seed: str = ""
    """Published once the door has opened."""


@dataclass(slots=True)
class Memory:
    """What one worker knows of a room and all its lanes."""

    lanes: Sequence[str] = (GENERAL,)
    """Those that its own file has."""
    epoch: int = 0
    clock: int = 0
    opens: int = 0
    event: SaleEvent = SaleEvent()
    known: dict[str, Known] = field(default_factory=dict)
    others: tuple[str, ...] = ()
    """Lanes that the room has beside those: a gateway with another file brought them."""

    @property
    def all_lanes(self) -> tuple[str, ...]:
        """Every lane of the room, its own first."""
        return (*self.lanes, *self.others)

    def told(self, lane: str) -> tuple[str, ...]:
        """The lanes that a script is told of, in a call about ``lane``. It may be one that ended a moment ago."""
        lanes = self.all_lanes
        return lanes if lane in lanes else (*lanes, lane)

    def meet(self, lanes: Iterable[str]) -> None:
        """Redis named the lanes of the room."""
        self.others = tuple(lane for lane in lanes if lane not in self.lanes)

    def of(self, lane: str) -> Known:
        """What is known of a lane."""
        return self.known.get(lane, Known())

    def learn(self, lane: str, head: Head) -> None:
        """Notes what a script reported."""
        if head.epoch < self.epoch and head.alias != self.epoch:
            return  # a later answer came first
        if head.epoch != self.epoch:
            if self.epoch:
                self.others = ()
            self.epoch, self.event = head.epoch, SaleEvent()
            self.known.clear()
        self.clock = max(self.clock, head.clock)
        self.opens = head.opens
        self.known[lane] = self.of(lane).after(head)

    def of_ticket(self, epoch: int, lane: str, number: int, clock: int) -> Memory:
        """What one ticket tells."""
        known = {lane: Known(issued=number, called=-1)}
        return Memory(self.lanes, epoch, clock, known=known, others=self.others)

    def words(self, lane: str, wall_ms: int) -> list[str | int]:
        """The first arguments of every script, about ``lane``: see ``scripts/lib/state.lua``."""
        lanes = self.told(lane)
        words: list[str | int] = [self.epoch, self.clock, wall_ms]
        words += [lanes.index(lane) + 1, len(lanes), len(self.lanes)]
        for name in lanes:
            of = self.of(name)
            # a draw whose outcome was never read cannot be told again
            drawn = of.drawn_count if self.event.opened_at else 0
            words += [name, of.issued, of.called, of.floor, drawn]
        return words

    def event_words(self, lane: str) -> list[str | int]:
        """What ``restore.lua`` is told of the event, in a call about ``lane``."""
        event = self.event
        fixed = [event.name, event.commitment, event.digest, event.opened_at or "", event.seed, self.opens]
        return [*fixed, *(self.of(name).drawn_first for name in self.told(lane))]

    def forget_event(self) -> Memory:
        """The same without the event."""
        return replace(self, event=SaleEvent())
