"""Redis fails in the middle of a sale: those inside go on, the line stands, and goes on when Redis does."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator

import pytest
from anyio.to_thread import run_sync

from tests.faults.both import Both, both_running
from tests.faults.redis_server import RedisServer
from tests.faults.sale import sale_at

pytestmark = pytest.mark.anyio
Record = Callable[[str, object], None]


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory, shop: str) -> Iterator[Both]:
    """One of each, for all tests."""
    with both_running(tmp_path_factory.mktemp("sale"), shop) as running:
        yield running


async def through(
    both: Both,
    strike: Callable[[RedisServer], object],
    mend: Callable[[RedisServer], object],
    record: Record,
    *,
    seconds: float = 2.5,
    has_record: bool = True,
    saved_seconds: float = 0.0,
) -> None:
    """A sale in which Redis fails for so long, and is mended; returned when newcomers are given places again."""
    async with sale_at(both.site) as sale:
        await run_sync(strike, both.redis)
        await asyncio.sleep(seconds)
        await run_sync(mend, both.redis)
        sale.is_mended()
        record("well_again_seconds", round(await sale.well_again(), 2))
        await sale.end(has_record=has_record, saved_seconds=saved_seconds)


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
    # its clock comes back older, and then goes on by two seconds at most
    await through(
        both,
        RedisServer.lose_since,
        _nothing,
        record_property,
        seconds=0.1,
        has_record=False,
        saved_seconds=2,
    )


async def test_wiped_empty(both: Both, record_property: Record) -> None:
    """It has nothing any more: workers and tickets bring the line back, in the old order."""
    await through(both, RedisServer.wipe, _nothing, record_property, seconds=0.1, has_record=False)


def _nothing(_: RedisServer) -> None:
    """It mends itself."""
