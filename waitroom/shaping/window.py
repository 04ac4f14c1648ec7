"""What the gateway saw of the shop in a stretch of time: counts that add up over workers and machines."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import ceil, log2, sqrt
from typing import TypeVar

OCTAVE = 8
"""Buckets of time to a doubling: each is 9 % wide."""
LEAST_SECONDS = 0.001
MOST_BUCKET = 17 * OCTAVE
"""Beyond two minutes all is one."""
_DEVIATIONS = 1.645
"""Of the normal distribution: one side of 5 %."""
_Key = TypeVar("_Key", int, str)


@dataclass(frozen=True, slots=True)
class Window:
    """Requests to the shop within ``seconds``."""

    seconds: float = 0.0
    asked: int = 0
    """Sent to the shop; of one visitor a few."""
    served: int = 0
    """Of these, answered, and not by an error of the shop."""
    failed: float = 0.0
    """Visitors who got an error of the shop, or no answer, beyond those whom ``failing`` names; who got other answers
    too counts in part."""
    times: Mapping[int, float] = field(default_factory=dict)
    """Visitors whose answer began within the time of a :func:`bucket`, or has not begun after that time; who got
    several answers counts in parts."""
    retry_after: float = 0.0
    """The longest that an error asked to stay away, in seconds."""
    load_sum: float = 0.0
    """Of the loads that the shop told."""
    load_count: int = 0
    well: float = 0.0
    """Visitors who got other answers, in part as well."""
    failing: Mapping[str, float] = field(default_factory=dict)
    """The same as ``failed``, by the name of the visitor; beyond 1 where more than one worker told of them."""

    def then(self, later: Window) -> Window:
        """This window and the one after it as one."""
        return Window(
            self.seconds + later.seconds,
            self.asked + later.asked,
            self.served + later.served,
            self.failed + later.failed,
            added(self.times, later.times),
            max(self.retry_after, later.retry_after),
            self.load_sum + later.load_sum,
            self.load_count + later.load_count,
            self.well + later.well,
            added(self.failing, later.failing),
        )

    @property
    def timed(self) -> float:
        """Of how many visitors there are times."""
        return sum(self.times.values())

    @property
    def failures(self) -> float:
        """How many visitors met errors, each once at the most; 0 where it was a single one, who accuses nobody."""
        if not self.failed and len(self.failing) == 1:
            return 0.0
        return self.failed + sum(min(part, 1.0) for part in self.failing.values())

    @property
    def failed_share(self) -> float:
        """The share of errors in what visitors get; 0 where there are none."""
        failures = self.failures
        return failures / (self.well + failures) if failures else 0.0

    @property
    def load(self) -> float:
        """The mean of the loads that the shop told; 0: it told none."""
        return self.load_sum / self.load_count if self.load_count else 0.0

    def slower_than(self, seconds: float) -> float:
        """How many took longer, to the accuracy of a bucket."""
        last = bucket(seconds)
        return sum(count for at, count in self.times.items() if at > last)


def bucket(seconds: float) -> int:
    """The bucket of a time: 0 up to a millisecond, and eight more for each doubling."""
    if seconds <= LEAST_SECONDS:
        return 0
    return min(ceil(OCTAVE * log2(seconds / LEAST_SECONDS)), MOST_BUCKET)


def longest(of_bucket: int) -> float:
    """The longest time that falls into a bucket, in seconds."""
    return float(LEAST_SECONDS * 2 ** (of_bucket / OCTAVE))


def added(one: Mapping[_Key, float], other: Mapping[_Key, float]) -> dict[_Key, float]:
    """The sum of two histograms."""
    both = dict(one)
    for at, count in other.items():
        both[at] = both.get(at, 0) + count
    return both


def percentile(times: Mapping[int, float], share: float) -> float:
    """The time within which ``share`` of the times lie, rounded up to the end of its bucket; 0: there are none."""
    rank = share * sum(times.values())
    seen = 0.0
    for at in sorted(times):
        seen += times[at]
        if seen >= rank > 0:
            return longest(at)
    return 0.0


def certain_share(count: float, of: float) -> float:
    """The share that ``count`` in ``of`` stands for at the least, with a certainty of 95 %.

    The lower end of Wilson's score interval with correction for continuity (R. G. Newcombe, "Two-sided confidence
    intervals for the single proportion", 1998, method 4): three errors in ten requests are a sign, three in a hundred
    are none where one is allowed. Counts may be sums of parts; the half that the correction takes off is all there is
    of less than that.
    """
    if count <= 0.5 or of <= 0:
        return 0.0
    share, z2 = count / of, _DEVIATIONS**2
    spread = _DEVIATIONS * sqrt(max(z2 - 1 / of + 4 * count * (1 - share) + 4 * share - 2, 0.0))
    return max((2 * count + z2 - spread - 1) / (2 * (of + z2)), 0.0)
