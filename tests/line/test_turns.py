"""Whose turn it is among the lanes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from waitroom.line.turns import Turns


def share_out(turns: Turns, places: int, weights: list[float], waiting: list[int]) -> list[int]:
    """How many each lane got; ``waiting`` becomes less by that."""
    got = [0 for _ in weights]

    def serve(lane: int, most: int) -> int:
        taken = min(most, waiting[lane])
        waiting[lane] -= taken
        got[lane] += taken
        return taken

    served = turns.share_out(places, weights, lambda lane: waiting[lane] == 0, serve)
    assert sum(got) == served
    return got


@pytest.mark.parametrize(
    ("weights", "shares"),
    [([1, 3], [250, 750]), ([1, 1, 2], [250, 250, 500]), ([0.5, 2], [200, 800]), ([1, 0], [1000, 0])],
)
@pytest.mark.parametrize("at_once", [1, 3, 7, 1000])
def test_lanes_share_by_their_weights(weights: list[float], shares: list[int], at_once: int) -> None:
    """To the admission, however few are given out at a time."""
    turns = Turns([0.0 for _ in weights])
    total = [0 for _ in weights]
    waiting = [10_000 for _ in weights]
    for _ in range(1000 // at_once):
        got = share_out(turns, at_once, weights, waiting)
        total = [sum(pair) for pair in zip(total, got, strict=True)]
    given_out = 1000 // at_once * at_once

    assert [
        pytest.approx(share * given_out / 1000, abs=max(weights) / min(w for w in weights if w))
        for share in shares
    ] == total


def test_what_an_empty_lane_does_not_take_goes_to_the_others() -> None:
    """And a lane that was empty has saved nothing up when somebody comes."""
    turns = Turns([0.0, 0.0])
    waiting = [1000, 0]
    alone = share_out(turns, 300, [1, 3], waiting)
    waiting[1] = 1000
    together = share_out(turns, 100, [1, 3], waiting)

    assert [300, 0] == alone
    assert [25, 75] == together


@given(
    weights=st.lists(st.sampled_from([0.0, 0.3, 1.0, 2.5, 9.0]), min_size=1, max_size=4),
    rounds=st.lists(st.integers(0, 40), max_size=8),
    data=st.data(),
)
def test_no_place_is_left_while_somebody_waits(
    weights: list[float], rounds: list[int], data: st.DataObject
) -> None:
    """All that can be given is given, and never to a lane of weight 0."""
    turns = Turns([0.0 for _ in weights])
    waiting = [data.draw(st.integers(0, 60)) for _ in weights]
    for places in rounds:
        could = sum(count for count, weight in zip(waiting, weights, strict=True) if weight)
        got = share_out(turns, places, weights, waiting)
        assert min(places, could) == sum(got)
        assert all(weight or not count for count, weight in zip(got, weights, strict=True))
