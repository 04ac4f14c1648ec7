"""Several gateways on several hosts: one line, one rate, whatever their clocks say, and whoever is cut off."""

from __future__ import annotations

import asyncio
import json
import time

import pytest

from tests.faults.crowd import Visitor, eventually
from tests.faults.sale import sale_at
from tests.faults.wire import CALL, ask
from tests.hosts.conftest import Record, World, well

pytestmark = pytest.mark.anyio
CUT_SECONDS = 4.0
KNOWN_SECONDS = 1.0


async def test_one_line_and_one_rate(world: World) -> None:
    """Visitors come to both, whose clocks are 18 minutes apart: numbers go through both in order, and both together let
    in no more than the rate. A ticket and a pass of one count at the other."""
    async with sale_at(*world.sites) as sale:
        await asyncio.sleep(1)
        await sale.end()
        visitor = sale.crowd.everyone[-1]
        for site in world.sites:
            assert 200 == (await ask(site.where, "/health", cookie=visitor.cookie)).status
        places = {
            where: [v for v in sale.crowd.everyone if v.port == where]
            for where in (s.where for s in world.sites)
        }
        assert all(len(of) > 3 for of in places.values())


async def test_settings_are_known_everywhere_at_once(world: World, record_property: Record) -> None:
    """A change is known to all workers of both hosts within a second: the best of three, on a busy machine."""
    took = []
    for rate in (77, 78, 0):
        await world.sites[0].turn(rate)
        since = time.monotonic()
        await eventually(
            lambda: all(site.all_know(rate) for site in world.sites),  # noqa: B023
            lambda: "a gateway does not know",
        )
        took.append(time.monotonic() - since)
        record_property("known_everywhere_seconds", round(took[-1], 2))
    assert min(took) <= KNOWN_SECONDS


async def test_a_gateway_is_cut_off_from_redis(world: World, record_property: Record) -> None:
    """Its visitors are held, and keep their places; those at the other gateway go on, and the rate is kept."""
    (cut, _), (site, other) = world.hosts, world.sites
    async with sale_at(other, site) as sale:
        cut.loses(world.redis_host)
        world.redis_host.loses(cut)
        await asyncio.sleep(CUT_SECONDS)
        there = Visitor(other.where, streams=False)
        await there.knock()
        assert there.tickets
        answer = await ask(site.where, "/health", accept=CALL)
        assert ("unavailable", {}) == (json.loads(answer.body)["notice"], answer.cookies())
        sale.crowd.begins(there)
        cut.finds(world.redis_host)
        world.redis_host.finds(cut)
        await well(sale, record_property)
        await sale.end()


async def test_gateways_see_each_other_not(world: World) -> None:
    """They need not: all that they share is in Redis."""
    one, two = world.hosts
    async with sale_at(*world.sites) as sale:
        one.loses(two)
        two.loses(one)
        await asyncio.sleep(1)
        await sale.end()
    one.finds(two)
    two.finds(one)


async def test_the_shop_vanishes_with_its_connections_open(world: World, record_property: Record) -> None:
    """Half-open: nothing that is sent to it is answered, nothing refused. Those inside are told so in time; visits
    and places are as they were when it is back."""
    async with sale_at(*world.sites) as sale:
        world.shop_host.loses(*world.hosts)
        await asyncio.sleep(CUT_SECONDS)
        world.shop_host.finds(*world.hosts)
        await well(sale, record_property)
        await sale.end(failures=frozenset({502, 504}))
        assert 504 in sale.answers
