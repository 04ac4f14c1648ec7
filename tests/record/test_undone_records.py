"""Who left and came back is explained by the record; the audit finds nothing."""

from __future__ import annotations

import pytest
from redis.asyncio import Redis

from tests.record.trial import ROOM, audit
from waitroom.line import lua
from waitroom.line.hands import Handing
from waitroom.line.keys import RoomKeys
from waitroom.line.rules import Mode, Rules
from waitroom.line.store import LineStore
from waitroom.line.ticket import Outcome
from waitroom.record.findings import Promise
from waitroom.record.reading import RecordReader, Stored
from waitroom.record.standing import Standing

pytestmark = pytest.mark.anyio

RULES = Rules(rate=600.0, mode=Mode.QUEUE, session_ms=60_000, keep_ms=6400, presence_ms=60_000, entry_ms=4000)


class Timed(LineStore):
    """A line whose time is in the test's hand: a tenth of a second lets one in."""

    clock = lua.SIMULATED_CLOCK


async def recorded(redis: Redis) -> tuple[list[Stored], Standing]:
    """The record, and how the room stands at its end."""
    reader = RecordReader(redis, ROOM, ("general",))
    return [entry async for entry in reader.entries()], await reader.standing()


async def begun(redis: Redis, waiting: int) -> Timed:
    """A room in which so many wait, all of them there."""
    await redis.set(lua.SIMULATED_CLOCK_KEY, 1_800_000_000_000)
    store = Timed(redis, ROOM)
    await store.configure(RULES.for_file(), source="file", who="configuration file")
    await redis.hset(RoomKeys.of(ROOM).room, "tokens", "0")
    await store.join(waiting)
    return store


async def pass_ms(redis: Redis, store: Timed, ms: int) -> None:
    """Time passes."""
    await redis.incrby(lua.SIMULATED_CLOCK_KEY, ms)
    await store.advance()


@pytest.mark.parametrize("granted", [False, True], ids=["waiting", "granted"])
async def test_an_undo_after_the_turn_is_explained(redis: Redis, granted: bool) -> None:
    """Whoever left before the turn, or with a granted place, and takes the place back, comes late by the record."""
    store = await begun(redis, 4)
    if granted:
        await pass_ms(redis, store, 100)
    await store.leave(1)
    await pass_ms(redis, store, 100)
    assert Handing.DONE is await store.undo(1, 1, 0)
    await pass_ms(redis, store, 300)
    assert [Outcome.ADMITTED] * 3 == [(await store.claim(number))[0] for number in (1, 2, 3)]
    assert [] == audit(*await recorded(redis)).findings


@pytest.mark.parametrize("by_desk", [False, True], ids=["undone", "reinstated"])
async def test_who_was_brought_forward_and_left_has_the_own_turn_again(redis: Redis, by_desk: bool) -> None:
    """Whoever left with a place that the desk had brought about, and has it back, is called in their turn."""
    store = await begun(redis, 6)
    await store.bring_forward(4, 4, who="anna", why="a test")
    await pass_ms(redis, store, 100)
    for hand in range(2):
        await store.leave(4)
        if by_desk:
            await store.reinstate(4, 4, who="anna", why="a test")
        else:
            assert Handing.DONE is await store.undo(4, 4, hand)
    for _ in range(6):
        await pass_ms(redis, store, 100)
    assert [Outcome.ADMITTED] * 6 == [(await store.claim(number))[0] for number in range(1, 7)]
    assert [] == audit(*await recorded(redis)).findings


async def test_an_undo_explains_nobody_else(redis: Redis) -> None:
    """A place that was passed over while its holder had left explains one late entry, not two."""
    store = await begun(redis, 8)
    await store.leave(1)
    await pass_ms(redis, store, 100)
    await store.undo(1, 1, 0)
    for _ in range(2):
        await pass_ms(redis, store, 100)
    entries, standing = await recorded(redis)
    assert [] == audit(entries, standing).findings

    (last_id, last) = next(entry for entry in reversed(entries) if entry[1]["type"] == "called")
    forged = [entry for entry in entries if entry[0] != last_id]
    forged.append((last_id, {**last, "to": last["from"], "late": "1"}))
    assert Promise.ORDER in {each.promise for each in audit(forged, standing).findings}


async def test_a_late_entry_without_the_undo_is_found(redis: Redis) -> None:
    """The same record without the word of it does not hold."""
    store = await begun(redis, 4)
    await pass_ms(redis, store, 100)
    await store.leave(1)
    await store.undo(1, 1, 0)
    await pass_ms(redis, store, 100)
    await store.claim(1)

    entries, standing = await recorded(redis)
    kept = [entry for entry in entries if entry[1]["type"] != "undone"]
    assert len(kept) == len(entries) - 1
    found = audit(kept, standing).findings
    assert [Promise.ORDER] == [each.promise for each in found if each.promise is Promise.ORDER]
