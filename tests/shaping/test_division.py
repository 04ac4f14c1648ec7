"""How several rooms divide what they share."""

from __future__ import annotations

from math import inf

import pytest
from hypothesis import given
from hypothesis import strategies as st

from waitroom.shaping.division import Demand, divide


@pytest.mark.parametrize(
    ("rate", "demands", "parts"),
    [
        (600, {"a": (inf, 1), "b": (inf, 1)}, {"a": 300, "b": 300}),
        (600, {"a": (inf, 2), "b": (inf, 1)}, {"a": 400, "b": 200}),
        (600, {"a": (inf, 1), "b": (60, 1)}, {"a": 540, "b": 60}),
        (600, {"a": (inf, 1), "b": (inf, 1), "c": (100, 1)}, {"a": 250, "b": 250, "c": 100}),
        (600, {"a": (150, 1), "b": (250, 1), "c": (inf, 1)}, {"a": 150, "b": 225, "c": 225}),
        (600, {"a": (100, 1), "b": (100, 3)}, {"a": 200, "b": 400}),
        (0, {"a": (inf, 1), "b": (10, 1)}, {"a": 0, "b": 0}),
    ],
)
def test_a_rate_is_divided_by_demand_and_weight(
    rate: float, demands: dict[str, tuple[float, float]], parts: dict[str, float]
) -> None:
    """Nobody is given more than they want while another wants more; what is left over is divided on top."""
    assert pytest.approx(parts) == divide(rate, {name: Demand(*demand) for name, demand in demands.items()})


DEMAND = st.builds(Demand, st.one_of(st.just(inf), st.floats(0, 2000)), st.floats(0.1, 10))


@given(rate=st.floats(0, 3000), demands=st.dictionaries(st.sampled_from("abcd"), DEMAND, min_size=1))
def test_the_parts_come_to_the_whole(rate: float, demands: dict[str, Demand]) -> None:
    """Never to more; and who gets less than they want has, by weight, no less than anyone else."""
    parts = divide(rate, demands)

    assert rate == pytest.approx(sum(parts.values()))
    short = [name for name in parts if parts[name] < demands[name].wanted - 1e-6]
    for name in short:
        fair = parts[name] / demands[name].weight
        assert all(parts[other] / demands[other].weight <= fair + 1e-6 for other in parts)
