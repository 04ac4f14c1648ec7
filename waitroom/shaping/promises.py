"""Whether the estimates come true: a sample of what the room promises, kept until the turn has come."""

from __future__ import annotations

import heapq
from dataclasses import dataclass
from typing import NamedTuple

from waitroom.shaping.forecast import Estimate

MOST_OPEN = 512
"""Promises that are remembered at once."""
_EVERY_MS = 1_000.0
_GOLDEN = 0.6180339887498949
"""Its multiples spread evenly over the unit interval, without chance (Weyl)."""


@dataclass(slots=True)
class Hits:
    """Counts of promises that have come due. Each begins at 0 with the worker."""

    asked: int = 0
    """Those between which and the turn nobody changed rate, capacity or schedule."""
    early: int = 0
    """Of those: the turn came before the range."""
    late: int = 0
    """Of those: the turn came after it, or has not come yet."""
    overtaken: int = 0
    """Those that a change of the rules overtook, and which count for nothing else."""

    def __add__(self, other: Hits) -> Hits:
        return Hits(
            self.asked + other.asked,
            self.early + other.early,
            self.late + other.late,
            self.overtaken + other.overtaken,
        )

    @property
    def kept(self) -> int:
        """Of those asked: the turn came within the range."""
        return self.asked - self.early - self.late

    @property
    def rate(self) -> float | None:
        """Kept of asked; None before the first."""
        return self.kept / self.asked if self.asked else None


class Outcome(NamedTuple):
    """A promise that came due unchanged: the wait that was likely, and how it missed the range, if it did."""

    likely_ms: float
    early: bool
    late: bool


@dataclass(slots=True)
class _Promise:
    made_ms: float
    told: Estimate
    is_open: bool = True


class Promises:
    """Picks places all over the line, remembers what their holders are told, and sees when their turn comes.

    No visitor is remembered: what is told depends on the number alone, and a number's turn comes when it is called,
    whether or not its holder is there. Half of the picks are spread evenly over the line, half over its orders of
    magnitude, so that the near ones are among them.
    """

    def __init__(self) -> None:
        self.hits = Hits()
        self._open: list[tuple[int, int, _Promise]] = []
        self._ends: list[tuple[float, int, _Promise]] = []
        self._kept = self._picked = 0
        self._next_ms = 0.0
        self._changed_ms = -1.0

    def __len__(self) -> int:
        return len(self._open)

    def forget(self) -> None:
        """The numbers have changed: nobody will know when the turn of one of these came."""
        self._open.clear()
        self._ends.clear()

    def overtake(self, now_ms: float) -> None:
        """The rules were changed: what was promised until now is no measure any more."""
        self._changed_ms = now_ms

    def pick(self, now_ms: float, called: int, issued: int) -> int | None:
        """The number whose promise is to be remembered now; None: no number."""
        if issued <= called or now_ms < self._next_ms or len(self._open) >= MOST_OPEN:
            return None
        self._picked += 1
        share = self._picked * _GOLDEN % 1
        length = issued - called
        step = length**share if self._picked % 2 else share * length
        return called + min(int(step) + 1, length)

    def remember(self, now_ms: float, number: int, told: Estimate) -> None:
        """Keeps what ``number`` was told. The longer the waits, the fewer are picked."""
        promise = _Promise(now_ms, told)
        self._kept += 1
        heapq.heappush(self._open, (number, self._kept, promise))
        heapq.heappush(self._ends, (now_ms + told.high * 1000, self._kept, promise))
        self._next_ms = now_ms + max(_EVERY_MS, told.high * 1000 / MOST_OPEN)

    def settle(self, now_ms: float, called: int) -> list[Outcome]:
        """Counts all whose turn has come by ``now_ms``, or should have: whoever still stands there after the range has
        missed it, and that need not wait for the turn."""
        due: list[Outcome] = []
        while self._ends and self._ends[0][0] < now_ms:
            promise = heapq.heappop(self._ends)[-1]
            if promise.is_open and promise.made_ms > self._changed_ms:
                due.append(self._count(promise, early=False, late=True))
        while self._open and self._open[0][0] <= called:
            promise = heapq.heappop(self._open)[-1]
            if promise.is_open and promise.made_ms > self._changed_ms:
                early = now_ms < promise.made_ms + promise.told.low * 1000
                due.append(self._count(promise, early=early, late=False))
            elif promise.is_open:
                promise.is_open = False
                self.hits.overtaken += 1
        return due

    def _count(self, promise: _Promise, *, early: bool, late: bool) -> Outcome:
        promise.is_open = False
        self.hits.asked += 1
        self.hits.early += early
        self.hits.late += late
        return Outcome(promise.told.seconds * 1000, early, late)
