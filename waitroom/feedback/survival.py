"""Who is still there after how long: a life table of the wait. Pure.

Most who are counted never leave: they are let in, or still wait when the counting ends. They are no evidence of
staying for ever, and no evidence of leaving either: each counts for as long as they stood there, and no longer. So the
hazard of a bucket is those who left in it over the time that all together stood in it, and the share that would still
be there, had nobody been let in, is exp(-cumulative hazard): Nelson's and Aalen's estimate, which is Kaplan's and
Meier's product ("Nonparametric Estimation from Incomplete Observations", 1958) where nobody leaves in leaps. Made of
sums, it adds up over hours. Its standard error is Aalen's: the root of the sum of leavers x (width / time)^2.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import exp, sqrt

from waitroom.feedback.buckets import BUCKETS, begin_of, end_of

ENOUGH = 10
"""At least so many must have stood through a bucket on the average for it to tell anything."""
_SURE = 1.96
"""Standard errors on both sides: 95 %."""


@dataclass(frozen=True, slots=True)
class Stood:
    """What came to pass in one bucket of waiting time."""

    seconds: float = 0.0
    """How long all together stood in it."""
    left: float = 0.0
    """Who gave their place up."""
    silent: float = 0.0
    """Who was not seen any more, less those who came back."""
    entered: float = 0.0
    """Who was let in."""

    @property
    def gone(self) -> float:
        """Who is not there any more, and was not let in."""
        return max(self.left + self.silent, 0.0)

    def __add__(self, other: Stood) -> Stood:
        return Stood(
            self.seconds + other.seconds,
            self.left + other.left,
            self.silent + other.silent,
            self.entered + other.entered,
        )


@dataclass(frozen=True, slots=True)
class Point:
    """The end of a bucket on the curve."""

    seconds: int
    """How long one has waited."""
    staying: float
    """The share that is still there."""
    low: float
    high: float
    """Between these it lies nineteen times in twenty."""


NOTHING = (Stood(),) * BUCKETS


def added(one: Sequence[Stood], other: Sequence[Stood]) -> tuple[Stood, ...]:
    """Two tables in one."""
    return tuple(left + right for left, right in zip(one, other, strict=True))


def curve(table: Sequence[Stood]) -> list[Point]:
    """The share still there at the end of each bucket, as far as enough people waited for so long."""
    points = [Point(0, 1.0, 1.0, 1.0)]
    hazard = variance = 0.0
    for bucket, stood in enumerate(table):
        end = end_of(bucket)
        if end is None:
            break
        width = end - begin_of(bucket)
        if stood.seconds < ENOUGH * width:
            break
        hazard += stood.gone * width / stood.seconds
        variance += stood.gone * (width / stood.seconds) ** 2
        off = _SURE * sqrt(variance)
        points.append(Point(end, exp(-hazard), exp(-hazard - off), min(exp(-hazard + off), 1.0)))
    return points


def reached_seconds(points: Sequence[Point], share: float) -> float | None:
    """After how long no more than ``share`` are there; None where the curve does not come down to it."""
    for before, after in pairwise(points):
        if after.staying <= share < before.staying:
            part = (before.staying - share) / (before.staying - after.staying)
            return before.seconds + part * (after.seconds - before.seconds)
    return None
