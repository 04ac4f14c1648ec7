"""The counters of a lane and its room, as every script reports them."""

from __future__ import annotations

from typing import NamedTuple


class Head(NamedTuple):
    """One lane of a room at one moment. The order is that of ``head()`` in ``scripts/lib/state.lua``."""

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
    """Places granted so far, all epochs: some are not taken yet, lapsed (``no_shows``) or were given up
    (``given_back``)."""
    no_shows: int = 0
    """Grants that lapsed, all epochs."""
    opens: int = 0
    """When the door opens, in milliseconds since 1970; 0: it is open, or nothing is planned."""
    drawn_first: int = 0
    """The first number of those who were drawn."""
    drawn_count: int = 0
    """How many were drawn; 0: nobody."""
    entered: int = 0
    """Who came in so far, all epochs, where a room lets everyone pass too."""
    given_back: int = 0
    """Granted places that were given up, all epochs."""
    stirs: int = 0
    """Another one when there is something to look at again in a room in which nobody stood."""
    flow: float = 0.0
    """The measured outflow of this lane a minute while somebody stood in it; 0: not measured yet."""
    tokens: float = 0.0
    """The budget left."""

    @property
    def is_empty(self) -> bool:
        """Whether nobody stands in this lane, present or not."""
        return self.called >= self.issued and not self.late

    @property
    def drawn_last(self) -> int:
        """The last number of those who were drawn; 0: nobody was."""
        return self.drawn_first + self.drawn_count - 1 if self.drawn_count else 0

    @classmethod
    def parse(cls, reply: bytes) -> Head:
        """A head from the text that the scripts answer with."""
        words = reply.split()
        return cls._make([*map(int, words[:-2]), *map(float, words[-2:])])
