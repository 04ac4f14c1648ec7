"""One shopper's visit, from arriving to leaving."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

import httpx

from waitroom.demo.crowd.backoff import GaveUpError
from waitroom.demo.crowd.browser import Browser
from waitroom.demo.crowd.pages import piece_for_sale, piece_links
from waitroom.demo.crowd.tally import Tally

_NAMES: Sequence[str] = ("Ada", "Bo", "Chidi", "Dagny", "Emeka", "Farah", "Goro", "Hana", "Inés", "Jun")


@dataclass(frozen=True, slots=True)
class Habits:
    """How the crowd behaves. Chances are from 0 to 1.

    ``think_seconds`` is the mean pause before the next page; ``patience_seconds`` the longest that those
    wait who close the tab.
    """

    path: str = "/"
    think_seconds: float = 2.0
    buy_chance: float = 0.35
    close_tab_chance: float = 0.1
    patience_seconds: float = 30.0


class Shopper:
    """Arrives at the shop, waits if it must, looks at two to four pages and perhaps buys."""

    def __init__(self, browser: Browser, habits: Habits, *, chance: Random, tally: Tally) -> None:
        self._browser = browser
        self._habits = habits
        self._chance = chance
        self._tally = tally

    async def visit(self) -> None:
        """The whole visit. What goes wrong in it is counted and ends it."""
        self._tally.arrived += 1
        try:
            async with asyncio.timeout(self._patience_seconds()):
                page = await self._browser.open(self._habits.path)
            self._tally.entered += 1
            page = await self._look_around(page)
            if self._chance.random() < self._habits.buy_chance:
                await self._buy(page)
        except TimeoutError:
            self._tally.closed_tab += 1
        except GaveUpError:
            self._tally.gave_up += 1

    def _patience_seconds(self) -> float | None:
        if self._chance.random() >= self._habits.close_tab_chance:
            return None
        return self._chance.uniform(0.1, 1.0) * self._habits.patience_seconds

    async def _look_around(self, page: httpx.Response) -> httpx.Response:
        links = piece_links(page.text)
        for _ in range(self._chance.randint(2, 4) - 1):
            await self._think()
            page = await self._browser.open(self._chance.choice(links) if links else self._habits.path)
        return page

    async def _buy(self, page: httpx.Response) -> None:
        for_sale = piece_for_sale(page.text)
        if for_sale is None:
            self._tally.sold_out += 1
            return
        await self._think()
        await self._browser.submit("/cart", {"slug": for_sale, "quantity": "1"})
        await self._think()
        answer = await self._browser.submit("/checkout", {"name": self._chance.choice(_NAMES)})
        if answer.url.path.startswith("/orders/"):
            self._tally.bought += 1
        else:
            self._tally.sold_out += 1

    async def _think(self) -> None:
        await asyncio.sleep(self._habits.think_seconds * self._chance.uniform(0.3, 1.7))
