"""Several rooms share one shop."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.line.bench import RULES, Bench
from waitroom.line.room import Room
from waitroom.shaping.common_rate import CommonRate

pytestmark = pytest.mark.anyio


async def started(bench: Bench, *names: str) -> list[Room]:
    """Rooms of that name, each at a rate that is more than their part."""
    rooms = [
        Room(
            name,
            bench.redis,
            replace(RULES, rate=6000.0, entry_ms=60_000, keep_ms=60_000, presence_ms=60_000),
        )
        for name in names
    ]
    for room in rooms:
        await room.start()
        await room._tick()
    return rooms


async def fill(room: Room, count: int) -> None:
    """So many wait in a room."""
    await room.general.store.join(count)
    await room._look()


async def test_rooms_in_which_many_wait_share_by_weight(bench: Bench) -> None:
    """And no part is set again while nothing changes."""
    rooms = await started(bench, "a", "b")
    for room in rooms:
        await fill(room, 2000)
    common = CommonRate(rooms, 900, {"a": 2.0, "b": 1.0})
    await common.set_parts()
    versions = [(await room.general.store.advance()).version for room in rooms]
    await common.set_parts()

    assert [600.0, 300.0] == [room.rules.admission_rate for room in rooms]
    assert versions == [(await room.general.store.advance()).version for room in rooms]


async def test_a_quiet_room_leaves_its_part(bench: Bench) -> None:
    """But for a little, so that its first visitor finds an open door."""
    rooms = await started(bench, "a", "b")
    await fill(rooms[0], 2000)
    await CommonRate(rooms, 900, {}).set_parts()

    assert [894.0, 6.0] == [room.rules.admission_rate for room in rooms]


async def test_together_they_admit_no_more_than_the_common_rate(bench: Bench) -> None:
    """Over ten seconds of Redis's time: 150 for 900 a minute."""
    rooms = await started(bench, "a", "b", "c")
    for room in rooms:
        await fill(room, 2000)
    await CommonRate(rooms, 900, {}).set_parts()
    before = [await room.general.store.advance() for room in rooms]
    for _ in range(20):
        for room in rooms:
            await bench.ask("HINCRBY", f"waitroom:1:{{{room.name}}}:room", "wall", -500)
            await room.general.store.advance()
    heads = [await room.general.store.advance() for room in rooms]
    pairs = list(zip(before, heads, strict=True))
    minutes = sum(after.clock - then.clock for then, after in pairs) / len(rooms) / 60_000
    admitted = sum(after.admitted - then.admitted for then, after in pairs)

    assert 900 * minutes == pytest.approx(admitted, abs=4)


async def test_rooms_that_share_nothing_any_more_have_their_own_rate_back(bench: Bench) -> None:
    """A common rate that was taken out of the file leaves nothing behind."""
    rooms = await started(bench, "a", "b")
    await CommonRate(rooms, 900, {}).set_parts()
    await CommonRate(rooms, 0, {}).run()

    assert [6000.0, 6000.0] == [room.rules.admission_rate for room in rooms]
