"""What each lane is given."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from waitroom.shaping.weights import lane_weights, weights_text


@pytest.mark.parametrize(
    ("given_weights", "share", "weights"),
    [
        ({}, 0.1, {"general": 1}),
        ({"members": 3}, 0.1, {"general": 1, "members": 3}),
        ({"members": 3}, 0.5, {"general": 3, "members": 3}),
        ({"members": 90}, 0.1, {"general": 10, "members": 90}),
        ({"general": 0, "members": 90}, 0.1, {"general": 10, "members": 90}),
        ({"general": 0, "members": 90}, 0, {"general": 0, "members": 90}),
        ({"members": 3, "early": 2}, 1, {"general": 1, "members": 0, "early": 0}),
        ({"suspects": 0}, 0.1, {"general": 1, "suspects": 0}),
        ({"general": 0, "suspects": 0}, 0.1, {"general": 1, "suspects": 0}),
    ],
)
def test_the_general_lane_has_its_least_share(
    given_weights: dict[str, float], share: float, weights: dict[str, float]
) -> None:
    """It weighs more where its own weight would give it less, and stands first."""
    found = lane_weights(given_weights, share)

    assert pytest.approx(weights) == found
    assert "general" == next(iter(found))


@given(
    others=st.dictionaries(st.sampled_from(["a", "b", "c"]), st.floats(0, 1000), max_size=3),
    general=st.floats(0, 1000),
    share=st.floats(0, 0.99),
)
def test_no_weights_take_the_least_share_away(others: dict[str, float], general: float, share: float) -> None:
    """Whatever is given."""
    weights = lane_weights({**others, "general": general}, share)

    assert weights["general"] >= share * sum(weights.values()) - 1e-6


def test_weights_are_written_for_the_scripts() -> None:
    """Name and weight, in the order of the lanes."""
    assert "general:1 members:2.5" == weights_text({"general": 1, "members": 2.5})
