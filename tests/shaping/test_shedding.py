"""So many newcomers at a time, and the others come again: not sooner than they can be served, nor all at once."""

from __future__ import annotations

import random
from dataclasses import dataclass

import pytest

from waitroom.shaping.shedding import LEAST_SECONDS, MOST_SECONDS, Shedding


@dataclass
class Clock:
    """Seconds that pass when they are told to."""

    now: float = 0.0

    def __call__(self) -> float:
        return self.now


def test_as_many_as_may_be_are_in_hand() -> None:
    """Whoever is done makes room for one more, once."""
    shedding = Shedding(2)
    assert [True, True, False] == [shedding.begin(each) for each in "abc"]
    shedding.end("a")
    shedding.end("a")
    shedding.end("never begun")
    assert [True, False] == [shedding.begin(each) for each in "de"]


def test_of_a_queue_one_in_five_gets_a_place() -> None:
    """However long it is and stays; and everybody where it is shorter than the limit."""
    queue = 10_000
    shedding = Shedding(100, lambda: queue)
    taken = [shedding.begin(each) for each in range(50)]
    assert ([False] * 4 + [True]) * 10 == taken
    queue = 99
    assert all(shedding.begin(f"another {each}") for each in range(90))
    assert not shedding.begin("the hundred and first in hand")


def test_nought_is_no_limit() -> None:
    """As with the other limits."""
    shedding = Shedding(0)
    assert all(shedding.begin(each) for each in range(10_000))


def test_pauses_are_spread() -> None:
    """Around the mean by half of it; never nothing."""
    pauses = [Shedding(1, chance=lambda at=at: at).pause_seconds() for at in (0.0, 0.5, 1.0)]  # type: ignore[misc]
    assert [LEAST_SECONDS / 2, LEAST_SECONDS, LEAST_SECONDS * 1.5] == pauses


@pytest.mark.parametrize(
    ("crowd", "seconds", "left", "shed_a_second"),
    [
        pytest.param(500, 20, 0, 60, id="a few seconds' worth"),
        pytest.param(8_000, 120, 0, 100, id="a minute's worth"),
        pytest.param(100_000, 100, 90_500, 2000, id="far too many"),
    ],
)
def test_a_crowd_is_served_about_as_fast_as_can_be(
    crowd: int, seconds: int, left: int, shed_a_second: int
) -> None:
    """A hundred a second, and a crowd of which each comes again when told to. Those who are sent away in a second are
    a few for each who gets a place, or as many as the longest pause leaves."""
    clock, chance = Clock(), random.Random(7)
    shedding = Shedding(100, clock=clock, chance=chance.random)
    due = [chance.random() * 3 for _ in range(crowd)]
    shed: list[int] = []
    for _ in range(seconds):
        clock.now += 1
        again: list[float] = []
        taken: list[object] = []
        for at in due:
            if at > clock.now:
                again.append(at)
            elif shedding.begin(newcomer := object()):
                taken.append(newcomer)
            else:
                again.append(clock.now + shedding.pause_seconds())
        shed.append(sum(at <= clock.now for at in due) - len(taken))
        for newcomer in taken:
            shedding.end(newcomer)
        due = again
    assert len(due) <= left
    assert sum(shed[-20:]) / 20 <= shed_a_second


def test_another_rush_begins_anew() -> None:
    """What was learned from the last one says nothing of it."""
    clock = Clock()
    shedding = Shedding(1, clock=clock, chance=lambda: 0.5)
    shedding.begin("a")
    for _ in range(30):
        clock.now += 1
        for _ in range(100):
            shedding.begin("b")
        longest = shedding.pause_seconds()
    assert longest == MOST_SECONDS
    clock.now += 3600
    assert shedding.pause_seconds() == LEAST_SECONDS
