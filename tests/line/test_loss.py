"""A Redis that forgot: nobody's number is given again, and those who hold tickets stand first."""

from __future__ import annotations

import pytest

from tests.line.bench import LANE, LOG, ROOM, STILL, Bench, told_by_ticket
from waitroom.line.memory import GENERAL
from waitroom.line.room import Room
from waitroom.line.rules import Mode
from waitroom.line.ticket import Outcome

pytestmark = pytest.mark.anyio

GAP = 10_000
HOLD_MS = 5000
YESTERDAY = 1_700_000_000
"""The epoch of a life of the line that this Redis does not know."""


async def test_a_lost_second_leaves_a_gap(bench: Bench) -> None:
    """A Redis that knows fewer numbers than a worker continues above what the worker saw, never below."""
    await bench.open()
    await bench.store.join(100)
    saved = await bench.ask("HGETALL", LANE)
    lost = await bench.store.join(50)
    await bench.ask("HSET", LANE, *(word for pair in saved.items() for word in pair))

    after = await bench.store.join(1)

    assert after.first > lost.first + 49
    assert after.head.epoch == lost.head.epoch


async def test_a_restarted_redis_leaves_a_gap_though_nobody_remembers(bench: Bench) -> None:
    """Where the process is another one, its last second may be missing: numbers continue with a gap."""
    await bench.open()
    await bench.store.join(100)
    await bench.ask("HSET", ROOM, "server", "another")

    first = (await bench.worker().join(1)).first
    second = (await bench.worker().join(1)).first

    assert [100 + GAP + 1, 100 + GAP + 2] == [first, second]
    assert b"redis_restarted" in str(await bench.ask("XRANGE", LOG, "-", "+")).encode()


async def test_an_older_copy_does_not_turn_the_clock_back(bench: Bench) -> None:
    """A Redis that came back from an older copy goes on by the clock that workers saw; nobody turns absent."""
    await bench.open(rate=STILL)
    await bench.store.join(3)
    saved = await bench.ask("HGETALL", ROOM)
    late = await bench.wait(20_000, present=(1, 2, 3))
    pairs = {**saved, b"wall": await bench.ask("HGET", ROOM, "wall")}
    await bench.ask("HSET", ROOM, *(word for pair in pairs.items() for word in pair))

    head = await bench.store.advance()
    await bench.allow(2)
    await bench.store.advance()

    assert head.clock >= late.clock
    assert [1, 2] == await bench.granted()


async def test_a_worker_restores_what_redis_lost(bench: Bench) -> None:
    """After a total loss a worker that lived on gives epoch, numbers and `called` back from its memory."""
    await bench.open(rate=STILL)
    await bench.store.join(500)
    await bench.allow(20)
    before = await bench.store.advance()
    await bench.redis.flushall()

    after = await bench.store.advance()

    assert (before.epoch, before.called, before.floor) == (after.epoch, after.called, after.floor)
    assert after.issued > 500
    assert after.hold == after.clock + HOLD_MS


async def test_the_highest_memory_wins(bench: Bench) -> None:
    """Of two workers that saw different amounts, the one that saw more decides, whoever comes first."""
    await bench.open()
    other = bench.worker()
    await other.join(10)
    last = await bench.store.join(90)
    await bench.redis.flushall()

    await other.advance()
    joined = await bench.store.join(1)

    assert joined.first > last.first + 89
    assert last.head.epoch == joined.head.epoch == (await other.advance()).epoch


async def test_newcomers_move_behind_a_ticket_that_came_back(bench: Bench) -> None:
    """A ticket of a lost life brings its epoch back; who joined meanwhile moves behind, presence and all."""
    begun = await bench.open(rate=STILL)
    await bench.store.join(3)
    await bench.store.leave(2)

    head = await bench.worker().restore(told_by_ticket(YESTERDAY, 40))

    assert (YESTERDAY, begun.epoch) == (head.epoch, head.alias)
    assert head.offset > 40
    view = await bench.worker().view(0)
    newcomers = [number + head.offset for number in (1, 2, 3)]
    assert head.issued == newcomers[-1]
    await bench.wait(HOLD_MS)
    await bench.allow(10)
    await bench.store.advance()
    assert [newcomers[0], newcomers[2]] == await bench.granted()
    assert Outcome.SPENT == await bench.outcome(newcomers[1])
    assert view.head.called < 40


async def test_admission_is_held_and_the_lowest_ticket_goes_first(bench: Bench) -> None:
    """After a total loss nobody is admitted while tickets come back; then the lowest of them goes first."""
    await bench.open(rate=600.0)
    await bench.store.join(2)
    worker = bench.worker()
    for number in (40, 17, 33):
        head = await worker.restore(told_by_ticket(YESTERDAY, number))
        await worker.see([number])

    held = await bench.wait(HOLD_MS - 1000, present=(17, 33, 40))
    assert 0 == held.granted
    await bench.turn(rate=STILL)
    await bench.wait(2000, present=(17, 33, 40))
    await bench.allow(1)
    await bench.store.advance()
    assert [17] == await bench.granted()
    await bench.allow(4)
    await bench.store.advance()
    assert [17, 33, 40, 1 + head.offset, 2 + head.offset] == await bench.granted()


async def test_of_two_lost_lives_the_later_wins(bench: Bench) -> None:
    """A ticket of an even older life (a tab of last week) changes nothing once a later life came back."""
    begun = await bench.open(rate=STILL)
    await bench.store.join(1)
    last_week = YESTERDAY - 600_000

    first = await bench.worker().restore(told_by_ticket(last_week, 8))
    second = await bench.worker().restore(told_by_ticket(YESTERDAY, 5))
    third = await bench.worker().restore(told_by_ticket(last_week, 9))

    assert [last_week, YESTERDAY, YESTERDAY] == [head.epoch for head in (first, second, third)]
    assert [begun.epoch] * 3 == [head.alias for head in (first, second, third)]
    assert first.offset < second.offset == third.offset
    await bench.wait(HOLD_MS, present=(1 + second.offset,))
    await bench.allow(1)
    await bench.store.advance()
    assert [1 + second.offset] == await bench.granted()


async def test_a_reset_is_not_a_loss(bench: Bench) -> None:
    """Tickets from before a reset stay ended, whoever shows them: a visitor, or a worker that has not heard."""
    before = await bench.open()
    other = bench.worker()
    await other.join(7)
    await bench.store.advance()
    reset = await bench.store.reset(who="test", why="again")

    from_ticket = await bench.worker().restore(told_by_ticket(before.epoch, 7))
    from_worker = await other.advance()

    assert reset.epoch > before.epoch
    assert [reset.epoch] * 2 == [from_ticket.epoch, from_worker.epoch]
    assert [0, 0] == [from_ticket.alias, from_worker.issued]


async def test_a_worker_tells_again_who_is_there(bench: Bench) -> None:
    """After a total loss a living worker tells Redis of everyone it has seen: streams and those who poll."""
    await bench.open()
    room = Room("room", bench.redis, bench.rules)
    await room.start()
    await bench.turn(rate=STILL)
    places = [await room.join() for _ in range(4)]
    with room.general.presence.streaming(places[0].number):
        await room.flush()
        await bench.redis.flushall()
        await room._tick()
        await room.flush()
        await room._look()

    assert 4 == room.general.snapshot.waiting


async def test_a_ticket_brings_the_line_back_once(bench: Bench) -> None:
    """Room.recall of a genuine ticket restores its life; the newcomers' streams are told under new numbers."""
    await bench.open(rate=STILL)
    room = Room("room", bench.redis, bench.rules)
    await room.start()
    newcomer = await room.join()
    with room.general.presence.streaming(newcomer.number):
        await room.flush()
        assert room.general.snapshot.may_be_lost(YESTERDAY, 12)
        await room.recall(GENERAL, YESTERDAY, 12)
        room.general.presence.saw(12)
        assert 12 == room.general.snapshot.resolve(YESTERDAY, 12)
        moved = room.general.snapshot.resolve(newcomer.head.epoch, newcomer.number)
        assert not room.general.snapshot.may_be_lost(newcomer.head.epoch, newcomer.number)
        for key in range(4):
            await bench.ask("DEL", f"waitroom:1:{{room}}:lane:general:seen:{key}")
        await room.flush()
        await room._look()

    assert moved is not None
    assert (2, 0, 1) == (
        room.general.snapshot.waiting,
        room.general.snapshot.ahead(12),
        room.general.snapshot.ahead(moved),
    )


async def test_a_lost_reset_stays_a_reset_for_the_workers(bench: Bench) -> None:
    """Where Redis lost a reset with its last second, workers bring the new life back; it stands first."""
    await bench.open(mode=Mode.QUEUE, rate=STILL)
    await bench.store.join(5)
    saved = {key: await bench.ask("DUMP", key) for key in (ROOM, LANE)}
    reset = await bench.store.reset(who="test", why="again")
    newcomer = await bench.store.join(1)
    for key, value in saved.items():
        await bench.ask("RESTORE", key, 0, value, "REPLACE")

    head = await bench.store.advance()

    assert reset.epoch == head.epoch
    assert (await bench.store.join(1)).first > newcomer.first
