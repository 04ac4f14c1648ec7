"""Moving from one lane to the end of another: never to a place that is farther off."""

from __future__ import annotations

import pytest

from waitroom.shaping.moving import is_sooner


@pytest.mark.parametrize(
    ("ahead", "share", "waiting_there", "share_there", "expected"),
    [
        (100, 0.25, 0, 0.75, True),
        (100, 0.25, 300, 0.75, True),
        (100, 0.25, 301, 0.75, False),
        (3, 0.25, 5000, 0.75, False),
        (0, 0.25, 0, 0.75, True),
        (0, 0.5, 1, 0.5, False),
        (5, 1.0, 0, 0.0, False),
        (5, 0.0, 10_000, 0.5, True),
        (5, 0.0, 0, 0.0, True),
    ],
)
def test_the_nearer_place_wins(
    ahead: int, share: float, waiting_there: int, share_there: float, expected: bool
) -> None:
    """By how many stand before it and how fast its lane moves; where both are as near, the lane that was asked for."""
    found = is_sooner(ahead=ahead, share=share, waiting_there=waiting_there, share_there=share_there)
    assert expected == found
