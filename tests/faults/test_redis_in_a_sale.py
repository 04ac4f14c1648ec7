"""Redis fails in the middle of a sale: those inside go on, the line stands, and then it goes on as if nothing had been."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from anyio.to_thread import run_sync

from tests.faults.conftest import running
from tests.faults.redis_server import RedisServer
from tests.faults.sale import sale_at
from tests.faults.site import Site

pytestmark = pytest.mark.anyio
Record = Callable[[str, object], None]


@dataclass(frozen=True, slots=True)
class Both:
    """A gateway and the Redis that is somebody else's, for all sales of this file."""

    site: Site
    redis: RedisServer


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory, shop: str) -> Iterator[Both]:
    """They run through all tests: what fails in one is well again before the next."""
    folder = tmp_path_factory.mktemp("sale")
    with _running_redis(folder) as redis, running(Site(folder, shop, redis_url=redis.url)) as site:
        yield Both(site, redis)


@contextmanager
def _running_redis(folder: Path) -> Iterator[RedisServer]:
    server = RedisServer(folder / "redis")
    server.start()
    try:
        yield server
    finally:
        server.kill()


async def through(
    both: Both,
    strike: Callable[[RedisServer], object],
    mend: Callable[[RedisServer], object],
    record: Record,
    *,
    seconds: float = 2.5,
    has_record: bool = True,
) -> None:
    """A sale in which Redis fails for so long, and is mended; returned when newcomers are given places again."""
    async with sale_at(both.site) as sale:
        await asyncio.sleep(0.5)
        await run_sync(strike, both.redis)
        await asyncio.sleep(seconds)
        await run_sync(mend, both.redis)
        sale.is_mended()
        record("well_again_seconds", round(await sale.well_again(), 2))
        await sale.end(has_record=has_record)


async def test_killed(both: Both, record_property: Record) -> None:
    """Killed, and started some seconds later: it has its append-only file."""
    await through(both, RedisServer.kill, RedisServer.start, record_property)


async def test_restarted(both: Both, record_property: Record) -> None:
    """Killed and started at once."""
    await through(both, RedisServer.restart, _nothing, record_property, seconds=0.1)


async def test_frozen(both: Both, record_property: Record) -> None:
    """It takes commands and answers none, for longer than the gateway waits for an answer."""
    await through(both, RedisServer.freeze, RedisServer.thaw, record_property, seconds=2.6)


@pytest.mark.parametrize(
    ("strike", "mend", "reason"),
    [
        (RedisServer.fill_memory, RedisServer.free_memory, "Redis refuses: "),
        (RedisServer.only_read, RedisServer.write_again, "is no master any more"),
        (RedisServer.fill_disk, RedisServer.free_disk, "Redis refuses: MISCONF"),
    ],
    ids=["out of memory", "read-only", "disk full"],
)
async def test_refuses_to_write(
    both: Both,
    record_property: Record,
    strike: Callable[[RedisServer], None],
    mend: Callable[[RedisServer], None],
    reason: str,
) -> None:
    """It answers, and writes nothing: the log has its own word for why."""
    await through(both, strike, mend, record_property)
    assert reason in both.site.said()


async def test_its_last_second_is_lost(both: Both, record_property: Record) -> None:
    """It comes back without what it was told last: nobody who was given a number then shares it with somebody."""
    both.redis.remember()
    await through(both, RedisServer.lose_since, _nothing, record_property, seconds=0.1, has_record=False)


async def test_wiped_empty(both: Both, record_property: Record) -> None:
    """It has nothing any more: workers and tickets bring the line back, in the old order."""
    await through(both, RedisServer.wipe, _nothing, record_property, seconds=0.1, has_record=False)


def _nothing(_: RedisServer) -> None:
    """It mends itself."""
