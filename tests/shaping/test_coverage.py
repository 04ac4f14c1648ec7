"""The range holds in four cases of five: in the simulated sales of ``loadtests/estimate.py``, for fixed crowds."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

SCRIPT = Path(__file__).parents[2] / "loadtests" / "estimate.py"
SURPRISE = "the shop slows to a half for 8 minutes"
"""What nobody can know beforehand, and no range holds: it is told of the others only where it does no harm to them."""
CROWDS = range(3)


@pytest.fixture(scope="module")
def simulation() -> ModuleType:
    """The script, as a module."""
    spec = importlib.util.spec_from_file_location("estimate_simulation", SCRIPT)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def test_the_range_holds_in_four_cases_of_five(simulation: ModuleType) -> None:
    """Over all sales within 80 ± 5 %; in none, but for a surprise, is it far from that for these few crowds."""
    held: dict[str, float] = {}
    everyone: list[object] = []
    for sale in simulation.SALES:
        answers, _ = simulation.play(sale, CROWDS)
        held[sale.name] = simulation.coverage(answers)
        everyone += answers if sale.name != SURPRISE else []
    assert 0.75 <= simulation.coverage(everyone) <= 0.85
    assert held.pop(SURPRISE) >= 0.55
    assert {} == {name: share for name, share in held.items() if not 0.66 <= share <= 0.92}


def test_the_rooms_own_count_tells_the_same(simulation: ModuleType) -> None:
    """What a room counts of its own promises is near what its visitors find."""
    for name in ("a small shop, 12 a minute", "held back by a full shop"):
        [sale] = [sale for sale in simulation.SALES if sale.name == name]
        answers, outlooks = simulation.play(sale, CROWDS)
        asked = sum(outlook.hits.asked for outlook in outlooks)
        kept = sum(outlook.hits.kept for outlook in outlooks)
        assert abs(kept / asked - simulation.coverage(answers)) < 0.08
