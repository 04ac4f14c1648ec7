"""Live settings: who wins, and who hears of it."""

from __future__ import annotations

import time
from dataclasses import replace

import anyio
import pytest

from tests.line.bench import LOG, RULES, STILL, Bench
from waitroom.errors import OvertakenError
from waitroom.line.room import Room
from waitroom.line.rules import Mode

pytestmark = pytest.mark.anyio


async def test_what_an_operator_set_survives_a_restart(bench: Bench) -> None:
    """The same file read again changes nothing."""
    await bench.open(rate=300.0)
    await bench.turn(rate=60.0)
    before = await bench.store.advance()
    await bench.worker().configure(replace(RULES, rate=300.0).to_redis(), source="file", who="restart")
    after = await bench.store.advance()

    assert 60.0 == (await bench.store.rules()).rate
    assert before.version == after.version


async def test_a_file_that_changed_wins_over_what_an_operator_set(bench: Bench) -> None:
    """Only in what changed: the rest stays as the operator left it."""
    await bench.open(rate=300.0, capacity=10)
    await bench.turn(rate=60.0, capacity=20)
    changed = replace(RULES, rate=120.0, capacity=10)
    await bench.worker().configure(changed.to_redis(), source="file", who="restart")

    rules = await bench.store.rules()
    assert (120.0, 20) == (rules.rate, rules.capacity)


async def test_every_change_is_in_the_log_with_who_and_why(bench: Bench) -> None:
    """An operator's change tells field, old and new value; a change to the same value is none."""
    await bench.open(rate=300.0)
    await bench.store.configure({"rate": "60"}, source="live", who="ada", why="payment is slow")
    await bench.store.configure({"rate": "60"}, source="live", who="ada", why="again")

    entries = [entry for _, entry in await bench.ask("XRANGE", LOG, "-", "+")]
    by_ada = [entry for entry in entries if entry.get(b"who") == b"ada"]
    assert 1 == len(by_ada)
    assert (b"300 -> 60", b"payment is slow") == (by_ada[0][b"rate"], by_ada[0][b"why"])


async def test_another_worker_follows_within_a_second(bench: Bench) -> None:
    """A change made through one worker is seen by the others in about a tick."""
    one = Room("room", bench.redis, RULES)
    other = Room("room", bench.redis, RULES)
    await one.start()
    await other.start()
    async with anyio.create_task_group() as group:
        group.start_soon(other.run)
        await anyio.sleep(0.1)
        changed = time.monotonic()
        await one.change({"rate": "42", "mode": "pause", "message": "Back soon"}, who="ada")
        while other.rules.rate != 42.0:
            assert time.monotonic() - changed < 1.5
            await anyio.sleep(0.01)
        group.cancel_scope.cancel()

    assert (Mode.PAUSE, "Back soon") == (other.rules.mode, other.rules.message)
    assert one.rules == other.rules


async def test_what_an_operator_set_survives_a_total_loss(bench: Bench) -> None:
    """Workers that live on bring the live settings back, not those of the file."""
    rooms = [Room("room", bench.redis, RULES) for _ in range(2)]
    for room in rooms:
        await room.start()
    await rooms[0].change({"rate": "42"}, who="ada")
    for room in rooms:
        await room._tick()
    await bench.redis.flushall()
    for room in (*rooms, *rooms):
        await room._tick()

    assert [42.0, 42.0] == [room.rules.rate for room in rooms]
    assert 42.0 == (await bench.store.rules()).rate


async def test_what_an_operator_set_last_survives_an_older_copy(bench: Bench) -> None:
    """A Redis that comes back without its last second, and in it a pause, is told of the pause again."""
    rooms = [Room("room", bench.redis, RULES) for _ in range(2)]
    for room in rooms:
        await room.start()
    key = "waitroom:1:{room}:rules"
    older = await bench.ask("HGETALL", key)
    await rooms[0].change({"mode": "pause"}, who="ada")
    for room in rooms:
        await room._tick()
    await bench.ask("DEL", key)
    await bench.ask("HSET", key, *(word for pair in older.items() for word in pair))
    for room in (*rooms, *rooms):
        await room._tick()

    assert [Mode.PAUSE, Mode.PAUSE] == [room.rules.mode for room in rooms]
    assert Mode.PAUSE is (await bench.store.rules()).mode
    assert not any(room.regime.lacks(room.head) for room in rooms)


async def test_scripts_that_redis_dropped_are_loaded_again(bench: Bench) -> None:
    """SCRIPT FLUSH, or a replica that was promoted: the next call works as if nothing had been."""
    await bench.open(rate=STILL)
    first = (await bench.store.join(3)).first
    await bench.redis.script_flush()
    second = (await bench.store.join(1)).first
    await bench.redis.script_flush()
    await bench.store.see([1, 2, 3, 4])

    assert (1, 4) == (first, second)
    assert 4 == (await bench.store.advance()).issued


async def test_a_change_by_an_old_revision_changes_nothing(bench: Bench) -> None:
    """Whoever has not seen what is there is told so; nothing is stored, and nothing recorded."""
    await bench.open(rate=300.0)
    seen = (await bench.store.rules()).revision
    await bench.store.configure({"rate": "60"}, source="live", who="ada", revision=seen)
    length = await bench.ask("XLEN", LOG)
    with pytest.raises(OvertakenError):
        await bench.store.configure({"rate": "90"}, source="live", who="bob", revision=seen)
    rules = await bench.store.rules()
    assert (60.0, length) == (rules.rate, await bench.ask("XLEN", LOG))
    assert seen < rules.revision


async def test_the_revision_is_of_what_is_set(bench: Bench) -> None:
    """What gateways measure leaves it; a change to the same value does too."""
    await bench.open(rate=300.0)
    before = (await bench.store.rules()).revision
    for limit in ("limit_rate", "limit_shared", "limit_inside"):
        await bench.store.configure({limit: "10"}, source="live", who="adaptive admission")
    await bench.store.configure({"rate": "300"}, source="live", who="ada")
    assert before == (await bench.store.rules()).revision
    await bench.store.configure({"message": "News"}, source="live", who="ada", revision=before)
    assert before < (await bench.store.rules()).revision


async def test_a_revision_never_comes_twice(bench: Bench) -> None:
    """Not within a millisecond, nor where Redis forgot everything: without settings there is nothing to have seen."""
    await bench.open(rate=300.0)
    seen = set()
    for rate in range(20):
        await bench.store.configure({"rate": str(rate)}, source="live", who="ada")
        seen.add((await bench.store.rules()).revision)
    assert 20 == len(seen)
    await anyio.sleep(0.1)  # nobody sets so much so quickly
    await bench.redis.flushall()
    with pytest.raises(OvertakenError):
        await bench.worker().configure({"rate": "60"}, source="live", who="ada", revision=0)
    await bench.open(rate=300.0)
    assert max(seen) < (await bench.store.rules()).revision


async def test_a_pause_notes_the_mode_before(bench: Bench) -> None:
    """By whatever way it comes, and for as long as it lasts; a second pause is none."""
    await bench.open(rate=300.0)
    for mode, resumes in (("closed", ""), ("pause", "closed"), ("pause", "closed"), ("auto", "")):
        await bench.store.configure({"mode": mode}, source="live", who="ada")
        assert resumes == (await bench.store.rules()).resumes


async def test_a_reset_of_another_life_does_nothing(bench: Bench) -> None:
    """Two who both mean the line that they see reset it once."""
    head = await bench.open(rate=300.0)
    after = await bench.store.reset(who="ada", why="", epoch=head.epoch)
    with pytest.raises(OvertakenError):
        await bench.store.reset(who="bob", why="", epoch=head.epoch)
    assert head.epoch < after.epoch == (await bench.store.advance()).epoch
