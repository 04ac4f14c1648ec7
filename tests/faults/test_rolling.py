"""One gateway after the other is replaced in the middle of a sale, and nobody notices but by coming back."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest
from anyio.to_thread import run_sync
from redis.asyncio import Redis

from tests.faults.conftest import running
from tests.faults.redis_server import RedisServer
from tests.faults.sale import FIRST, sale_at
from tests.faults.site import Site

pytestmark = pytest.mark.anyio
SECRET = 'secret = "of both gateways"'
RULES = "waitroom:1:{drop}:rules"


@pytest.fixture
def pair(tmp_path: Path, shop: str, redis_server: RedisServer) -> Iterator[tuple[Site, Site]]:
    """Two gateways on one Redis."""
    one, two = (tmp_path / name for name in ("one", "two"))
    for folder in (one, two):
        folder.mkdir()
    with (
        running(Site(one, shop, redis_url=redis_server.url, more=SECRET)) as first,
        running(Site(two, shop, redis_url=redis_server.url, more=SECRET)) as second,
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
        await sale.end(cuts=8 * FIRST)
