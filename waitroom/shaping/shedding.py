"""Load shedding: a worker has only so many newcomers in hand at a time, and asks the others to come again.

A place costs mostly processor time. Newcomers whom a worker cannot serve soon would wait unseen in the queues of its
connections, and all that it does for those who wait or shop would wait there with them. Asked to come again, each costs
a small part of that, and sees a page.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Hashable
from typing import Final

EVERY_SECONDS: Final = 1.0
LEAST_SECONDS, MOST_SECONDS = 4.0, 60.0
"""The bounds of the mean pause."""
WANTED_SHED, MOST_SHED = 2.0, 4
"""How many are sent away for each who is given a place: as aimed at by the pause, and at most. Four are about as much
work as the place itself."""
_SLOWEST, _FASTEST = 0.8, 1.5
"""By how much the mean pause changes in a second."""


def _none() -> int:
    return 0


class Shedding:
    """The newcomers whom one worker has in hand, and who wait for it.

    How long those are to stay away who are sent away follows from how many they are: in each second the mean pause is
    made longer or shorter, until those who come again are :data:`WANTED_SHED` for each who gets a place.

    Args:
        most: how many may be in hand, or wait, at a time; 0: any number.
        queue: how many wait to be accepted. However many that are, one in five gets a place.
        clock: seconds that never run backwards.
        chance: a number from 0 to 1.
    """

    def __init__(
        self,
        most: int,
        queue: Callable[[], int] = _none,
        *,
        clock: Callable[[], float] = time.monotonic,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._most = most
        self._queue = queue
        self._clock = clock
        self._chance = chance
        self._in_hand: set[Hashable] = set()
        self._in_a_row = 0
        self._taken = self._shed = 0
        self._mean_seconds = LEAST_SECONDS
        self._looked_at = clock()

    def __repr__(self) -> str:
        return (
            f"<Shedding {len(self._in_hand)} of {self._most} in hand, others for {self._mean_seconds:.0f} s>"
        )

    def begin(self, newcomer: Hashable) -> bool:
        """Takes a newcomer in hand; False: there are too many, and this one has to come again."""
        if self._most and (len(self._in_hand) >= self._most or self._is_behind()):
            self._in_a_row += 1
            self._shed += 1
            return False
        self._in_a_row = 0
        self._taken += 1
        self._in_hand.add(newcomer)
        return True

    def end(self, newcomer: Hashable) -> None:
        """Is done with a newcomer, or was before."""
        self._in_hand.discard(newcomer)

    def pause_seconds(self) -> int:
        """For how long one of those stays away: about the mean, spread so that they do not come at once."""
        self._look()
        return max(1, round(self._mean_seconds * (0.5 + self._chance())))

    def _is_behind(self) -> bool:
        return self._in_a_row < MOST_SHED and self._queue() >= self._most

    def _look(self) -> None:
        now = self._clock()
        passed = now - self._looked_at
        if passed < EVERY_SECONDS:
            return
        if passed > MOST_SECONDS:
            self._mean_seconds = LEAST_SECONDS  # another rush
        else:
            by = self._shed / (WANTED_SHED * max(self._taken, 1))
            self._mean_seconds *= min(max(by, _SLOWEST), _FASTEST)
            self._mean_seconds = min(max(self._mean_seconds, LEAST_SECONDS), MOST_SECONDS)
        self._looked_at = now
        self._taken = self._shed = 0
