"""The range holds in four cases of five: in the simulated sales of ``loadtests/estimate.py``, for fixed crowds."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType
from typing import NamedTuple

import pytest

SCRIPT = Path(__file__).parents[2] / "loadtests" / "estimate.py"
SURPRISE = "the shop slows to a half for 8 minutes"
"""What nobody can know beforehand, and no range holds: it is told of the others only where it does no harm to them."""
SEEN_TO_BE_LIKE = ("a planned break", "uneven: bursts and gaps", "a crowd that never stops coming")
"""Sales that take long to play and try nothing that the others do not; the script plays them."""
CROWDS = range(2)


class Played(NamedTuple):
    """What came of one sale."""

    asked: int
    held: float
    own: float
    """As the room itself has counted."""


@pytest.fixture(scope="module")
def simulation() -> ModuleType:
    """The script, as a module."""
    spec = importlib.util.spec_from_file_location("estimate_simulation", SCRIPT)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def played(simulation: ModuleType) -> dict[str, Played]:
    """Each sale, played once for each crowd."""
    sales = {}
    for sale in simulation.SALES:
        if sale.name not in SEEN_TO_BE_LIKE:
            answers, outlooks = simulation.play(sale, CROWDS)
            kept = sum(outlook.hits.kept for outlook in outlooks)
            asked = sum(outlook.hits.asked for outlook in outlooks)
            sales[sale.name] = Played(len(answers), simulation.coverage(answers), kept / asked)
    return sales


def test_the_range_holds_in_four_cases_of_five(played: dict[str, Played]) -> None:
    """Over all sales within 80 ± 5 %; in none, but for a surprise, is it far from that for these few crowds."""
    others = [of for name, of in played.items() if name != SURPRISE]
    assert 0.75 <= sum(of.held * of.asked for of in others) / sum(of.asked for of in others) <= 0.85
    assert played[SURPRISE].held >= 0.55
    held = {name: of.held for name, of in played.items() if name != SURPRISE}
    assert {} == {name: share for name, share in held.items() if not 0.66 <= share <= 0.94}


@pytest.mark.parametrize("name", ["a small shop, 12 a minute", "held back by a full shop"])
def test_the_rooms_own_count_tells_the_same(played: dict[str, Played], name: str) -> None:
    """What a room counts of its own promises is near what its visitors find."""
    assert abs(played[name].own - played[name].held) < 0.1
