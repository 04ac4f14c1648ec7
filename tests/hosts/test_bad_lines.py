"""Packets are lost and delayed between the hosts, while a sale goes on."""

from __future__ import annotations

import asyncio
from contextlib import AbstractContextManager

import pytest

from tests.faults.sale import sale_at
from tests.hosts.conftest import Record, World, well

pytestmark = pytest.mark.anyio
BAD_SECONDS = 6.0
LOST = 15
"""In a hundred packets, each way: one in four exchanges waits for a packet to be sent again."""


async def sale_on_a_bad_line(
    world: World, line: AbstractContextManager[None], record: Record, failures: frozenset[int] = frozenset()
) -> None:
    """While the line is bad and after it, nobody loses a place, and the rate is kept."""
    async with sale_at(*world.sites) as sale:
        with line:
            await asyncio.sleep(BAD_SECONDS)
        await well(sale, record)
        await sale.end(failures=failures)


async def test_packets_to_and_from_redis_are_lost(world: World, record_property: Record) -> None:
    """The line goes on, or is held for moments."""
    await sale_on_a_bad_line(world, world.redis_host.dropping(LOST), record_property)


async def test_packets_to_and_from_the_shop_are_lost(world: World, record_property: Record) -> None:
    """Those inside are served, later; who has to wait for longer than the limit is told so, and stays inside."""
    shop = world.shop_host.dropping(LOST)
    await sale_on_a_bad_line(world, shop, record_property, frozenset({502, 504}))


async def test_the_line_to_redis_is_slow(world: World, record_property: Record) -> None:
    """What Redis answers comes late, and some of it not at all: the same holds."""
    await sale_on_a_bad_line(world, world.redis_host.narrowed("48kbit"), record_property)
