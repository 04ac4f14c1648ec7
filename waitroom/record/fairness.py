"""Was the line fair? Pure figures over the courses of its tickets: live, in the audit, and in a rehearsal.

An **overtake** is a visitor who, standing in line and present, was still waiting when somebody of the same lane with
a later place had already entered. Absence is no overtake: who was away when called is let in when they come back, and
those who entered meanwhile took nothing from them. Nor is slowness: whoever has been called may take their time.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import NamedTuple

FEW = 64
"""Up to so many, pairs are counted without cutting in halves."""


class Course(NamedTuple):
    """The course of one ticket of one lane. Times are seconds of any one clock."""

    place: int
    """The place in the order that is to be kept: the number, or the drawn rank."""
    joined: float
    stood_until: float
    """The end of the time in which it stood in line, present: its turn came, its holder fell absent or left."""
    entered: float | None = None
    """None: it never did."""


@dataclass(frozen=True, slots=True)
class Fairness:
    """The figures of one lane."""

    entered: int
    overtakes: int
    kendall_tau: float
    longest_wait_seconds: float
    wasted_turns: int


def fairness(courses: Iterable[Course], *, wasted_turns: int) -> Fairness:
    """The figures of a lane from the courses of its tickets and the turns that nobody took."""
    courses = list(courses)
    entries = _entries(courses)
    return Fairness(
        entered=len(entries),
        overtakes=_overtakes(courses, entries),
        kendall_tau=kendall_tau([place for _, place in entries]),
        longest_wait_seconds=max(
            (each.entered - each.joined for each in courses if each.entered is not None), default=0.0
        ),
        wasted_turns=wasted_turns,
    )


def overtakes(courses: Iterable[Course]) -> int:
    """How many visitors were overtaken. O(n log n)."""
    courses = list(courses)
    return _overtakes(courses, _entries(courses))


def kendall_tau(places: Sequence[int]) -> float:
    """How much two orders agree: 1 the same, 0 unrelated, -1 reversed. ``places`` in the order of entering.

    Kendall, "A new measure of rank correlation", 1938, for ranks without ties: one minus twice the share of the
    pairs that stand the other way round. Those are counted in O(n log n) by merging, as Knight did, "A computer
    method for calculating Kendall's tau with ungrouped data", 1966. Fewer than two are in order.
    """
    count = len(places)
    if count < 2:
        return 1.0
    return 1 - 4 * _inversions(list(places))[0] / (count * (count - 1))


def _inversions(values: list[int]) -> tuple[int, list[int]]:
    """The pairs that stand the wrong way round, and the values in order."""
    if len(values) <= FEW:
        return _few_inversions(values)
    middle = len(values) // 2
    in_left, left = _inversions(values[:middle])
    in_right, right = _inversions(values[middle:])
    # only where the halves overlap can a pair be wrong; in a line that is nearly in order they hardly do
    low, high = bisect_right(left, right[0]), bisect_left(right, left[-1])
    crossed = sum(len(left) - bisect_right(left, value, low) for value in right[:high])
    merged = left[:low] + sorted(left[low:] + right[:high]) + right[high:]
    return in_left + in_right + crossed, merged


def _few_inversions(values: list[int]) -> tuple[int, list[int]]:
    """The same by inserting each into those before it: quicker while there are few."""
    ordered: list[int] = []
    count = 0
    for value in values:
        at = bisect_right(ordered, value)
        count += len(ordered) - at
        ordered.insert(at, value)
    return count, ordered


def _entries(courses: Sequence[Course]) -> list[tuple[float, int]]:
    """The times at which somebody entered, with their places."""
    return sorted((each.entered, each.place) for each in courses if each.entered is not None)


def _overtakes(courses: Sequence[Course], entries: Sequence[tuple[float, int]]) -> int:
    times = [entered for entered, _ in entries]
    farthest = [0, *accumulate((place for _, place in entries), max)]
    return sum(farthest[bisect_left(times, each.stood_until)] > each.place for each in courses)
