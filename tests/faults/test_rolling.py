"""One gateway after the other is replaced in the middle of a sale, and nobody notices but by coming back."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest
from anyio.to_thread import run_sync
from redis.asyncio import Redis

from tests.faults.conftest import running
from tests.faults.crowd import Visitor
from tests.faults.redis_server import RedisServer
from tests.faults.sale import FIRST, sale_at
from tests.faults.site import Site

pytestmark = pytest.mark.anyio
OLD, NEW = "the old secret of both", "the new secret of both"
ROUNDS = (f'["{OLD}", "{NEW}", "{OLD}"]', f'["{NEW}", "{OLD}"]')
"""As docs/upgrade.md has them."""
BEFORE = f'secret = "{OLD}"'
RULES = "waitroom:1:{drop}:rules"


@pytest.fixture
def pair(tmp_path: Path, shop: str, redis_server: RedisServer) -> Iterator[tuple[Site, Site]]:
    """Two gateways on one Redis."""
    one, two = (tmp_path / name for name in ("one", "two"))
    for folder in (one, two):
        folder.mkdir()
    with (
        running(Site(one, shop, redis_url=redis_server.url, more=BEFORE)) as first,
        running(Site(two, shop, redis_url=redis_server.url, more=BEFORE)) as second,
    ):
        yield first, second


async def test_gateways_are_replaced_one_after_the_other(
    pair: tuple[Site, Site], redis_server: RedisServer
) -> None:
    """Each is told to stop, ends its streams and what is under way, and comes back; the line is one all the time.
    What a
    later version keeps in Redis besides is passed over."""
    async with sale_at(*pair, balanced=True) as sale:
        later = Redis.from_url(redis_server.url)
        await later.hset(RULES, "of_a_later_version", "whatever")
        await later.aclose()
        for site in pair:
            await run_sync(site.stop)
            await run_sync(site.start)
        await asyncio.sleep(0.5)
        await sale.end(cuts=4 * FIRST)


async def test_the_secret_is_rotated_in_two_rounds(pair: tuple[Site, Site]) -> None:
    """First all gateways learn to believe the new secret, then all sign with it, one gateway at a time. Visitors whose
    requests go to the two in turn keep their places and their visits, also those who come in between."""
    await pair[0].turn(9000)
    inside = await come(pair)
    for visitor in inside:
        for _ in range(400):
            if (await visitor.knock()).status == 200:
                break
            await asyncio.sleep(0.1)
    await pair[0].turn(0)
    everyone = [*inside, *await come(pair)]
    for before, after in pairwise((BEFORE, *(f"secret = {secrets}" for secrets in ROUNDS))):
        for site in pair:
            await run_sync(site.stop)
            site.rewrite(before, after)
            await run_sync(site.start)
            everyone += await come(pair)
            for _ in range(4):
                for visitor in everyone:
                    visitor.goes_elsewhere()
                    await visitor.knock()
    assert [200] * len(inside) == [(await visitor.knock()).status for visitor in inside]
    tickets = [visitor.tickets for visitor in everyone]
    assert [1] * len(tickets) == [len(held) for held in tickets], "somebody was given another place"
    assert len(tickets) == len({held[0] for held in tickets}), "a number was given twice"


async def come(pair: tuple[Site, Site]) -> list[Visitor]:
    """Two newcomers at each gateway, who know of the other one."""
    newcomers = []
    for site, other in (pair, pair[::-1]) * 2:
        visitor = Visitor(site.where, streams=False)
        visitor.others = [other.where]
        await visitor.knock()
        newcomers.append(visitor)
    return newcomers
