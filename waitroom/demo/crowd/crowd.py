"""Many shoppers at once."""

from __future__ import annotations

import asyncio
import ssl
from dataclasses import dataclass, field
from random import Random

from waitroom.demo.crowd.browser import Browser
from waitroom.demo.crowd.shopper import Habits, Shopper
from waitroom.demo.crowd.tally import Tally


@dataclass(frozen=True, slots=True)
class CrowdSettings:
    """How many come, when, and whether others follow."""

    gateway: str
    visitors: int
    """How many there are at once; never more."""
    arrive_within_seconds: float = 3.0
    keep_line: bool = False
    """Whether someone new arrives, a little later, for each who left."""
    gap_seconds: float = 2.0
    """About how much later."""
    habits: Habits = field(default_factory=Habits)
    seed: int | None = None
    """Makes every shopper behave as in the last run with this seed."""


async def run_crowd(settings: CrowdSettings, tally: Tally) -> None:
    """Runs the crowd, counting into ``tally``, until all have left; with ``keep_line`` until cancelled."""
    # Loading the certificates takes longer than a visit needs: once for all of them.
    tls = ssl.create_default_context()
    chance = Random(settings.seed)  # noqa: S311 - whims, not secrets
    async with asyncio.TaskGroup() as group:
        for _ in range(settings.visitors):
            group.create_task(_one_after_another(settings, tls, Random(chance.random()), tally))  # noqa: S311


async def _one_after_another(
    settings: CrowdSettings, tls: ssl.SSLContext, chance: Random, tally: Tally
) -> None:
    await asyncio.sleep(chance.uniform(0, settings.arrive_within_seconds))
    while True:
        async with Browser(settings.gateway, tls=tls, chance=chance, tally=tally) as browser:
            await Shopper(browser, settings.habits, chance=chance, tally=tally).visit()
        if not settings.keep_line:
            return
        await asyncio.sleep(settings.gap_seconds * chance.uniform(0.5, 1.5))
