"""The gateway itself fails in the middle of a sale, or what it was told is nonsense."""

from __future__ import annotations

import asyncio
import os
import resource
import signal
import socket
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from anyio.to_thread import run_sync

from tests.faults.both import Both, both_running
from tests.faults.crowd import eventually
from tests.faults.sale import FIRST, RATE, sale_at
from tests.faults.site import until

pytestmark = pytest.mark.anyio
Record = Callable[[str, object], None]
OLD, NEW = "the old secret of the shop", "the new secret of the shop"
MANY_CUTS = 1000
"""While nobody listens, those inside are not served either."""
RULES = "waitroom:1:{drop}:rules"


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory, shop: str) -> Iterator[Both]:
    """One of each, for all tests."""
    with both_running(tmp_path_factory.mktemp("sale"), shop, more=f'secret = "{OLD}"') as running:
        yield running


def highest_file(pid: int) -> int:
    """The highest descriptor that a process has open."""
    return max(int(each.name) for each in Path(f"/proc/{pid}/fd").iterdir())


async def test_a_worker_is_killed(both: Both, record_property: Record) -> None:
    """As by an operator, or by the kernel for want of memory: the other one serves on, and another takes its place."""
    async with sale_at(both.site) as sale:
        killed = both.site.workers()[0]
        os.kill(killed, signal.SIGKILL)
        sale.is_mended()
        record_property("well_again_seconds", round(await sale.well_again(), 2))
        await sale.end(cuts=2 * FIRST)
    await eventually(lambda: len(set(both.site.workers()) - {killed}) == 2, lambda: "there is no new worker")


async def test_the_gateway_is_killed_and_the_secret_rotated(both: Both, record_property: Record) -> None:
    """It comes back with a new secret before the old one: tickets and passes of both count, in one line."""
    async with sale_at(both.site) as sale:
        await run_sync(both.site.kill)
        both.site.rewrite(f'secret = "{OLD}"', f'secret = ["{NEW}", "{OLD}"]')
        await run_sync(both.site.start)
        sale.is_mended()
        record_property("well_again_seconds", round(await sale.well_again(), 2))
        await sale.end(cuts=MANY_CUTS)


async def test_no_file_can_be_opened(both: Both, record_property: Record) -> None:
    """With all its descriptors taken a worker accepts nobody new, drops nobody, and goes on when some are free."""
    async with sale_at(both.site) as sale:
        limits = {pid: resource.prlimit(pid, resource.RLIMIT_NOFILE) for pid in both.site.workers()}
        for pid, (_, hard) in limits.items():
            resource.prlimit(pid, resource.RLIMIT_NOFILE, (highest_file(pid) + 2, hard))
        idle = [socket.create_connection(("127.0.0.1", both.site.port)) for _ in range(60)]
        await asyncio.sleep(1.5)
        for connection in idle:
            connection.close()
        for pid, limit in limits.items():
            resource.prlimit(pid, resource.RLIMIT_NOFILE, limit)
        sale.is_mended()
        record_property("well_again_seconds", round(await sale.well_again(), 2))
        # of those who were accepted, some find that no connection to the shop can be opened
        await sale.end(cuts=MANY_CUTS, failures=frozenset({502}))
    assert set(limits) == set(both.site.workers()), "a worker died of it"


async def test_settings_are_nonsense(both: Both) -> None:
    """Somebody writes nonsense into Redis by hand: what was set before counts, and is set anew within a second; the log
    says what was wrong. Nobody is let in by nonsense meanwhile."""
    nonsense = {
        "rate": "fast", "mode": "wild", "presence_ms": "soon", "keep_ms": "-5", "capacity": "1.5",
        "guard": "?", "weights": "general:much", "version": "new",
    }  # fmt: skip
    async with sale_at(both.site) as sale:
        await run_sync(until, lambda: both.site.all_know(RATE), "the rate is not known")
        for field, text in nonsense.items():
            before = both.redis.do("HGET", RULES, field)
            both.redis.do("HSET", RULES, field, text)
            if field != "version":
                both.redis.do("HINCRBY", RULES, "version", "1")
            await eventually(
                lambda: f"{field} in Redis is no setting" in both.site.said() or field == "version",  # noqa: B023
                both.site.said,
            )
            await eventually(lambda: both.redis.do("HGET", RULES, field) != text.encode(), both.site.said)  # noqa: B023
            assert field == "version" or before == both.redis.do("HGET", RULES, field)
        await sale.end()


async def test_nonsense_that_nobody_was_told_of(both: Both) -> None:
    """Without another version of the settings, too: a rate that is no number, or endless, lets nobody in."""
    async with sale_at(both.site) as sale:
        await run_sync(until, lambda: both.site.all_know(RATE), "the rate is not known")
        for text in ("fast", "inf", "nan", "-1"):
            both.redis.do("HSET", RULES, "rate", text)
            await eventually(lambda: both.redis.do("HGET", RULES, "rate") == b"600", both.site.said)
        await sale.end()
