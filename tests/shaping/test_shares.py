"""What a lane is given of the admissions changes when other lanes run empty, and that is foreseen."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from waitroom.shaping.shares import ALONE, Share, Standing, shares_ahead

LANES = st.lists(
    st.builds(Standing, st.sampled_from([0.0, 0.5, 1.0, 3.0]), st.floats(0, 1e5), st.floats(0, 1e4)),
    min_size=2,
    max_size=4,
)


def part_at(shares: tuple[Share, ...], ms: float) -> Share:
    """What counts at one moment."""
    return [share for share in shares if share.from_ms <= ms][-1]


def test_one_lane_is_given_all() -> None:
    """There is nobody to share with."""
    assert [ALONE] == shares_ahead([Standing(1.0, 100, 10.0)], lambda *_: 60.0)


def test_lanes_that_stay_full_keep_their_weights() -> None:
    """As long as somebody stands in both."""
    general, members = shares_ahead([Standing(1.0, 1e6, 0.0), Standing(3.0, 1e6, 0.0)], lambda *_: 60.0)
    assert ((Share(0.0, 0.25),), (Share(0.0, 0.75),)) == (general, members)


def test_a_lane_that_runs_empty_leaves_its_share_to_the_others() -> None:
    """Sixty members at 45 a minute are in within little more than a minute."""
    general, _ = shares_ahead([Standing(1.0, 5000, 0.0), Standing(3.0, 60, 0.0)], lambda *_: 60.0)
    assert (0.25, 1.0) == (part_at(general, 0).part, part_at(general, 300_000).part)
    assert 0 == part_at(general, 300_000).doubt


def test_those_who_still_come_to_another_lane_are_in_doubt() -> None:
    """Ten a minute are served first, as long as they come; nobody knows for how long."""
    general, _ = shares_ahead([Standing(1.0, 5000, 0.0), Standing(3.0, 0, 10.0)], lambda *_: 60.0)
    assert part_at(general, 0).part == pytest.approx(5 / 6, abs=0.02)
    assert part_at(general, 0).doubt > 0.05
    assert part_at(general, 3_600_000).part > 0.95


@given(LANES, st.floats(0, 1e4))
def test_no_more_is_given_than_there_is(lanes: list[Standing], rate: float) -> None:
    """The lanes in which many stand are given no more than all of it together, and each that has weight something."""
    shares = shares_ahead(lanes, lambda *_: rate)
    for lane, own in zip(lanes, shares, strict=True):
        assert all(0 <= share.part <= 1 + 1e-9 and 0 <= share.doubt <= 1 for share in own)
        assert lane.weight == 0 or own[0].part > 0
        assert [0.0, *sorted(share.from_ms for share in own[1:])] == [share.from_ms for share in own]
    hungry = [
        own[0].part
        for lane, own in zip(lanes, shares, strict=True)
        if lane.weight and lane.waiting > 1e4 + rate
    ]
    assert sum(hungry) <= 1 + 1e-9
