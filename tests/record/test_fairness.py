"""Fairness in figures: overtakes, and how much two orders agree."""

from __future__ import annotations

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from waitroom.record.fairness import Course, Fairness, fairness, kendall_tau, overtakes

PERMUTATIONS = st.integers(2, 150).flatmap(lambda count: st.permutations(range(count)))


@st.composite
def lines(draw: st.DrawFn) -> list[Course]:
    """Tickets with any times: small whole ones, so that many are the same."""
    times = st.integers(0, 12).map(float)
    places = draw(st.permutations(range(draw(st.integers(0, 15)))))
    return [Course(place, 0.0, draw(times), draw(st.none() | times)) for place in places]


@given(PERMUTATIONS)
def test_tau_is_what_its_definition_says(places: list[int]) -> None:
    """Pairs in order less pairs out of order, over all pairs."""
    pairs = list(combinations(places, 2))
    balance = sum(1 if first < second else -1 for first, second in pairs)

    assert kendall_tau(places) == pytest.approx(balance / len(pairs))


@pytest.mark.parametrize(
    ("places", "tau"),
    [([], 1.0), ([5], 1.0), ([1, 2, 9], 1.0), ([9, 2, 1], -1.0), ([1, 3, 2], 1 / 3)],
)
def test_tau_of_known_orders(places: list[int], tau: float) -> None:
    """Fewer than two are in order."""
    assert tau == pytest.approx(kendall_tau(places))


@given(lines())
def test_an_overtake_is_what_its_definition_says(courses: list[Course]) -> None:
    """Somebody of a later place entered while one still stood there."""
    expected = sum(
        any(
            other.place > one.place and other.entered is not None and other.entered < one.stood_until
            for other in courses
        )
        for one in courses
    )

    assert expected == overtakes(courses)


def test_who_was_away_was_not_overtaken() -> None:
    """Those who entered meanwhile took nothing from them."""
    away = Course(1, joined=0, stood_until=10, entered=50)
    other = Course(2, joined=1, stood_until=20, entered=21)

    assert 0 == overtakes([away, other])
    assert 1 == overtakes([away._replace(stood_until=50), other])


def test_the_figures_of_a_line() -> None:
    """All in one."""
    courses = [Course(1, 0, 10, 11), Course(2, 1, 10, 10.5), Course(3, 2, 30)]

    assert Fairness(2, 0, -1.0, 11.0, 4) == fairness(courses, wasted_turns=4)
    assert Fairness(0, 0, 1.0, 0.0, 0) == fairness([], wasted_turns=0)
