"""Several lanes share the budget of one room."""

from __future__ import annotations

import pytest

from tests.line.bench import LOG, RULES, STILL, Bench
from waitroom.line.memory import Memory
from waitroom.line.room import Room
from waitroom.line.rules import Mode
from waitroom.line.store import LineStore
from waitroom.line.ticket import Outcome

pytestmark = pytest.mark.anyio

LANES = ("general", "members", "suspects")


def stores(bench: Bench) -> dict[str, LineStore]:
    """A worker's stores of all lanes; the bench's own is one of them."""
    memory = Memory(LANES)
    of = {lane: LineStore(bench.redis, "room", lane, memory) for lane in LANES}
    bench.store = of["general"]
    return of


async def test_each_lane_has_its_own_numbers(bench: Bench) -> None:
    """And its own line behind them; the room's budget, visits and clock are one."""
    of = stores(bench)
    await bench.open(rate=STILL, weights="members:3")
    general = await of["general"].join(5)
    members = await of["members"].join(3)
    await bench.allow(4)
    await of["general"].advance()
    heads = {lane: await store.advance() for lane, store in of.items()}

    assert (1, 1) == (general.first, members.first)
    assert {"general": 1, "members": 3, "suspects": 0} == {lane: head.called for lane, head in heads.items()}
    assert {4} == {head.granted for head in heads.values()}


async def test_lanes_are_called_by_their_weights(bench: Bench) -> None:
    """Over many small ticks the shares are those of the weights, to the admission."""
    of = stores(bench)
    await bench.open(rate=600.0, presence_ms=60_000, weights="general:1 members:3 suspects:0")
    for store in of.values():
        await store.join(400)
    for _ in range(40):
        await bench.jump(200)
        await of["general"].advance()
    called = {lane: (await store.advance()).called for lane, store in of.items()}

    assert called["suspects"] == 0
    assert pytest.approx(called["general"] * 3, abs=3) == called["members"]
    assert called["general"] >= 20


async def test_a_lane_takes_what_the_others_leave(bench: Bench) -> None:
    """With nobody in the members' lane the general one has it all."""
    of = stores(bench)
    await bench.open(rate=STILL, weights="general:1 members:9")
    await of["general"].join(30)
    await bench.allow(20)

    assert 20 == (await of["general"].advance()).called


async def test_a_door_that_is_open_lets_every_lane_in_at_once(bench: Bench) -> None:
    """In an idle room of mode auto nobody waits, in whichever lane; one of weight 0 does."""
    of = stores(bench)
    await bench.open(rate=STILL, mode=Mode.AUTO, burst_ms=60_000, weights="suspects:0")
    admitted = {}
    for lane, store in of.items():
        # at a rate that stands still the bucket holds one
        await bench.allow(1)
        admitted[lane] = (await store.join(1)).admitted

    assert {"general": 1, "members": 1, "suspects": 0} == admitted


async def test_the_same_number_in_two_lanes_is_two_places(bench: Bench) -> None:
    """Each is claimed, left and ended by itself."""
    of = stores(bench)
    await bench.open(rate=STILL)
    for lane in ("general", "members"):
        await of[lane].join(2)
    await bench.allow(4)
    await of["general"].advance()
    outcomes = [(await of[lane].claim(1))[0] for lane in ("general", "members")]
    left, _ = await of["members"].leave(2)
    head = await of["general"].finish(f"{(await of['general'].advance()).epoch}:general:1")

    assert [Outcome.ADMITTED, Outcome.ADMITTED] == outcomes
    assert Outcome.LEFT is left
    assert (1, 1) == (head.sessions, head.granted)


async def test_what_is_lost_of_all_lanes_comes_back_with_the_first_call(bench: Bench) -> None:
    """A worker tells an emptied Redis of every lane at once; no number is given twice in any."""
    of = stores(bench)
    before = await bench.open(rate=STILL)
    for lane in ("general", "members"):
        await of[lane].join(7)
    await bench.redis.flushall()
    members = await of["members"].join(1)
    general = await of["general"].join(1)

    assert before.epoch == members.head.epoch == general.head.epoch
    assert members.first > 7
    assert general.first > 7


async def test_newcomers_of_every_lane_stand_behind_a_line_that_comes_back(bench: Bench) -> None:
    """One member's ticket brings a lost life back: those who joined since keep places, behind the old ones."""
    await bench.open(rate=STILL)
    of = stores(bench)
    for lane in ("general", "members"):
        await of[lane].join(4)
    old = bench.worker().memory.of_ticket(1_000_000, "members", 50, 0)
    old.lanes = LANES
    head = await LineStore(bench.redis, "room", "members", Memory(LANES)).restore(old)
    heads = {lane: await store.view(0) for lane, store in of.items()}

    assert 1_000_000 == head.epoch
    for lane in ("general", "members"):
        view = heads[lane].head
        assert view.alias
        assert view.offset + 4 == view.issued
        assert view.offset >= 50


async def test_a_ticket_that_brings_a_life_back_tells_nothing_of_the_other_lanes(bench: Bench) -> None:
    """Numbers of an empty lane may have been given out in the life that was lost: newcomers get others."""
    of = stores(bench)
    await bench.open(rate=STILL)
    old = bench.worker().memory.of_ticket(1_000_000, "members", 50, 0)
    old.lanes = LANES
    await LineStore(bench.redis, "room", "members", Memory(LANES)).restore(old)

    assert (await of["general"].join(1)).first > 10_000


async def test_a_reset_ends_all_lanes(bench: Bench) -> None:
    """Every ticket is of an earlier life then."""
    of = stores(bench)
    await bench.open(rate=STILL)
    for lane in ("general", "members"):
        await of[lane].join(4)
    await of["general"].reset(who="test", why="again")

    assert {0} == {(await store.advance()).issued for store in of.values()}


async def test_the_log_tells_the_lane(bench: Bench) -> None:
    """Each range that was called is an entry, with how many were inside then."""
    of = stores(bench)
    await bench.open(rate=STILL, weights="members:3")
    for lane in ("general", "members"):
        await of[lane].join(4)
    await bench.allow(4)
    await of["general"].advance()
    entries = [entry for _, entry in await bench.ask("XRANGE", LOG, "-", "+") if entry[b"type"] == b"called"]

    assert [(b"general", b"0", b"1", b"1"), (b"members", b"0", b"3", b"3")] == [
        (entry[b"lane"], entry[b"from"], entry[b"to"], entry[b"granted"]) for entry in entries
    ]
    assert {b"4"} == {entry[b"inside"] for entry in entries}


async def test_a_room_runs_all_its_lanes(bench: Bench) -> None:
    """Joins, claims and positions are of the lane; the count of those waiting is of all."""
    room = Room("room", bench.redis, RULES, lanes=LANES)
    await room.start()
    await room.change({"rate": str(STILL)}, who="test")
    await bench.allow(0)
    for lane in ("general", "general", "members"):
        await room.join(lane)
    await room.flush()
    await room._look()

    assert 3 == room.waiting
    assert [1, 0] == [room.lanes["general"].snapshot.ahead(2), room.lanes["members"].snapshot.ahead(1)]
    await bench.allow(2)
    await room._tick()
    outcomes = [
        await room.claim("members", 1),
        await room.claim("general", 1),
        await room.claim("general", 2),
    ]
    assert [Outcome.ADMITTED, Outcome.ADMITTED, Outcome.WAITING] == outcomes
