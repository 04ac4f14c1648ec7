"""Who stands, has left and has fallen silent, by how long ago they came: counted from the bits of the line. Pure.

Nothing is kept of a visitor. Those who joined between two looks are a cohort: a range of ticket numbers, with the time
in its middle. At each look it is counted how many of a range are present, used, and given up. Whoever was counted
once and is neither present nor used has fallen silent; whoever is counted again is back. The sums always agree with
the bits, so what is missed at one look is put right by the next.
"""

from __future__ import annotations

from collections.abc import Sequence

from pydantic import BaseModel, ConfigDict

from waitroom.feedback.buckets import bucket_of, spread
from waitroom.line.census import Census

LOOK_MS = 20_000
"""Between two looks."""
_LOST_MS = 4 * LOOK_MS
"""After so long without a look nobody knows when those went who are gone: they count for nothing."""
_YOUNG_MS = 300_000
_ALIKE = 10
"""Neighbours that are older, and whose ages differ by less than this part of them, become one cohort."""


class Cohort(BaseModel):
    """Those who joined at about the same time, as they were counted last."""

    model_config = ConfigDict(frozen=True)

    first: int
    last: int
    joined: int
    """The room clock in the middle."""
    present: int
    used: int
    left: int


class Line(BaseModel):
    """A lane as it was counted last."""

    model_config = ConfigDict(frozen=True)

    at: int = 0
    """The room clock then; 0: never."""
    upto: int = 0
    """The last number that was given out then."""
    cohorts: tuple[Cohort, ...] = ()


class Tally:
    """What came to pass between two looks, by bucket of the wait."""

    def __init__(self) -> None:
        self.seconds: dict[int, float] = {}
        self.left: dict[int, float] = {}
        self.silent: dict[int, float] = {}
        self.entered: dict[int, float] = {}
        self.fell_silent = self.came_back = 0
        """Whatever their wait; these only rise."""

    def fields(self) -> dict[str, int]:
        """As the hash of an hour has them; nothing that is 0. Part of a second is of no use."""
        return {
            f"{name}:{bucket}": round(amount)
            for name, amounts in (
                ("seconds", self.seconds),
                ("left", self.left),
                ("silent", self.silent),
                ("entered", self.entered),
            )
            for bucket, amount in amounts.items()
            if round(amount)
        }


def look(line: Line, bits: Census, lag_ms: int, tally: Tally) -> Line:
    """The lane as it is now; what came to pass since the last look goes into the tally.

    ``lag_ms`` is how long somebody who is gone still counts as present: they went that much earlier.
    """
    now, issued = bits.head.clock, bits.head.issued
    since = now - line.at
    if not line.at or since <= 0 or since > _LOST_MS or issued < line.upto:
        # who is in line now came nobody knows when, or went so: those that were counted go on from here
        known = line.cohorts if line.at and issued >= line.upto else ()
        again = (_counted(cohort, bits) for cohort in known if cohort.last > bits.settled)
        return Line(at=now, upto=issued, cohorts=tuple(again))
    cohorts: list[Cohort] = []
    for cohort in line.cohorts:
        counted = _counted(cohort, bits)
        if cohort.first >= bits.start:
            _compare(cohort, counted, now - since, now, lag_ms, tally)
        if cohort.last > bits.settled:
            cohorts.append(counted)
    if issued > line.upto:
        newcomers = _counted(
            Cohort(first=line.upto + 1, last=issued, joined=now - since // 2, present=0, used=0, left=0),
            bits,
        )
        # who entered within one look met an open door, or hardly waited
        _add(tally.left, 0, newcomers.left)
        _add(tally.seconds, 0, newcomers.present * since / 4000)
        cohorts.append(newcomers)
    return Line(at=now, upto=issued, cohorts=tuple(_merged(cohorts, now)))


def _counted(cohort: Cohort, bits: Census) -> Cohort:
    present, used, left = bits.count(cohort.first, cohort.last)
    return cohort.model_copy(
        update={"first": max(cohort.first, bits.start), "present": present, "used": used, "left": left}
    )


def _compare(before: Cohort, now: Cohort, then_ms: int, now_ms: int, lag_ms: int, tally: Tally) -> None:
    begin, end = (then_ms - before.joined) / 1000, (now_ms - before.joined) / 1000
    middle, lag = (begin + end) / 2, lag_ms / 1000
    left = now.left - before.left
    silent = (before.present + before.used) - (now.present + now.used)
    _add(tally.left, bucket_of(middle), left)
    _add(tally.entered, bucket_of(middle), now.used - before.used - left)
    for bucket, amount in spread((before.present + now.present) / 2 * (end - begin), begin, end).items():
        _add(tally.seconds, bucket, amount)
    if silent > 0:
        tally.fell_silent += silent
        # counted as present while they were gone already
        went = max(middle - lag, 0.0)
        _add(tally.silent, bucket_of(went), silent)
        for bucket, amount in spread(-silent * (middle - went), went, middle).items():
            _add(tally.seconds, bucket, amount)
    else:
        tally.came_back -= silent
        _add(tally.silent, bucket_of(middle), silent)


def _add(amounts: dict[int, float], bucket: int, amount: float) -> None:
    amounts[bucket] = amounts.get(bucket, 0.0) + amount


def _merged(cohorts: Sequence[Cohort], now: int) -> list[Cohort]:
    """The same with neighbours of about the same age in one, so that hours of waiting are some dozens of cohorts."""
    kept: list[Cohort] = []
    for cohort in cohorts:
        before = kept[-1] if kept else None
        age = now - cohort.joined
        if (
            before is not None
            and age > _YOUNG_MS
            and before.last + 1 == cohort.first
            and cohort.joined - before.joined < age / _ALIKE
        ):
            kept[-1] = _together(before, cohort)
        else:
            kept.append(cohort)
    return kept


def _together(one: Cohort, other: Cohort) -> Cohort:
    weights = one.present, other.present
    joined = (one.joined + other.joined) // 2
    if sum(weights):
        joined = (one.joined * weights[0] + other.joined * weights[1]) // sum(weights)
    return Cohort(
        first=one.first,
        last=other.last,
        joined=joined,
        present=one.present + other.present,
        used=one.used + other.used,
        left=one.left + other.left,
    )
