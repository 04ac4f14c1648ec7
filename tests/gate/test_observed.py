"""Whose fault it is that a request was not sent to the shop: through a real gate to a shop that holds its answers."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress

import pytest
from starlette.types import Message

from tests.contract.slow_shop import SlowShop, slow_shop
from waitroom.errors import BusyError, OwnShareError
from waitroom.gate.observed import Observed
from waitroom.gate.passage import Passage
from waitroom.gate.request import Request
from waitroom.gate.routes import Routes
from waitroom.gate.shaper import Shaper
from waitroom.gate.shares import Shares, TooManyRequestsError
from waitroom.proxy import Origin, TrustedProxies
from waitroom.settings.shaping import with_rest
from waitroom.shaping.limiter import Budget, Limiter
from waitroom.shaping.signals import Signals
from waitroom.telemetry.counters import Counters

pytestmark = pytest.mark.anyio
TRUSTED = TrustedProxies()


class Gate:
    """Four slots at the shop, two for each visitor, who may have three requests under way."""

    def __init__(self, shop: SlowShop) -> None:
        self.shop = shop
        self.signals = Signals()
        self.signals.is_on = True
        self.origin = Origin(shop.url)
        limiter = Limiter(4, [Budget("all", 0.5)], queue=10, visitor_share=0.5)
        shaper = Shaper(limiter, Routes(with_rest(())), wait_seconds=0.05)
        self._observed = Observed(Passage(self.origin, TRUSTED, Shares(3), shaper), self.signals)
        self._held: list[asyncio.Task[None]] = []

    async def ask(self, who: str, path: str = "/held/more") -> None:
        """A request of a visitor."""
        scope = {
            "type": "http", "method": "GET", "path": path, "raw_path": path.encode(), "query_string": b"",
            "headers": [(b"host", b"shop.example"), (b"content-length", b"0")],
            "scheme": "http", "client": ("192.0.2.7", 1),
            "http_version": "1.1", "extensions": {},
        }  # fmt: skip
        await self._observed.through(Request(scope, _silent, _deaf, TRUSTED, Counters()), who=who)

    async def hold(self, *visitors: str) -> None:
        """A request of each is with the shop."""
        paths = [f"/held/{number}" for number in range(len(visitors))]
        for who, path in zip(visitors, paths, strict=True):
            self._held.append(asyncio.create_task(self.ask(who, path)))
        await self.shop.until_asked(*paths)

    async def aclose(self) -> None:
        """Nobody waits any longer."""
        for task in self._held:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
        await self.origin.aclose()


async def _silent() -> Message:
    """Says nothing, and stays."""
    await asyncio.Event().wait()
    raise AssertionError


async def _deaf(_: object) -> None:
    pass


@pytest.fixture
async def gate() -> AsyncIterator[Gate]:
    """With nobody at it."""
    async with slow_shop() as shop:
        gate = Gate(shop)
        yield gate
        await gate.aclose()


async def test_who_waits_for_their_own_requests_accuses_nobody(gate: Gate) -> None:
    """They hold all that one visitor may, and half of the shop is free."""
    await gate.hold("a", "a")
    with pytest.raises(OwnShareError):
        await gate.ask("a")
    assert {} == gate.signals.take().failing


async def test_who_waits_for_others_met_a_busy_shop(gate: Gate) -> None:
    """That is a failure of the shop."""
    await gate.hold("a", "b", "c", "d")
    with pytest.raises(BusyError) as caught:
        await gate.ask("e")
    assert type(caught.value) is BusyError
    assert [1] == list(gate.signals.take().failing.values())


async def test_who_asks_too_much_is_no_load(gate: Gate) -> None:
    """What is refused at once never went to the shop."""
    await gate.hold("a", "a")
    third = asyncio.create_task(gate.ask("a"))
    await asyncio.sleep(0)
    with pytest.raises(TooManyRequestsError):
        await gate.ask("a")
    with pytest.raises(OwnShareError):
        await third
    seen = gate.signals.take()
    assert (3, {}) == (seen.asked, seen.failing)
