"""A room in which nobody stands costs next to nothing, and misses nothing."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace

import pytest

from tests.line.bench import RULES, STILL, Bench
from waitroom.line.desk import Spot
from waitroom.line.hands import Handing
from waitroom.line.memory import Memory
from waitroom.line.resting import Resting
from waitroom.line.room import STILL_VIEW_SECONDS, VIEW_SECONDS, Room
from waitroom.line.rules import Mode
from waitroom.line.store import LineStore

pytestmark = pytest.mark.anyio

LANES = ("general", "members")
TICKS = 10
Act = Callable[[dict[str, LineStore]], Awaitable[object]]


async def calls_of(bench: Bench, room: Room) -> int:
    """Script calls of so many ticks that follow at once."""
    await bench.ask("CONFIG", "RESETSTAT")
    for _ in range(TICKS):
        await room._tick()
    return int((await bench.redis.info("commandstats"))["cmdstat_evalsha"]["calls"])


async def still_room(bench: Bench, **changes: object) -> tuple[Room, dict[str, LineStore]]:
    """A room that has looked at its empty line, and the stores of another worker."""
    room = Room("room", bench.redis, replace(RULES, **changes), lanes=LANES)  # type: ignore[arg-type]
    await room.start()
    await room._tick()
    memory = Memory(LANES)
    return room, {lane: LineStore(bench.redis, "room", lane, memory) for lane in LANES}


def let_pass(room: Room, seconds: float) -> None:
    """As if the worker had looked at the bits, and told who was there, so much earlier."""
    room._viewed -= seconds


async def looks(room: Room) -> bool:
    """Whether the next tick looks at the bits."""
    before = room._viewed
    await room._tick()
    return room._viewed != before


async def test_one_call_a_tick(bench: Bench) -> None:
    """However long nobody has looked at the bits: they are looked at again once in five seconds."""
    room, _ = await still_room(bench)
    let_pass(room, STILL_VIEW_SECONDS - VIEW_SECONDS)
    assert TICKS == await calls_of(bench, room)

    let_pass(room, STILL_VIEW_SECONDS)
    assert TICKS + len(LANES) == await calls_of(bench, room)


async def join(stores: dict[str, LineStore]) -> None:
    """Somebody joins a lane."""
    await stores["members"].join(1)


async def finish(stores: dict[str, LineStore]) -> None:
    """The shop ends a visit."""
    await stores["general"].finish("1:general:1")


@pytest.mark.parametrize("act", [join, finish])
async def test_what_another_worker_does_is_seen(bench: Bench, act: Act) -> None:
    """With the next tick, where a second has gone by since the last look, in whatever lane it was."""
    room, stores = await still_room(bench, rate=STILL)
    let_pass(room, VIEW_SECONDS)
    assert not await looks(room)
    await act(stores)

    assert await looks(room)
    heads = {lane: (await store.advance()).issued for lane, store in stores.items()}
    assert heads == {name: lane.head.issued for name, lane in room.lanes.items()}
    assert (act is finish) == room.visits.has_ended("1:general:1")


async def with_one_away(bench: Bench) -> tuple[Room, dict[str, LineStore]]:
    """A still room in which the first of the members was called while away, and may come in."""
    room, stores = await still_room(bench, rate=STILL)
    await stores["members"].join(1)
    for slot in range(4):
        await bench.ask("DEL", f"waitroom:1:{{room}}:lane:members:seen:{slot}")
    await bench.allow(1)
    await stores["general"].advance()
    await bench.allow(0)
    # its outflow was measured for long, and how far it was called is noted: nothing of the lane changes by itself
    await bench.ask("HSET", "waitroom:1:{room}:lane:members", "flow_weight", 1)
    for _ in range(2):
        await bench.jump(1000)
        await stores["general"].advance()
    let_pass(room, VIEW_SECONDS)
    await room._tick()
    assert room.is_still
    let_pass(room, VIEW_SECONDS)
    return room, stores


async def test_who_comes_back_late_is_seen(bench: Bench) -> None:
    """Whoever was away when called, and shows the ticket to another worker, is counted here as waiting."""
    room, stores = await with_one_away(bench)
    await stores["members"].claim(1)

    assert await looks(room)
    assert 1 == room.lanes["members"].head.late
    assert not room.is_still


async def test_a_place_that_is_handed_over_is_heard_of(bench: Bench) -> None:
    """The ticket that was there before is worth nothing within a second, in all workers."""
    room, stores = await with_one_away(bench)
    assert Handing.DONE is await stores["members"].hand_over(1, 1, 0)

    assert await looks(room)
    assert 1 == room.hands.newest(Spot("members", 1))


async def test_who_lets_others_pass_is_seen(bench: Bench) -> None:
    """And looked at for as long as that lasts: it ends by itself."""
    room, stores = await with_one_away(bench)
    assert Resting.DONE is await stores["members"].rest(1, 1, 60_000)

    assert await looks(room)
    assert frozenset({Spot("members", 1)}) == room.resting
    assert not room.is_still


async def test_who_stands_is_looked_at(bench: Bench) -> None:
    """Behind a shut door nobody is called, and somebody who was away may come back: the bits tell."""
    room, stores = await still_room(bench, mode=Mode.PAUSE)
    await stores["general"].join(1)
    let_pass(room, VIEW_SECONDS)
    await room._tick()
    assert not room.is_still
    let_pass(room, VIEW_SECONDS)

    assert await looks(room)


async def test_whom_the_desk_helps_is_seen(bench: Bench) -> None:
    """It looks as soon as it is told, however lately it did."""
    room, stores = await still_room(bench, rate=STILL)
    await stores["general"].join(1)
    await stores["general"].leave(1)
    await stores["general"].reinstate(1, who="desk", why="test")

    assert await looks(room)
    assert room.is_helped("general", 1)
    assert Spot("general", 1) in room.helped.spots


async def test_what_is_set_is_known_within_a_second(bench: Bench) -> None:
    """A still room takes no longer than a busy one to hear what another worker has set."""
    room, stores = await still_room(bench)
    known = asyncio.Event()
    room.on_change(lambda: known.set() if room.rules.rate == 77 else None)
    await stores["general"].configure({"rate": "77"}, source="live", who="test")
    keeping = asyncio.create_task(room.run())
    await asyncio.wait_for(known.wait(), 30)
    room.stop()
    keeping.cancel()
    assert room.idle_tick_seconds < 1
