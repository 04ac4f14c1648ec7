"""What is measured of a line: its outflow, its churn, and how wide the range must be."""

from __future__ import annotations

import random
from bisect import bisect_left
from itertools import pairwise

import pytest

from waitroom.shaping.attrition import USUAL_BOUNCE, Attrition
from waitroom.shaping.calibration import HORIZONS_MS, START, Calibration
from waitroom.shaping.outflow import SLEW, Outflow, Shift


def test_the_level_comes_to_what_is_measured_step_by_step() -> None:
    """Where a tenth less is admitted than was planned, the level follows within minutes, and never by a jump."""
    outflow = Outflow(1.0)
    levels = [outflow.level]
    for _ in range(120):
        assert outflow.add(5_000, 22.5, 25.0) is None
        levels.append(outflow.level)
    assert abs(levels[-1] - 0.9) < 0.005
    assert max(abs(b / a - 1) for a, b in pairwise(levels)) <= SLEW * 1.001


def test_a_shift_is_told_once_and_taken_at_once() -> None:
    """Half of the outflow from one moment on."""
    outflow = Outflow(1.0)
    for _ in range(30):
        assert outflow.add(5_000, 25.0, 25.0) is None
    shifts = [outflow.add(5_000, 12.5, 25.0) for _ in range(30)]
    assert [Shift.SLOWER] == [shift for shift in shifts if shift]
    assert shifts.index(Shift.SLOWER) < 6
    assert abs(outflow.level - 0.5) < 0.1


def test_chance_alone_is_no_shift() -> None:
    """In an hour of a Poisson stream none is seen, and its dispersion is found to be about 1."""
    chance = random.Random(3)
    outflow = Outflow(1.0)
    for _ in range(720):
        served = sum(chance.random() < 0.025 for _ in range(1000))
        assert outflow.add(5_000, served, 25.0) is None
    assert 0.6 < outflow.dispersion < 1.6
    assert 0.8 < outflow.level < 1.2


def test_the_doubt_falls_with_what_was_measured() -> None:
    """And the more, the more even the outflow is."""
    even, uneven = Outflow(1.0), Outflow(1.0)
    first = even.doubt
    for turn in range(40):
        even.add(5_000, 25.0, 25.0)
        uneven.add(5_000, 15.0 if turn % 2 else 35.0, 25.0)
    assert even.doubt < uneven.doubt < first
    assert even.dispersion < 0.1 < 3 < uneven.dispersion


class Crowd:
    """A line of which a test says how it changes."""

    def __init__(self, size: int) -> None:
        self.standing = list(range(1, size + 1))
        self.last = size
        self.called = self.served = 0

    def ahead(self, number: int) -> int:
        """Those before a number."""
        return bisect_left(self.standing, number)

    def serve(self, count: int) -> None:
        """Admits the first ones."""
        self.called = max([self.called, *self.standing[:count]])
        self.served += len(self.standing[:count])
        del self.standing[:count]

    def come(self, count: int) -> None:
        """New ones at the end."""
        self.standing += range(self.last + 1, self.last + count + 1)
        self.last += count

    def lose(self, share: float, chance: random.Random) -> None:
        """Some go, from anywhere."""
        self.standing = [number for number in self.standing if chance.random() >= share]


def watch(crowd: Crowd, minutes: int, each: float, share: float) -> Attrition:
    """Ten looks a minute at a line that so many join and so many leave."""
    attrition, chance = Attrition(), random.Random(1)
    for tenth in range(minutes * 10):
        crowd.come(round(each))
        crowd.serve(20)
        crowd.lose(share / 10, chance)
        attrition.look(tenth * 6_000 + 1, crowd.called, crowd.last, crowd.served, crowd.ahead)
    return attrition


@pytest.mark.parametrize("share", [0.0, 0.02, 0.05])
def test_those_who_leave_are_counted(share: float) -> None:
    """The share of the line that goes in a minute is found, whatever joins and is admitted meanwhile."""
    churn = watch(Crowd(3000), 12, 20, share).churn
    assert abs(churn.leaving_per_minute - share) < 0.01
    assert churn.back < 0.05


def test_those_who_come_back_before_the_line_are_counted() -> None:
    """A quarter of those admitted had been away when they were called."""
    crowd, attrition = Crowd(3000), Attrition()
    for tenth in range(120):
        crowd.come(20)
        crowd.serve(15)
        crowd.served += 5  # came back, and entered at once
        attrition.look(tenth * 6_000 + 1, crowd.called, crowd.last, crowd.served, crowd.ahead)
    assert abs(attrition.churn.back - 0.25) < 0.04
    assert abs(attrition.churn.leaving_per_minute) < 0.01


def test_newcomers_who_only_look_in_are_counted() -> None:
    """Two in five who come are gone a minute later."""
    crowd, attrition, chance = Crowd(500), Attrition(), random.Random(2)
    gone: dict[int, list[int]] = {}
    for tenth in range(200):
        before = crowd.last
        crowd.come(20)
        crowd.serve(10)
        gone[tenth + 10] = [n for n in range(before + 1, crowd.last + 1) if chance.random() < 0.4]
        left = set(gone.get(tenth, []))
        crowd.standing = [number for number in crowd.standing if number not in left]
        attrition.look(tenth * 6_000 + 1, crowd.called, crowd.last, crowd.served, crowd.ahead)
    assert USUAL_BOUNCE < 0.3 < attrition.churn.bounce < 0.5
    assert attrition.churn.seasoned > 0


def test_a_short_line_says_nothing() -> None:
    """Of a few people nothing can be said, so nothing is."""
    churn = watch(Crowd(10), 5, 19, 0.5).churn
    assert (0.0, 0.0) == (churn.leaving_per_minute, round(churn.back, 6))


def test_the_margins_come_to_one_miss_in_ten_on_each_side() -> None:
    """Errors that are twice as wide as was thought, and off to one side, are covered in the end."""
    chance, calibration, early, late = random.Random(5), Calibration(), 0, 0
    rounds = 6000
    for turn in range(rounds):
        below, above = calibration.margins.at(HORIZONS_MS[0])
        error = chance.gauss(0.5, 2.0)
        calibration.learn(HORIZONS_MS[0], early=error < -below, late=error > above)
        if turn > rounds // 3:
            early += error < -below
            late += error > above
    assert 0.08 < early / rounds * 1.5 < 0.12
    assert 0.08 < late / rounds * 1.5 < 0.12


def test_each_length_of_wait_is_learned_apart() -> None:
    """What is true of a minute is not put on an hour."""
    calibration = Calibration()
    for _ in range(50):
        calibration.learn(HORIZONS_MS[0], early=False, late=True)
    assert START.above[-1] == calibration.margins.above[-1]
    assert START.above[0] < calibration.margins.above[0]
    _, above = calibration.margins.at(60_000)
    assert calibration.margins.above[1] < above < calibration.margins.above[0]
