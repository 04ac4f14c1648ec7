"""Rehearsals played once, and looked at by many tests."""

from __future__ import annotations

import random

import pytest

from waitroom.line.rules import Rules
from waitroom.rehearse.arrivals import preset
from waitroom.rehearse.run import Played, rehearse
from waitroom.rehearse.scenario import CROWDS, Change, People, Scenario

VISITORS = 2000
WILD = People(no_shows=0.1, patience=200, sleepers=0.5, awake=60, asleep=60, visit=120)


def scenario(
    arrivals: str = "flash-sale",
    *,
    rules: Rules | None = None,
    people: People = CROWDS["calm"],
    visitors: int = VISITORS,
    seconds: int = 600,
    changes: tuple[Change, ...] = (),
    seed: int = 3,
) -> Scenario:
    """A small rehearsal: two thousand in ten minutes, three hundred a minute."""
    curve = preset(arrivals, visitors=visitors, seconds=seconds, random_source=random.Random(seed))
    return Scenario(curve, rules or Rules(rate=300.0), people=people, changes=changes, seed=seed)


@pytest.fixture(scope="session")
def calm() -> Played:
    """All come when called; the opening is drawn."""
    return rehearse(scenario())


@pytest.fixture(scope="session")
def wild() -> Played:
    """No-shows, phones that sleep, and little patience."""
    return rehearse(scenario(people=WILD))


@pytest.fixture(scope="session")
def capped() -> Played:
    """A shop that can carry two hundred, for half a minute each."""
    rules = Rules(rate=600.0, capacity=200, session_ms=30_000, entry_ms=20_000, keep_ms=120_000)
    return rehearse(
        scenario("steady", rules=rules, people=People(visit=15, no_shows=0.05), visitors=1500, seconds=60)
    )
