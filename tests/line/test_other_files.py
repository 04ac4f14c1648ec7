"""Gateways whose files name other lanes run one room: whatever is done to it is done to all its lanes."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.line.bench import GRANTED, LANE, ROOM, RULES, STILL, Bench
from waitroom.line.keys import lane_keys
from waitroom.line.memory import Memory
from waitroom.line.plan import Plan, Step, StepKind
from waitroom.line.room import Room
from waitroom.line.rules import Mode
from waitroom.line.seeds import Seeds
from waitroom.line.store import LineStore
from waitroom.line.ticket import Outcome

pytestmark = pytest.mark.anyio

LANES = ("general", "members")
MEMBERS_KEYS = lane_keys("room", "members")
MEMBERS, MEMBERS_LAPSED = MEMBERS_KEYS[0], MEMBERS_KEYS[8]
SEEDS = Seeds(("a secret of the test",))
FAR = 4_000_000_000_000


def newer(bench: Bench, lane: str = "members") -> LineStore:
    """A worker whose file has the lane of members; that of the bench has an older one."""
    return LineStore(bench.redis, "room", lane, Memory(LANES))


async def test_a_gateway_is_told_of_lanes_that_it_does_not_know(bench: Bench) -> None:
    """By its next call, whatever that is; its own lanes come first."""
    await bench.open(rate=STILL)
    known = [bench.store.memory.all_lanes]
    await newer(bench).join(1)
    await bench.store.join(1)
    known.append(bench.store.memory.all_lanes)
    assert [("general",), LANES] == known


async def test_an_opening_draws_the_lanes_of_every_gateway(bench: Bench) -> None:
    """Also where one with an older file opens the door."""
    await bench.open(rate=STILL)
    begin = Step(1, StepKind.BEGIN, "sale", opens_ms=FAR, commitment=SEEDS.commit("room", "sale"))
    plan = Plan((begin, Step(FAR, StepKind.OPEN, "sale")))
    await bench.store.plan(plan.to_redis(), name="1", source="live", who="test")
    members = newer(bench)
    await members.join(7)
    await bench.store.join(3)
    now = Plan((Step(1, StepKind.OPEN, "sale"),))
    await bench.store.plan(now.to_redis(), name="2", source="live", who="test")

    assert (1, 3) == (await bench.store.advance())[18:20]
    assert (1, 7) == (await members.advance())[18:20]


async def test_a_lane_that_was_removed_comes_back_empty(bench: Bench) -> None:
    """Where the line was begun anew meanwhile, by a gateway that does not have it: no ghost of before is in it."""
    await bench.open(rate=STILL)
    old = newer(bench)
    await old.join(9)
    await bench.allow(3)
    await old.advance()
    epoch = (await bench.store.reset(who="test", why="again")).epoch
    assert {} == await bench.ask("HGETALL", MEMBERS)
    back = newer(bench)
    joined = await back.join(1)
    view = await back.view(0)

    assert (1, 1, 0) == (joined.first, joined.head.issued, joined.head.called)
    assert (epoch, 1) == (joined.head.epoch, sum(bits.count(b"\x40") for bits in view.seen))
    assert (epoch, 0) == (joined.head.epoch, joined.head.granted)


async def test_a_lane_of_another_life_counts_as_empty(bench: Bench) -> None:
    """What a lane holds is of one epoch: of another than the room's it is nobody's."""
    await bench.open(rate=STILL)
    members = newer(bench)
    await members.join(5)
    await bench.ask("HINCRBY", MEMBERS, "epoch", -1)
    head = await newer(bench).advance()
    assert (0, 0) == (head.issued, head.called)
    assert [] == await bench.ask("KEYS", f"{MEMBERS}:*")


async def test_a_lane_that_a_reset_forgot_is_known_no_more(bench: Bench) -> None:
    """The gateway with the older file has only its own lanes then, until one with that lane comes again."""
    await bench.open(rate=STILL)
    members = newer(bench)
    await members.join(2)
    await bench.store.advance()
    await bench.store.reset(who="test", why="again")
    await bench.store.advance()
    assert b"general" == await bench.ask("HGET", ROOM, "lanes")
    known = [bench.store.memory.all_lanes]
    await members.join(1)
    await bench.store.advance()
    known.append(bench.store.memory.all_lanes)
    assert [("general",), LANES] == known


async def test_what_lapses_lapses_in_every_lane(bench: Bench) -> None:
    """A gateway with an older file notes it too: whoever lets two places go has missed the turn."""
    await bench.open(rate=STILL, entry_ms=1000)
    members = newer(bench)
    await members.join(1)
    await bench.allow(1)
    await members.advance()
    assert [b"members:1"] == await bench.ask("ZRANGE", GRANTED, 0, -1)
    await bench.wait(2000)
    assert [] == await bench.ask("ZRANGE", GRANTED, 0, -1)
    assert b"\x40" == await bench.ask("GET", MEMBERS_LAPSED)


async def test_presence_passes_in_every_lane(bench: Bench) -> None:
    """Whoever has gone is absent after the same time, whichever gateway lets it pass."""
    await bench.open(rate=STILL)
    members = newer(bench)
    await members.join(2)
    await bench.wait(9000)
    assert {b""} == set((await members.view(0)).seen)


async def test_a_restarted_redis_leaves_a_gap_in_every_lane(bench: Bench) -> None:
    """Also where a gateway with an older file is the first that notices: no number is given twice."""
    await bench.open(rate=STILL)
    members = newer(bench)
    await members.join(2)
    await bench.ask("HSET", ROOM, "server", "another")
    await bench.store.advance()
    assert (await members.join(1)).first > 10_000


async def test_a_lane_of_others_comes_back_from_the_memory_of_any_gateway(bench: Bench) -> None:
    """What Redis lost is told by a worker whose own file does not have that lane."""
    await bench.open(rate=STILL)
    await newer(bench).join(4)
    room = Room("room", bench.redis, RULES)
    await room.start()
    await room._tick()
    assert LANES == tuple(room.lanes)
    epoch = room.lanes["members"].head.epoch
    await bench.redis.flushall()
    await room._tick()
    joined = await newer(bench).join(1)
    assert epoch == joined.head.epoch
    assert joined.first > 4


async def test_who_stands_in_a_lane_that_was_removed_keeps_the_place(bench: Bench) -> None:
    """A restart with a file that has it no more calls it as before, with the weight that it had."""
    weighed = replace(RULES, rate=STILL, weights="general:1 members:3")
    before = Room("room", bench.redis, weighed, lanes=LANES)
    await before.start()
    for lane in LANES:
        for _ in range(8):
            await before.join(lane)
    await before.flush()
    after = Room("room", bench.redis, replace(RULES, rate=STILL))
    await after.start()
    await bench.allow(4)
    await after._tick()

    assert LANES == tuple(after.lanes)
    assert (1.0, 3.0) == tuple(after.rules.weight_of(lane) for lane in LANES)
    assert [1, 3] == [after.lanes[lane].head.called for lane in LANES]
    assert Outcome.ADMITTED is await after.claim("members", 3)
    assert 12 == after.waiting


async def test_a_removed_lane_that_never_moved_does_not_begin_to(bench: Bench) -> None:
    """Suspects are not let in because their lane was taken out of the file."""
    lanes = ("general", "suspects")
    weighed = replace(RULES, rate=STILL, mode=Mode.QUEUE, weights="general:1 suspects:0")
    await Room("room", bench.redis, weighed, lanes=lanes).start()
    await LineStore(bench.redis, "room", "suspects", Memory(lanes)).join(3)
    after = Room("room", bench.redis, replace(weighed, weights=""))
    await after.start()
    await bench.allow(2)
    await after._tick()
    await after._tick()
    assert (0.0, 0) == (after.rules.weight_of("suspects"), after.lanes["suspects"].head.called)


async def test_gateways_take_the_lanes_in_one_order(bench: Bench) -> None:
    """Whose turn it is among the lanes is the same for all, however their files order them."""
    lanes = ("general", "a", "b")
    await bench.open(rate=STILL, weights="general:1 a:1 b:1")
    first = LineStore(bench.redis, "room", "a", Memory(lanes))
    other = LineStore(bench.redis, "room", "b", Memory(("general", "b", "a")))
    for store in (first, other, bench.store):
        await store.join(6)
    called = []
    for store in (first, other, bench.store, other, first, bench.store):
        await bench.allow(1)
        await store.advance()
        called.append([(await of.advance()).called for of in (bench.store, first, other)])
    assert [2, 2, 2] == called[-1]
    assert all(max(of) - min(of) <= 1 for of in called)


async def test_one_lane_needs_nothing_told(bench: Bench) -> None:
    """A room without lanes is as it was: its hash names the one."""
    await bench.open(rate=STILL)
    await bench.store.join(1)
    assert b"general" == await bench.ask("HGET", ROOM, "lanes")
    assert (await bench.store.advance()).epoch == int(await bench.ask("HGET", LANE, "epoch"))
