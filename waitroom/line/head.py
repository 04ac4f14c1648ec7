"""The counters of a room, as every script reports them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple


class Head(NamedTuple):
    """A room at one moment. The order is that of ``head()`` in ``scripts/lib/state.lua``."""

    epoch: int = 0
    """This life of the line; 0: nothing is known yet."""
    fresh: int = 0
    """The epoch that began in an empty Redis and was not ended by a reset; 0: none."""
    alias: int = 0
    """An epoch whose tickets now count in this one, ``offset`` higher; 0: none."""
    offset: int = 0
    issued: int = 0
    """The highest ticket number given out."""
    called: int = 0
    """Every ticket up to this number may enter."""
    floor: int = 0
    """Tickets up to this number were called more than ``keep`` ago."""
    base: int = 0
    """The number of the first bit in the bitmaps."""
    clock: int = 0
    """Milliseconds of the room clock, by which sessions and tokens are dated."""
    slot: int = 0
    """The running presence slot; it rises by one each third of the presence window."""
    version: int = 0
    """Of the live settings; 0: none are stored."""
    hold: int = 0
    """Nobody is admitted before this room clock."""
    sessions: int = 0
    """Visitors inside."""
    granted: int = 0
    """Called while present, and not yet entered."""
    late: int = 0
    """Absent when called, back since, waiting for budget."""
    admitted: int = 0
    """Admissions so far, all epochs."""
    no_shows: int = 0
    """Grants that lapsed, all epochs."""
    flow: float = 0.0
    """The measured outflow a minute while somebody stood in line; 0: not measured yet."""
    tokens: float = 0.0
    """The budget left."""

    @classmethod
    def parse(cls, reply: bytes) -> Head:
        """A head from the text that the scripts answer with."""
        words = reply.split()
        return cls._make([*map(int, words[:-2]), *map(float, words[-2:])])


@dataclass(frozen=True, slots=True)
class Known:
    """The most that a worker has seen of a room: what it can tell a Redis that forgot.

    ``called`` is -1 where it comes from a ticket, which tells only its own number.
    """

    epoch: int = 0
    issued: int = 0
    called: int = 0
    floor: int = 0
    clock: int = 0

    def after(self, head: Head) -> Known:
        """What is known once ``head`` was reported."""
        if head.epoch < self.epoch and head.alias != self.epoch:
            return self  # a later answer came first
        if head.epoch != self.epoch:
            return Known(head.epoch, head.issued, head.called, head.floor, max(head.clock, self.clock))
        return Known(
            self.epoch,
            max(self.issued, head.issued),
            max(self.called, head.called),
            max(self.floor, head.floor),
            max(self.clock, head.clock),
        )
