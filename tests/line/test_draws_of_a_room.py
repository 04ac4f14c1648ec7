"""What a room publishes of its draws: from the plan to the record, in a real Redis."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

import pytest
from redis.asyncio import Redis

from waitroom.line.draw import FIRST_DIGEST, PublishedDraws
from waitroom.line.draws import draws_of
from waitroom.line.plan import Plan, Step, StepKind
from waitroom.line.room import Room
from waitroom.line.rules import Mode, Rules
from waitroom.line.seeds import Seeds

pytestmark = pytest.mark.anyio
LANES = ("general", "members")
SEEDS = Seeds(["the secret of the shop"])


async def until(condition: Callable[[], bool]) -> None:
    """Waits until a condition holds."""
    deadline = time.monotonic() + 15
    while not condition():
        assert time.monotonic() < deadline, "this never came true"
        await asyncio.sleep(0.02)


def plan(begin_ms: int, open_ms: int, event: str = "sale") -> Plan:
    """An event with a draw."""
    commitment = SEEDS.commit("drop", event)
    begin = Step(begin_ms, StepKind.BEGIN, event, opens_ms=open_ms, commitment=commitment)
    return Plan((begin, Step(open_ms, StepKind.OPEN, event)))


def room_of(redis: Redis, of: Plan, seeds: Seeds = SEEDS) -> Room:
    """A room in which nobody enters."""
    return Room("drop", redis, Rules(mode=Mode.PAUSE), lanes=LANES, plan=of, seeds=seeds)


async def test_a_room_without_a_schedule_has_no_draw(redis: Redis) -> None:
    """There is nothing to publish."""
    room = room_of(redis, Plan())
    await room.start()
    assert not draws_of(room)


async def test_a_draw_is_announced_when_it_is_planned(redis: Redis) -> None:
    """Its commitment can be noted long before anybody joins."""
    now = int(time.time() * 1000)
    room = room_of(redis, plan(now + 3_600_000, now + 7_200_000))
    await room.start()
    draws = draws_of(room)
    assert LANES == draws.lanes
    assert () == draws.held
    assert {(SEEDS.commit("drop", "sale"), now + 7_200_000, FIRST_DIGEST, 0)} == {
        (draw.commitment, draw.opens_at, draw.digest, draw.issued) for draw in draws.announced
    }


async def test_the_record_is_that_of_the_line(redis: Redis) -> None:
    """After the opening the published order is the one in which the room calls, lane by lane."""
    now = int(time.time() * 1000)
    room = room_of(redis, plan(now - 1_000, now + 1_500))
    await room.start()
    keeper = asyncio.create_task(room.run())
    try:
        await until(lambda: bool(room.event.commitment))
        announced = draws_of(room).announced
        assert SEEDS.commit("drop", "sale") == announced[0].commitment
        assert now + 1_500 == announced[0].opens_at
        places = [await room.join(lane) for lane in (*LANES, "general", "general")]
        await until(lambda: bool(draws_of(room).held))
    finally:
        room.stop()
        keeper.cancel()
        await asyncio.wait([keeper])
    assert 4 == len(places)
    published = PublishedDraws.parse(draws_of(room).to_json())
    assert [] == published.verify(announced[0].commitment)
    assert [("general", 3), ("members", 1)] == [(record.lane, record.count) for record in published.held]
    assert FIRST_DIGEST not in {record.digest for record in published.held}
    for record in published.held:
        snapshot = room.lanes[record.lane].snapshot
        for number in range(1, record.count + 3):
            assert snapshot.turn_of(number) == record.draw.turn_of(number)


async def test_a_promise_that_was_not_kept_is_told(redis: Redis) -> None:
    """Where the secret was lost before the opening, the record itself says that the seed is another."""
    now = int(time.time() * 1000)
    room = room_of(redis, plan(now - 1_000, now + 500), Seeds(["another secret"]))
    await room.start()
    await room.join()
    keeper = asyncio.create_task(room.run())
    try:
        await until(lambda: bool(draws_of(room).held))
    finally:
        room.stop()
        keeper.cancel()
        await asyncio.wait([keeper])
    assert {"commitment"} == {finding.check for finding in draws_of(room).verify()}
