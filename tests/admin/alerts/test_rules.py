"""When an alert begins and ends, and when somebody is told. Time is handed in."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from admin.alerts.rules import Notice, Phase, Standing, step
from waitroom.settings import AlertRule, Condition, Severity

RULE = AlertRule(
    name="errors",
    condition=Condition.ERRORS,
    threshold=0.1,
    clear=0.05,
    lasting=60,
    keep=30,
    severity=Severity.CRITICAL,
    repeat=600,
    quiet=300,
    is_below=False,
)
BAD, BETWEEN, GOOD = 0.2, 0.07, 0.01


def play(
    course: Iterable[tuple[float, float | None]], rule: AlertRule = RULE, standing: Standing | None = None
) -> tuple[Standing, list[tuple[float, Notice]]]:
    """Where an alert ends after these measures at these times, and what was told when."""
    standing = standing or Standing()
    told: list[tuple[float, Notice]] = []
    for at, value in course:
        standing, notice = step(rule, standing, value, at)
        if notice is not None:
            told.append((at, notice))
    return standing, told


def held(value: float | None, begin: int, end: int) -> list[tuple[float, float | None]]:
    """A value that stays, measured each ten seconds."""
    return [(float(at), value) for at in range(begin, end, 10)]


def test_it_is_pending_before_it_fires() -> None:
    """It fires once it has held for as long as it must, and not before."""
    standing, told = play(held(BAD, 0, 60))
    assert (Phase.PENDING, []) == (standing.phase, told)
    standing, told = play([(60.0, BAD)], standing=standing)
    assert (Phase.FIRING, [(60.0, Notice.FIRING)]) == (standing.phase, told)


def test_a_break_begins_it_anew() -> None:
    """Held for a while, not held, and held again: it has not held without a break."""
    standing, told = play([*held(BAD, 0, 50), (50.0, BETWEEN), *held(BAD, 60, 120)])
    assert (Phase.PENDING, 60.0, []) == (standing.phase, standing.since, told)


def test_without_patience_it_fires_at_once() -> None:
    """``lasting`` may be nothing."""
    assert [(0.0, Notice.FIRING)] == play([(0.0, BAD)], replace(RULE, lasting=0))[1]


def test_between_threshold_and_clear_nothing_changes() -> None:
    """A value that goes up and down around the threshold does not end it."""
    around = [(float(at), BETWEEN if at % 20 else BAD) for at in range(70, 400, 10)]
    standing, told = play([*held(BAD, 0, 70), *around])
    assert (Phase.FIRING, [(60.0, Notice.FIRING)]) == (standing.phase, told)


def test_it_is_resolved_when_it_has_been_clear_for_a_while() -> None:
    """Clear for less does not end it; what was told of its beginning is told of its end."""
    standing, told = play([*held(BAD, 0, 70), *held(GOOD, 70, 90), (90.0, BETWEEN), *held(GOOD, 100, 140)])
    assert (Phase.RESOLVED, 130.0) == (standing.phase, standing.since)
    assert [(60.0, Notice.FIRING), (130.0, Notice.RESOLVED)] == told


def test_it_is_told_again_while_it_fires() -> None:
    """Each ``repeat``; never where that is 0."""
    assert [60.0, 660.0, 1260.0] == [at for at, _ in play(held(BAD, 0, 1300))[1]]
    assert [60.0] == [at for at, _ in play(held(BAD, 0, 1300), replace(RULE, repeat=0))[1]]


def test_another_one_within_the_quiet_time_is_told_late_or_not_at_all() -> None:
    """What begins again soon is told when the quiet time is over, if it still fires; its end alone is never told."""
    first = [*held(BAD, 0, 70), *held(GOOD, 70, 110)]
    short = [*held(BAD, 110, 200), *held(GOOD, 200, 500)]
    assert [(60.0, Notice.FIRING), (100.0, Notice.RESOLVED)] == play(first + short)[1]
    _, told = play(first + held(BAD, 110, 500))
    assert [(60.0, Notice.FIRING), (100.0, Notice.RESOLVED), (360.0, Notice.FIRING)] == told


def test_what_is_not_known_concludes_nothing() -> None:
    """A pending alert begins anew, a firing one stays, and is told again when it is time."""
    assert Phase.INACTIVE is play([*held(BAD, 0, 50), (50.0, None)])[0].phase
    standing, told = play([*held(BAD, 0, 70), *held(None, 70, 700)])
    assert (Phase.FIRING, [(60.0, Notice.FIRING), (660.0, Notice.REPEATED)]) == (standing.phase, told)


@pytest.mark.parametrize(
    ("value", "phase"), [(0.5, Phase.FIRING), (0.7, Phase.INACTIVE), (0.9, Phase.INACTIVE)]
)
def test_some_fire_below_their_threshold(value: float, phase: Phase) -> None:
    """The outflow is too low, never too high."""
    below = replace(RULE, condition=Condition.OUTFLOW, threshold=0.7, clear=0.85, is_below=True)
    assert phase is play(held(value, 0, 70), below)[0].phase


def test_what_fires_below_ends_above() -> None:
    """At ``clear`` it is clear."""
    below = replace(RULE, condition=Condition.WORKERS, threshold=1, clear=1, is_below=True)
    assert [Notice.FIRING, Notice.RESOLVED] == [
        each for _, each in play([*held(0, 0, 70), *held(1, 70, 110)], below)[1]
    ]


def test_a_clock_that_is_set_back_stops_nothing() -> None:
    """What was told in the future is as if it were told now: neither quiet nor clear lasts for longer."""
    standing, _ = play(held(BAD, 100_000, 100_070))
    standing, told = play(held(BAD, 0, 700), standing=standing)
    assert [(600.0, Notice.REPEATED)] == told
    standing, told = play(held(GOOD, 700, 740), standing=standing)
    assert [(730.0, Notice.RESOLVED)] == told


@given(st.lists(st.sampled_from([BAD, BETWEEN, GOOD, None]), max_size=60), st.integers(1, 120))
def test_beginnings_and_ends_take_turns(values: list[float | None], seconds: int) -> None:
    """Whatever is measured: an end follows a beginning, beginnings are never closer than the quiet time, and what is
    told is as it stands."""
    course = [(float(index * seconds), value) for index, value in enumerate(values)]
    standing, told = play(course)
    ends = [each for _, each in told if each is not Notice.REPEATED]
    assert ends == [Notice.FIRING, Notice.RESOLVED] * (len(ends) // 2) + [Notice.FIRING] * (len(ends) % 2)
    begun = [at for at, each in told if each is Notice.FIRING]
    assert all(later - earlier >= RULE.quiet for earlier, later in pairwise(begun))
    assert standing.is_told == (len(ends) % 2 == 1)
