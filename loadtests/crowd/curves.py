"""How many visitors there are at each moment of a run."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple


class Point(NamedTuple):
    """At this part of the run (0 to 1), this part of ``--users``."""

    at: float
    part: float


def part_at(curve: Sequence[Point], at: float) -> float:
    """The part of the crowd at a part of the run, between two points in a straight line."""
    before = curve[0]
    for point in curve:
        if at < point.at:
            return before.part + (point.part - before.part) * (at - before.at) / (point.at - before.at)
        before = point
    return before.part
