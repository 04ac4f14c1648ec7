"""Several workers, one step: against a real Redis."""

from __future__ import annotations

import asyncio

import pytest
from redis.asyncio import Redis

from waitroom.errors import LineUnavailableError
from waitroom.line.keys import room_keys
from waitroom.shaping.told import STEP_SECONDS, Answer, Told
from waitroom.shaping.window import Window

pytestmark = pytest.mark.anyio
SESSION_MS = 600_000


async def tell(told: Told, seen: Window | None = None) -> Answer:
    """A worker tells what it saw."""
    return await told.tell(seen or Window(0.5), session_ms=SESSION_MS)


async def make_due(redis: Redis) -> None:
    """The next step is due now."""
    await redis.hset("waitroom:1:{room}:adaptive", "due", 1)


async def test_windows_of_all_workers_are_summed(redis: Redis) -> None:
    """Whoever makes the step gets the sum of what all told since the last, over as long as they tell of."""
    one, other = Told(redis, "room"), Told(redis, "room")
    assert (await tell(one, Window(1.0, 10, 8, 1, {3: 8}, 2.0, 0.5, 1, 6.5, {"a": 0.5, "b": 1}))).due is None
    assert (await tell(other, Window(0.5, 5, 5, 0, {3: 1, 40: 4}, 7.0, 1.0, 1, 5, {"b": 1}))).due is None
    await make_due(redis)
    answer = await tell(other, Window(0.5, 1, 1, 0, {40: 1}, well=1))
    assert answer.due is not None
    assert Window(1.0, 16, 14, 1, {3: 9, 40: 5}, 7.0, 1.5, 2, 12.5, {"a": 0.5, "b": 2}) == answer.due.seen
    await make_due(redis)
    again = await tell(one, Window(1.0, 3))
    assert again.due is not None
    assert Window(1.0, 3) == again.due.seen


async def test_one_step_an_interval(redis: Redis) -> None:
    """Eight workers that tell all the time make one step a second between them."""
    workers = [Told(redis, "room") for _ in range(8)]
    begun, steps = asyncio.get_running_loop().time(), 0

    async def work(told: Told) -> int:
        made = 0
        while asyncio.get_running_loop().time() - begun < 3.3 * STEP_SECONDS:
            made += (await tell(told, Window(0.01, 1))).due is not None
            await asyncio.sleep(0.01)
        return made

    steps = sum(await asyncio.gather(*map(work, workers)))
    # on a machine that stands still for a while there are fewer; never more
    assert 1 <= steps <= 4


async def test_the_state_is_kept(redis: Redis) -> None:
    """What one worker put down, the next step gets, whoever makes it; and all hear how patient to be."""
    one, other = Told(redis, "room"), Told(redis, "room")
    await tell(one)
    await make_due(redis)
    due = (await tell(one)).due
    assert due is not None
    assert "" == due.state
    assert await one.settle(due.version, '{"limit": 60}', patience_seconds=0.8)
    assert 0.8 == (await tell(other)).patience_seconds
    await make_due(redis)
    following = (await tell(other)).due
    assert following is not None
    assert '{"limit": 60}' == following.state


async def test_who_comes_too_late_changes_nothing(redis: Redis) -> None:
    """A worker that was stopped in the middle of its step does not undo the next one."""
    slow, quick = Told(redis, "room"), Told(redis, "room")
    await tell(slow)
    await make_due(redis)
    old = (await tell(slow)).due
    await make_due(redis)
    new = (await tell(quick)).due
    assert old is not None and new is not None
    assert await quick.settle(new.version, "new", patience_seconds=1)
    assert not await slow.settle(old.version, "old", patience_seconds=1)
    await make_due(redis)
    last = (await tell(quick)).due
    assert last is not None
    assert "new" == last.state


async def test_a_clock_that_was_set_back_stalls_nothing(redis: Redis) -> None:
    """A step that is due in an hour is due in a second."""
    told = Told(redis, "room")
    await tell(told)
    await redis.hset("waitroom:1:{room}:adaptive", "due", 10**15)
    assert STEP_SECONDS == (await tell(told)).wait_seconds


async def test_an_old_state_is_not_believed(redis: Redis) -> None:
    """After ten minutes without a step the shop may be another."""
    told = Told(redis, "room")
    await tell(told)
    await redis.hset("waitroom:1:{room}:adaptive", mapping={"state": "old", "taken": 1})
    await make_due(redis)
    due = (await tell(told)).due
    assert due is not None
    assert "" == due.state


async def test_the_active_are_counted(redis: Redis) -> None:
    """Those whose last request, by the end of their session, is less than ten seconds ago; new ones too."""
    now = 10_000_000
    keys = room_keys("room", ["general"])
    await redis.hset(keys[0], "clock", now)
    sessions = {
        "just now": now + SESSION_MS,
        "9 s ago": now + SESSION_MS - 9000,
        "11 s ago": now + SESSION_MS - 11000,
    }
    sessions |= {"new": now + 30_000 - 500, "came 12 s ago": now + 30_000 - 12_000}
    await redis.zadd(keys[2], sessions)
    told = Told(redis, "room")
    await tell(told)
    await make_due(redis)
    due = (await tell(told)).due
    assert due is not None
    assert 3 == due.active


async def test_forgetting(redis: Redis) -> None:
    """Nothing is left, and that is known."""
    told = Told(redis, "room")
    assert not await told.is_known()
    await tell(told)
    assert await told.is_known()
    await told.forget()
    assert not await told.is_known()
    assert [] == await redis.keys("*adaptive*")


async def test_a_dead_redis_is_told() -> None:
    """Every method says that the line is unavailable."""
    told = Told(Redis(host="127.0.0.1", port=1), "room")
    for call in (tell(told), told.settle(1, "", patience_seconds=1), told.is_known(), told.forget()):
        with pytest.raises(LineUnavailableError):
            await call
