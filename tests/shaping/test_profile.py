"""Planned rates, one after the other."""

from __future__ import annotations

import pytest

from waitroom.shaping.profile import Profile, Step

RAMP = Profile((Step(60_000, 60.0), Step(120_000, 120.0), Step(180_000, 0.0), Step(240_000, None)))


@pytest.mark.parametrize(
    ("at_ms", "rate"),
    [(0, 0.0), (59_999, 0.0), (60_000, 60.0), (119_999, 60.0), (150_000, 120.0), (200_000, 0.0), (300_000, None)],
)  # fmt: skip
def test_the_rate_is_that_of_the_last_step(at_ms: int, rate: float | None) -> None:
    """Nobody is admitted before the first."""
    assert rate == RAMP.rate_at(at_ms)


def test_places_are_the_sum_over_the_stretches() -> None:
    """In part for one that has begun."""
    assert 30 + 60 == RAMP.places_between(90_000, 150_000)
    assert 60 + 120 == RAMP.places_between(0, 10_000_000)
    assert 5.0 == Profile.steady(300.0).places_between(7_000, 8_000)


def test_stretches_end_where_nobody_knows_more() -> None:
    """What comes after a stop without a known end is not told."""
    assert [(200_000, 240_000, 0.0), (240_000, float("inf"), None)] == list(RAMP.stretches(200_000))
    unknown = Profile((Step(0, None), Step(5_000, 60.0)))
    assert [(1_000, float("inf"), None)] == list(unknown.stretches(1_000))


def test_the_opening_is_the_first_moment_with_a_rate() -> None:
    """Now, where it is open; none, where none is known."""
    assert (60_000, 70_000, None) == (RAMP.opens_ms(0), RAMP.opens_ms(70_000), RAMP.opens_ms(200_000))


def test_profiles_are_alike_by_what_is_still_to_come() -> None:
    """Steps that lie behind do not count, nor does a second of rounding."""
    shifted = Profile((Step(0, 1.0), Step(61_000, 60.0), *RAMP.steps[1:]))
    assert shifted.is_like(RAMP, 70_000)
    assert not shifted.is_like(RAMP, 0)
    assert not RAMP.is_like(Profile(RAMP.steps[:2]), 70_000)


@pytest.mark.parametrize("steps", [(Step(5, 1.0), Step(4, 1.0)), (Step(0, -1.0),)])
def test_what_is_no_profile_is_refused(steps: tuple[Step, ...]) -> None:
    """Steps out of order, and rates below nothing."""
    with pytest.raises(ValueError, match="not a profile"):
        Profile(steps)
