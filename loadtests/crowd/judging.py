"""From what the visitors saw to figures. Pure: no time, no I/O.

Only the simulated visitors are known here: with real shoppers in the same line, positions and the rate cannot be
judged; overtaking and lost places can.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from math import inf

from loadtests.crowd.stay import End, Stay

SLACK_SECONDS = 2.0
"""Two visitors who were called together are told within that: a tick of the room, a snapshot of each worker, and the
difference of the load generators' clocks."""
WINDOW_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Rate:
    """Admissions of those who had to wait, per minute."""

    most: float
    """In the busiest window of a minute, or of the whole run where that is shorter."""
    mean: float
    """From the first admission to the last."""


def overtaken(stays: Sequence[Stay]) -> int:
    """How many were present and not yet called when somebody with a later number was already admitted."""
    return sum(_overtaken(lane) for lane in _by_lane(stays))


def _overtaken(lane: list[Stay]) -> int:
    lane.sort(key=lambda stay: stay.number, reverse=True)
    earliest, found = inf, 0
    for stay in lane:
        found += earliest < _unsure_since(stay) - SLACK_SECONDS
        if stay.end is End.ADMITTED:
            earliest = min(earliest, stay.ended)
    return found


def positions_off(stays: Sequence[Stay], rate_per_minute: float) -> tuple[int, list[int]]:
    """How many positions were told, and by how many places each of those was off that was off by more than it may.

    The truth of a position is 1 + those with an earlier number of the same lane who were in line at that moment. Who
    was away may or may not count: then it is a range. Granted is what the rate admits in
    :data:`SLACK_SECONDS`, or 2 %.
    """
    checked, wrong = 0, []
    for lane in _by_lane(stays):
        for position, least, most in _truths(lane):
            checked += 1
            granted = max(2.0, rate_per_minute / 60 * SLACK_SECONDS, 0.02 * most)
            off = max(least - position, position - most, 0)
            if off > granted:
                wrong.append(off)
    return checked, wrong


def _truths(lane: list[Stay]) -> Iterator[tuple[int, int, int]]:
    """Each told position with the range of the true one."""
    moments: list[tuple[float, int, int, Stay]] = []
    for stay in lane:
        moments.append((stay.ended, 2, 0, stay))
        if (since := _unsure_since(stay)) < stay.ended:
            moments.append((since, 1, 0, stay))
        moments += [(told.at, 3, told.position, stay) for told in stay.told]
    moments.sort(key=lambda moment: moment[:2])
    places = {number: place for place, number in enumerate(sorted({stay.number for stay in lane}), 1)}
    sure, unsure = _Counts(len(places)), _Counts(len(places))
    for stay in lane:
        sure.add(
            places[stay.number], 1
        )  # whoever has an earlier number came before, whenever that was learned
    for at, what, position, stay in moments:
        place = places[stay.number]
        match what:
            case 1:
                sure.add(place, -1)
                unsure.add(place, 1)
            case 2:
                if stay.end is End.GONE:
                    # the tab was closed, and the line finds that out by and by
                    was_sure = _unsure_since(stay) >= at
                    sure.add(place, -was_sure)
                    unsure.add(place, was_sure)
                else:
                    (unsure if _unsure_since(stay) < at else sure).add(place, -1)
            case _:
                least = 1 + sure.below(place)
                yield position, least, least + unsure.below(place)


def _unsure_since(stay: Stay) -> float:
    """Until then it is sure that the visitor was present and not yet called."""
    return stay.waited_until if stay.away_since is None else min(stay.waited_until, stay.away_since)


class _Counts:
    """How many stand before a place (P. M. Fenwick, A new data structure for cumulative frequency tables, 1994)."""

    def __init__(self, size: int) -> None:
        self._sums = [0] * (size + 1)

    def add(self, place: int, count: int) -> None:
        while place < len(self._sums):
            self._sums[place] += count
            place += place & -place

    def below(self, place: int) -> int:
        place, found = place - 1, 0
        while place > 0:
            found += self._sums[place]
            place -= place & -place
        return found


def rate(stays: Iterable[Stay]) -> Rate | None:
    """How fast those were admitted who had to wait; None with fewer than two of them.

    Of an admission it is known that it came after the visitor's last answer and before they were in: only what lies
    in a window as a whole counts, and :data:`SLACK_SECONDS` more are granted for the telling.
    """
    admitted = [stay for stay in stays if stay.end is End.ADMITTED]
    earliest = sorted(stay.waited_until for stay in admitted)
    latest = sorted(stay.ended for stay in admitted)
    span = latest[-1] - latest[0] if latest else 0.0
    if span <= 0:
        return None
    window = min(WINDOW_SECONDS, span)
    most = max(bisect_right(latest, start + window) - index for index, start in enumerate(earliest))
    return Rate(most * 60 / (window + SLACK_SECONDS), (len(admitted) - 1) * 60 / span)


def estimates_missed(stays: Iterable[Stay], ended: float) -> tuple[int, int]:
    """How many first estimates could be judged at the end of the run, and how many did not come true."""
    judged = missed = 0
    for stay in stays:
        if stay.promised is None or stay.end is End.GONE or stay.away_since is not None:
            continue
        _, low, high = stay.promised
        if stay.end is End.WAITING and ended < high:
            continue  # it may still come true
        judged += 1
        missed += stay.end is End.WAITING or not low - SLACK_SECONDS <= stay.ended <= high + SLACK_SECONDS
    return judged, missed


def wait_seconds(stays: Iterable[Stay], percent: float) -> float | None:
    """A percentile of the wait of those who were admitted; None without any."""
    waits = sorted(stay.ended - stay.came for stay in stays if stay.end is End.ADMITTED)
    if not waits:
        return None
    return waits[min(int(len(waits) * percent / 100), len(waits) - 1)]


def within(stays: Iterable[Stay], drawn: Sequence[tuple[str, int, int]]) -> list[Stay]:
    """The stays whose turn is their number: those not in ``drawn`` (lane, first number, count)."""
    edges: dict[str, list[int]] = defaultdict(list)
    for lane, first, count in drawn:
        edges[lane] += [first, first + count]
    return [
        stay for stay in stays if stay.number and bisect_right(edges.get(stay.lane, []), stay.number) % 2 == 0
    ]


def _by_lane(stays: Iterable[Stay]) -> list[list[Stay]]:
    lanes: dict[str, list[Stay]] = defaultdict(list)
    for stay in stays:
        if stay.number:
            lanes[stay.lane].append(stay)
    return list(lanes.values())
