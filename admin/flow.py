"""How many come and go a minute, as the console has seen it itself. Pure."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import inf

from waitroom.line.snapshot import GAP

SPAN_SECONDS = 60.0
"""What is told is the mean of so long."""
SETTLE_SECONDS = 5.0
"""After a change of what is set, admissions are told of the time since then, and of no less than this: whoever pauses a
room sees at once that nobody is let in any more."""
LEAST_SECONDS = 3.0
"""Nothing is told before so much was seen."""


@dataclass(frozen=True, slots=True)
class Counts:
    """What a room has counted at one moment."""

    at: float
    """By a clock that takes no jumps, in seconds."""
    epoch: int
    issued: Mapping[str, int]
    """The highest number of each lane."""
    admitted: int
    """All epochs."""
    revision: int = 0
    """Of what is set."""


@dataclass(frozen=True, slots=True)
class _Passed:
    at: float
    joined: Mapping[str, int]
    admitted: int


class Flow:
    """The flows of one room over the last minute. None until enough was seen."""

    def __init__(self) -> None:
        self._last: Counts | None = None
        self._passed: deque[_Passed] = deque()
        self._set_at = -inf

    def __repr__(self) -> str:
        return f"<Flow {self.joins_per_minute} in, {self.admissions_per_minute} admitted>"

    def add(self, counts: Counts) -> None:
        """Takes in a later moment."""
        last, self._last = self._last, counts
        if last is None:
            self._passed.append(_Passed(counts.at, dict.fromkeys(counts.issued, 0), 0))
            return
        if last.revision != counts.revision:
            self._set_at = counts.at
        before = self._passed[-1]
        joined = {
            lane: before.joined.get(lane, 0) + _new(last, counts, lane, issued)
            for lane, issued in counts.issued.items()
        }
        admitted = before.admitted + max(counts.admitted - last.admitted, 0)
        self._passed.append(_Passed(counts.at, joined, admitted))
        while len(self._passed) > 2 and self._passed[1].at <= counts.at - SPAN_SECONDS:
            self._passed.popleft()

    @property
    def joins_per_minute(self) -> float | None:
        """Newcomers to all lanes."""
        return self._per_minute(lambda passed: sum(passed.joined.values()))

    def joins_of(self, lane: str) -> float | None:
        """Newcomers to one lane."""
        return self._per_minute(lambda passed: passed.joined.get(lane, 0))

    @property
    def admissions_per_minute(self) -> float | None:
        """Those who were let in, over :attr:`admissions_seconds`."""
        return self._per_minute(lambda passed: passed.admitted, self._since())

    @property
    def admissions_seconds(self) -> int | None:
        """Of how long that is the mean: a minute, or as long as things are set as they are."""
        if self.admissions_per_minute is None:
            return None
        return round(self._passed[-1].at - self._since().at)

    def _since(self) -> _Passed:
        """The moment from which admissions are told."""
        if not self._passed:
            return _Passed(0.0, {}, 0)
        first, begin = self._passed[0], min(self._set_at, self._passed[-1].at - SETTLE_SECONDS)
        if begin <= first.at:
            return first
        return next(each for each in reversed(self._passed) if each.at <= begin)

    def _per_minute(self, count: Callable[[_Passed], int], first: _Passed | None = None) -> float | None:
        if not self._passed:
            return None
        first, last = first or self._passed[0], self._passed[-1]
        seconds = last.at - first.at
        if seconds < LEAST_SECONDS:
            return None
        return round((count(last) - count(first)) * 60 / seconds, 1)


def _new(last: Counts, now: Counts, lane: str, issued: int) -> int:
    """The numbers given out since; a gap that was left after a loss is nobody."""
    new = max(issued - (last.issued.get(lane, 0) if last.epoch == now.epoch else 0), 0)
    if last.epoch != now.epoch:
        return new if new < GAP else 0
    return new % GAP if new >= GAP else new
