"""All of it together, to real receivers: alerts, events and tests."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from redis.asyncio import Redis

from admin.alerts.reading import Reading
from admin.alerts.runner import Alerts, TooSoonError
from admin.store import Store
from tests.admin.alerts.receiver import Receiver, Say, receiving
from waitroom.assembly.line import store_of
from waitroom.settings import RoomSettings, Settings

pytestmark = pytest.mark.anyio

QUICK = [{"name": "errors", "lasting": 0, "keep": 0, "quiet": 0}]


@asynccontextmanager
async def running(alerts: Alerts) -> AsyncIterator[Alerts]:
    """Alerts that run."""
    task = asyncio.create_task(alerts.run())
    try:
        yield alerts
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


def site(channels: list[dict[str, object]]) -> Settings:
    """A site with a room and these channels."""
    return Settings.model_validate({"rooms": [{"name": "drop"}], "alerts": QUICK, "notify": channels})


def types(receiver: Receiver) -> list[str]:
    """The types of what came."""
    return [json.loads(got.body)["type"] for got in receiver.got]


class Room:
    """A room that can be made sick."""

    def __init__(self) -> None:
        self.error_share = 0.0

    def read(self) -> list[Reading]:
        """The room as it is."""
        return [Reading("drop", time.time(), workers=1, error_share=self.error_share)]


async def test_alerts_events_and_tests_arrive_at_who_wants_them(
    store: Store, redis: Redis, receiver: Receiver
) -> None:
    """Each channel gets its own, and one that hangs delays no other."""
    room = Room()
    async with receiving() as events, receiving() as dead:
        dead.always = Say(hang=True)
        settings = site(
            [
                {"name": "dead", "url": dead.url, "events": ["*"], "timeout": "1m"},
                {"name": "pager", "url": receiver.url, "source": "shop"},
                {"name": "crm", "url": events.url, "events": ["room.*"]},
            ]
        )
        async with running(Alerts(settings, store, redis, room.read)) as alerts:
            room.error_share = 0.5
            await receiver.count(1)
            line = store_of(RoomSettings(name="drop"), redis)
            await line.configure({"mode": "pause"}, source="live", who="ada", why="errors")
            await events.count(2)
            room.error_share = 0.0
            await receiver.count(2)
            tested = await alerts.test("crm", who="ada")
            assert "delivered" == tested.fate
            assert ["org.waitroom.alert.firing", "org.waitroom.alert.resolved"] == types(receiver)
            assert [
                "org.waitroom.room.began",
                "org.waitroom.room.mode_changed",
                "org.waitroom.test",
            ] == types(events)
            assert "shop" == json.loads(receiver.got[0].body)["source"]
            source = json.loads(events.got[0].body)["source"]
            assert source.startswith("urn:waitroom:")
            states = {each.settings.name: each for each in await alerts.channels()}
            assert (0, f"http://127.0.0.1:{receiver.port}") == (
                states["pager"].standing.waiting,
                states["pager"].address,
            )
            assert states["dead"].standing.waiting >= 3
    assert 1 == len(dead.got)


async def test_a_channel_cannot_be_tested_all_the_time(
    store: Store, redis: Redis, receiver: Receiver
) -> None:
    """Nor one that there is not."""
    settings = site([{"name": "ops", "url": receiver.url}])
    async with running(Alerts(settings, store, redis, Room().read)) as alerts:
        await alerts.test("ops", who="ada")
        with pytest.raises(TooSoonError):
            await alerts.test("ops", who="ada")
        with pytest.raises(KeyError):
            await alerts.test("nobody", who="ada")
    assert 1 == len(receiver.got)


async def test_without_channels_alerts_are_there_to_be_looked_at(store: Store, redis: Redis) -> None:
    """The console shows them."""
    room = Room()
    room.error_share = 0.9
    async with running(Alerts(site([]), store, redis, room.read)) as alerts, asyncio.timeout(30):
        while not (told := await alerts.ledger.alerts(most=5)):  # noqa: ASYNC110 - it tells nobody
            await asyncio.sleep(0.05)
    assert ["alert.firing"] == [each.type for each in told]
    assert "errors drop" in repr(alerts.watch)


async def test_without_redis_alerts_go_on(store: Store, receiver: Receiver) -> None:
    """Its loss is what they are for."""

    def lost() -> list[Reading]:
        return [Reading("drop", time.time(), is_redis_reachable=False)]

    settings = site([{"name": "ops", "url": receiver.url, "events": ["*"]}])
    quick = settings.alerts[0].model_copy(update={"name": "redis", "quiet": 0.0})
    settings = settings.model_copy(update={"alerts": (quick,)})
    async with running(Alerts(settings, store, Redis(port=9), lost)):
        await receiver.count(1)
    assert "Redis does not answer" in json.loads(receiver.got[0].body)["data"]["title"]
