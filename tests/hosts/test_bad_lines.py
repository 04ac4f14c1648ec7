"""Packets are lost and delayed between the hosts, while a sale goes on."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from tests.faults.sale import sale_at
from tests.hosts.conftest import World

pytestmark = pytest.mark.anyio
Record = Callable[[str, object], None]
BAD_SECONDS = 6.0
LOST = 15
"""In a hundred packets, each way: one in four exchanges waits for a packet to be sent again."""


async def test_packets_to_and_from_redis_are_lost(world: World, record_property: Record) -> None:
    """The line goes on, or is held for moments; nobody loses a place, and the rate is kept."""
    async with sale_at(*world.sites) as sale:
        with world.redis_host.dropping(LOST):
            await asyncio.sleep(BAD_SECONDS)
        sale.is_mended()
        record_property("well_again_seconds", round(await sale.well_again(), 2))
        await sale.end()


async def test_packets_to_and_from_the_shop_are_lost(world: World, record_property: Record) -> None:
    """Those inside are served, later; who has to wait for longer than the limit is told so, and stays inside."""
    async with sale_at(*world.sites) as sale:
        with world.shop_host.dropping(LOST):
            await asyncio.sleep(BAD_SECONDS)
        sale.is_mended()
        record_property("well_again_seconds", round(await sale.well_again(), 2))
        await sale.end(failures=frozenset({502, 504}))


async def test_the_line_to_redis_is_slow(world: World, record_property: Record) -> None:
    """What Redis answers comes late, and some of it not at all: the same holds."""
    async with sale_at(*world.sites) as sale:
        with world.redis_host.narrowed("48kbit"):
            await asyncio.sleep(BAD_SECONDS)
        sale.is_mended()
        record_property("well_again_seconds", round(await sale.well_again(), 2))
        await sale.end()
