"""What happens in rooms is sent, over restarts of the console and of Redis."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from redis.asyncio import Redis

from admin.alerts.following import Following
from admin.alerts.ledger import Ledger
from admin.alerts.outbox import Outbox
from admin.store import Store
from waitroom.assembly.line import store_of
from waitroom.settings import NotifySettings, RoomSettings

pytestmark = pytest.mark.anyio

DROP, LATE = RoomSettings(name="drop"), RoomSettings(name="late")
ALL = ("*",)


async def following(store: Store, redis: Redis, events: Sequence[str] = ALL) -> Following:
    """What a console follows that was just started."""
    channel = NotifySettings.model_validate(
        {"name": "ops", "url": "https://hooks.example/x", "events": events}
    )
    outbox = Outbox(store)
    await outbox.open({"ops": "address"})
    return Following(redis, ["drop", "late"], [channel], outbox, put=lambda: None)


async def change(redis: Redis, room: RoomSettings = DROP, **changes: str) -> None:
    """An operator's change."""
    await store_of(room, redis).configure(changes, source="live", who="ada", why="test")


async def read(of: Following) -> None:
    """Reads all that there is."""
    while await of.step():
        pass


async def told(store: Store) -> list[str]:
    """Room and type of what is sent, oldest first."""
    return [
        f"{each.event.room} {each.event.type}" for each in reversed(await Ledger(store).recent(most=1000))
    ]


async def test_what_operators_do_is_sent(store: Store, redis: Redis) -> None:
    """Of all rooms, and of each in the order in which it happened."""
    await change(redis, rate="10")
    await change(redis, LATE, rate="10")
    follow = await following(store, redis)
    await read(follow)
    await change(redis, rate="20")
    await change(redis, LATE, mode="closed")
    await store_of(DROP, redis).reset(who="ada", why="again")
    await read(follow)
    sent = await told(store)
    assert ["drop room.rate_changed", "drop room.reset"] == [each for each in sent if "drop" in each]
    assert ["late room.mode_changed", "late room.closed"] == [each for each in sent if "late" in each]


async def test_what_was_before_the_first_start_is_not_sent(store: Store, redis: Redis) -> None:
    """A channel that is new is not told of last year."""
    await change(redis, rate="10")
    await read(await following(store, redis))
    assert [] == await told(store)


async def test_what_happens_while_the_console_is_away_is_sent_afterwards(store: Store, redis: Redis) -> None:
    """All of it, once."""
    await read(await following(store, redis))
    await change(redis, rate="20")
    await change(redis, rate="30")
    for _ in range(2):
        await read(await following(store, redis))
    assert ["drop room.began", "drop room.rate_changed", "drop room.rate_changed"] == await told(store)


async def test_what_nobody_wanted_is_not_sent_later(store: Store, redis: Redis) -> None:
    """A channel that asks for more gets more from then on."""
    await change(redis, rate="10")
    few = await following(store, redis, ["room.reset"])
    await read(few)
    await change(redis, rate="20")
    await read(few)
    await read(await following(store, redis))
    assert [] == await told(store)


async def test_many_entries_are_read_piece_by_piece(store: Store, redis: Redis) -> None:
    """More than are read at once."""
    follow = await following(store, redis, ["room.rate_changed"])
    await read(follow)
    for rate in range(1, 601):
        await change(redis, rate=str(rate))
    await read(follow)
    assert 600 == len(await told(store))


async def test_a_redis_that_was_emptied_begins_anew(store: Store, redis: Redis) -> None:
    """Its clock may be behind what was read before."""
    follow = await following(store, redis)
    await read(follow)
    await change(redis, rate="10")
    await read(follow)
    await Outbox(store).put([], 0, cursors={"drop": "9999999999999-0"})
    await redis.flushall()
    await change(redis, rate="20")
    await read(await following(store, redis))
    assert ["drop room.began", "drop room.rate_changed"] * 2 == await told(store)


async def test_an_entry_that_no_script_wrote_stops_nothing(store: Store, redis: Redis) -> None:
    """It is passed over."""
    follow = await following(store, redis)
    await change(redis, rate="10")
    await read(follow)
    log = "waitroom:1:{drop}:log"
    await redis.xadd(log, {"nonsense": b"\xff"})
    for kind in ("changed", "began", "begun", "planned"):
        await redis.xadd(log, {"type": kind, "epoch": "1", "clock": "1", "plan": "x", "rate": "a -> b"})
    await change(redis, rate="20")
    await read(follow)
    assert "drop room.rate_changed" == (await told(store))[-1]
