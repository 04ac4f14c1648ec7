"""What holds in every sale of the matrix can fail: by a shuffled line, and by a doubled rate."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest

from tests.faults.sale import BEFORE, MOST_OVER, RATE, in_before_called
from tests.faults.site import Grant, by_redis, by_room, most_over_the_rate

BEGIN_MS = 1_700_000_000_000


def granted(count: int, rate: float) -> list[Grant]:
    """The record of a line that is called one by one, at so many a minute."""
    times = [round(60_000 / rate * index) for index in range(count)]
    return [
        Grant(b"%d-0" % at, BEGIN_MS + at, at, number, number + 1, 1, 0) for number, at in enumerate(times)
    ]


def test_the_order_of_the_line_passes() -> None:
    """Whoever comes in once called has overtaken nobody, however late."""
    grants = granted(20, RATE)
    entered = {grant.end: grant.at + random.Random(1).uniform(0, 3000) for grant in grants}
    assert [] == in_before_called(entered, grants)


def test_a_shuffled_line_does_not() -> None:
    """With the numbers in another order, those who came too early are found: all but the nearest neighbours."""
    grants = granted(20, RATE)
    numbers = [grant.end for grant in grants]
    random.Random(1).shuffle(numbers)
    entered = {number: float(grant.at) for number, grant in zip(numbers, grants, strict=True)}
    assert len(in_before_called(entered, grants)) > 5


def test_one_who_changes_places_with_the_next_does_not() -> None:
    """In before the next in line: two at a tenth of a second from each other are told apart."""
    grants = granted(20, RATE)
    entered = {grant.end: float(grant.at) for grant in grants}
    entered[7], entered[8] = entered[8], entered[7]
    assert [8] == in_before_called(entered, grants)


def test_who_was_called_before_the_record_was_lost_is_not_judged() -> None:
    """What is not in the record accuses nobody."""
    grants = granted(20, RATE)
    assert [] == in_before_called({grant.end: 0.0 for grant in grants[:5]}, grants[5:])


@pytest.mark.parametrize("when", [by_redis, by_room])
def test_the_rate_passes_and_twice_the_rate_does_not(when: Callable[[Grant], int]) -> None:
    """By either clock, with no more than wait when a sale begins."""
    assert most_over_the_rate(granted(1000, RATE), RATE, when) <= MOST_OVER
    assert most_over_the_rate(granted(BEFORE, 2 * RATE), RATE, when) > MOST_OVER
    assert (
        most_over_the_rate([granted(1, RATE)[0], granted(5, RATE)[4]._replace(granted=12)], RATE, when)
        > MOST_OVER
    )
