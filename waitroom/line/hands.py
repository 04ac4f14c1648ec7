"""Hands: how often the ticket of a place was handed anew.

A place that goes to another device, or back to who gave it up by mistake, keeps its number; its ticket is signed anew
with the next hand, and those of the hands before are worth nothing. Redis keeps the places that were handed anew
(``scripts/lib/hands.lua``), and tells each worker within a second. A ticket of a later hand than a worker has heard of
tells it, too: so even a Redis that forgot everything makes no second place of it.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from waitroom.line.desk import Spot


class Handing(StrEnum):
    """What becomes of the wish to hand a place anew."""

    DONE = "done"
    MOVED = "moved"
    """Another hand holds it already."""
    FULL = "full"
    """It was handed anew too often."""
    STALE = "stale"
    """It was read in another life of the line."""
    OVER = "over"
    """It is no place in line any more, or was not given up, or its turn is over."""

    @classmethod
    def of(cls, reply: str) -> Handing:
        """As the scripts write it: how the place stands, where that is in the way."""
        return cls(reply) if reply in cls._value2member_map_ else cls.OVER


class Hands:
    """The places of this life of the line that were handed anew, as one worker has heard."""

    def __init__(self) -> None:
        self._epoch = 0
        self._newest: dict[Spot, int] = {}
        self.heard = 0
        """Another number whenever something was heard."""

    def __bool__(self) -> bool:
        return bool(self._newest)

    def __repr__(self) -> str:
        return f"<Hands of {len(self._newest)} places>"

    def newest(self, spot: Spot) -> int:
        """The hand that holds a place."""
        return self._newest.get(spot, 0)

    def learn(self, spot: Spot, hand: int) -> None:
        """A place has this hand, or a later one."""
        if hand > self.newest(spot):
            self._newest[spot] = hand
            self.heard += 1

    def hear(self, epoch: int, told: Iterable[str]) -> None:
        """What Redis tells of this life of the line."""
        if epoch != self._epoch:
            self._newest.clear()
            self._epoch = epoch
        for each in told:
            place, _, hand = each.rpartition(":")
            if spot := Spot.parse(place):
                self.learn(spot, int(hand))
