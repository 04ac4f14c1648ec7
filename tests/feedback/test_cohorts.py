"""The bits of a line tell when people go, with nothing kept of anyone."""

from __future__ import annotations

import random

import pytest

from tests.feedback.crowd import START_MS, End, Wait, census, crowd, kaplan_meier
from waitroom.feedback.buckets import BUCKETS
from waitroom.feedback.cohorts import LOOK_MS, Line, Tally, look
from waitroom.feedback.survival import Stood, curve
from waitroom.line.census import Census
from waitroom.line.head import Head

MINUTE_MS = 60_000


def watched(waits: list[Wait], until: int, lag_ms: int = 0) -> tuple[Line, Tally]:
    """What looks every twenty seconds come to."""
    line, tally = Line(at=START_MS, upto=0), Tally()
    for at in range(START_MS + LOOK_MS, until + 1, LOOK_MS):
        line = look(line, census(waits, at, lag_ms), lag_ms, tally)
    return line, tally


def table(tally: Tally) -> tuple[Stood, ...]:
    """As it is read back from Redis."""
    kept = tally.fields()
    return tuple(
        Stood(*(float(kept.get(f"{name}:{at}", 0)) for name in ("seconds", "left", "silent", "entered")))
        for at in range(BUCKETS)
    )


@pytest.mark.parametrize("lag_ms", [0, 70_000])
def test_the_curve_is_that_of_kaplan_and_meier(lag_ms: int) -> None:
    """Most are let in, many wait still at the end, and both are censored: the curve is that of someone who knew each
    wait, though silence is noticed late."""
    waits = crowd(random.Random(6), 3000, 60 * MINUTE_MS, 25.0 * MINUTE_MS, 20.0 * MINUTE_MS)
    until = START_MS + 60 * MINUTE_MS
    _, tally = watched(waits, until, lag_ms)
    exact = dict(kaplan_meier(waits, until))
    found = {point.seconds: point.staying for point in curve(table(tally)) if point.seconds in exact}
    assert len(found) >= 9
    for seconds, staying in found.items():
        assert abs(staying - exact[seconds]) < 0.025, (seconds, staying, exact[seconds])


def test_everyone_is_counted_once() -> None:
    """Whoever came is in the end let in, gone, or still there."""
    waits = crowd(random.Random(1), 600, 40 * MINUTE_MS, 15.0 * MINUTE_MS, 10.0 * MINUTE_MS)
    line, tally = watched(waits, START_MS + 60 * MINUTE_MS)
    standing = sum(cohort.present for cohort in line.cohorts)
    gone = sum(tally.left.values()) + sum(tally.silent.values())
    quick = sum(wait.end is End.ENTERED and wait.joined // LOOK_MS == wait.ended // LOOK_MS for wait in waits)
    silent_at_once = sum(
        wait.end is End.SILENT and wait.joined // LOOK_MS == wait.ended // LOOK_MS for wait in waits
    )
    assert len(waits) == sum(tally.entered.values()) + gone + standing + quick + silent_at_once


def test_hours_of_waiting_are_some_dozens_of_cohorts() -> None:
    """What is kept of a line does not grow with it."""
    line, hours = Line(at=START_MS), 4
    for look_number in range(1, hours * 180 + 1):
        issued = 20 * look_number
        head = Head(epoch=1, issued=issued, clock=START_MS + look_number * LOOK_MS)
        line = look(line, Census(head, 1, (1 << issued) - 1, 0, 0), 0, Tally())
    assert len(line.cohorts) < 80
    assert sum(cohort.present for cohort in line.cohorts) == hours * 3600
    assert len(line.model_dump_json()) < 10_000


def test_who_comes_back_was_not_gone() -> None:
    """A phone that was locked for ten minutes makes nobody one who left."""
    start = census([Wait(START_MS + 1, START_MS + 10**9, End.ENTERED)] * 10, START_MS + LOOK_MS)
    line, tally = look(Line(at=START_MS), start, 0, Tally()), Tally()
    for step, present in enumerate((10, 4, 4, 10), 2):
        head = Head(epoch=1, issued=10, clock=START_MS + step * LOOK_MS)
        line = look(line, Census(head, 1, (1 << present) - 1, 0, 0), 0, tally)
    assert 0 == sum(tally.silent.values())


def test_nothing_is_told_of_a_time_when_nobody_looked() -> None:
    """All gateways were down: when those went who are gone is not known, and they are no evidence."""
    waits = crowd(random.Random(2), 500, 10 * MINUTE_MS, 5.0 * MINUTE_MS, 5.0 * MINUTE_MS)
    line, _ = watched(waits, START_MS + 10 * MINUTE_MS)
    tally = Tally()
    after = look(line, census(waits, START_MS + 30 * MINUTE_MS), 0, tally)
    assert {} == tally.fields()
    assert line.upto == after.upto


def test_numbers_that_nobody_has_are_nobody() -> None:
    """A Redis that was restarted leaves ten thousand numbers out."""
    tally = Tally()
    head = Head(epoch=1, issued=10_005, clock=START_MS + LOOK_MS)
    line = look(Line(at=START_MS), Census(head, 1, 0b11111, 0, 0), 0, tally)
    line = look(line, Census(head._replace(clock=START_MS + 2 * LOOK_MS), 1, 0b11111, 0, 0), 0, tally)
    assert 0 == sum(tally.silent.values())
    assert 5 == sum(cohort.present for cohort in line.cohorts)


def test_bits_that_were_cut_off_are_nobody_gone() -> None:
    """What was settled long ago is cut off from the bitmaps, in the middle of a cohort too."""
    waits = [Wait(START_MS + 1, START_MS + MINUTE_MS, End.ENTERED)] * 64
    line = look(Line(at=START_MS), census(waits, START_MS + LOOK_MS), 0, Tally())
    tally = Tally()
    line = look(line, census(waits, START_MS + 4 * LOOK_MS, base=33, floor=32), 0, tally)
    assert 0 == sum(tally.silent.values())
    assert [33] == [cohort.first for cohort in line.cohorts]


def test_what_is_settled_is_kept_no_longer() -> None:
    """A cohort whose turns are all over is forgotten."""
    waits = [Wait(START_MS + 1, START_MS + MINUTE_MS, End.SILENT)] * 8
    line = look(Line(at=START_MS), census(waits, START_MS + LOOK_MS), 0, Tally())
    line = look(line, census(waits, START_MS + 4 * LOOK_MS, floor=8), 0, Tally())
    assert () == line.cohorts
