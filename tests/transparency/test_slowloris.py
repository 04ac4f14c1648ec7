"""Hundreds who send as slowly as they can hold up nobody, and are gone when their time is over."""

from __future__ import annotations

import asyncio
import time
from contextlib import AsyncExitStack

import pytest

from tests.transparency.shop import Call, Premises, said
from tests.transparency.site import Site, request, until
from tests.transparency.visitor import Visitor

pytestmark = pytest.mark.anyio

HEADS, BODIES = 500, 200
PATIENCE_SECONDS = 10.0
"""For an ordinary request, on a busy machine."""

RESET = 0
"""A drip met the end of the connection: what had come before cannot be read from the stream any more."""


async def test_ordinary_visitors_are_served_meanwhile(strict: Site, premises: Premises) -> None:
    """500 connections that drip heads and 200 that drip bodies end with 408; ordinary requests take no longer."""

    async def answer(call: Call) -> None:
        if call.target == b"/drip":
            await call.gone()
        else:
            await call.say(said(b"page"))

    async with premises.open(answer) as shop, AsyncExitStack() as stack:
        slow = [await stack.enter_async_context(strict.visitor()) for _ in range(HEADS + BODIES)]
        for visitor in slow[:HEADS]:
            visitor.writer.write(b"GET / HTTP/1.1\r\nHost: shop.example\r\nX: ")
        for visitor in slow[HEADS:]:
            visitor.writer.write(request(b"POST /drip", b"Content-Length: 9000"))
        dripping = set(slow)
        drops = asyncio.create_task(_drip(dripping))
        told = [asyncio.create_task(_told(visitor, dripping)) for visitor in slow]
        await until(lambda: len(shop.calls) >= BODIES)
        took = await _ordinary(strict, seconds=4.0)
        assert max(took) < PATIENCE_SECONDS
        assert len(took) > 4
        async with asyncio.timeout(60):
            statuses = await asyncio.gather(*told)
        assert {408} == set(statuses) - {RESET}
        assert statuses.count(RESET) < len(statuses) // 2
        drops.cancel()
        await until(lambda: shop.open <= 1)  # that of the ordinary visitor


async def _ordinary(site: Site, *, seconds: float) -> list[float]:
    """Requests one after the other for so long, old connection and new in turn: how long each takes in seconds."""
    took = []
    end = time.monotonic() + seconds
    async with site.visitor() as kept:
        while time.monotonic() < end:
            async with site.visitor() as fresh:
                for visitor in (kept, fresh):
                    begun = time.monotonic()
                    await visitor.say(request(b"GET /page"))
                    assert b"page" == (await visitor.answer()).body
                    took.append(time.monotonic() - begun)
            await asyncio.sleep(0.05)
    return took


async def _drip(visitors: set[Visitor]) -> None:
    while True:
        for visitor in visitors:
            visitor.writer.write(b"x")
        await asyncio.sleep(0.3)


async def _told(visitor: Visitor, dripping: set[Visitor]) -> int:
    """The status that one of the slow is told before the connection ends."""
    try:
        status = (await visitor.answer()).status
        dripping.discard(visitor)
        await visitor.ends()
    except ConnectionError:
        dripping.discard(visitor)
        return RESET
    return status
