"""What Redis keeps of reminders, and who sends."""

from __future__ import annotations

import asyncio

import pytest
from redis.asyncio import Redis

from waitroom.reminders.channels import Channel
from waitroom.reminders.kept import Kept, Stage
from waitroom.reminders.reminder import Contact, Place

pytestmark = pytest.mark.anyio

PLACE = Place(1, "general", 5)
ANNA = Contact(Channel.MAIL, "anna@example.com", "lv")


def kept(redis: Redis, room: str, lasts: float = 60) -> Kept:
    """The reminders of a room."""
    return Kept(redis, room, ["a secret for tests only"], lasts_seconds=lasts)


async def left(redis: Redis, room: str) -> list[bytes]:
    """The keys that are there."""
    return [key async for key in redis.scan_iter(match=f"*{{{room}}}:reminder*")]


async def test_each_message_is_taken_once_however_many_ask(redis: Redis) -> None:
    """Near leaves the address for the second one; after that nothing is there any more."""
    both = [kept(redis, "taken"), kept(redis, "taken")]
    await both[0].keep(PLACE, ANNA, is_near=False)
    for stage, after in ((Stage.NEAR, 2), (Stage.COME, 0)):
        taken = await asyncio.gather(*(each.take(PLACE, stage) for each in both * 10))
        assert [ANNA] == [each for each in taken if each is not None]
        assert after == len(await left(redis, "taken"))
    assert [] == await both[0].listed()


async def test_who_asks_when_it_is_near_already_is_told_of_the_turn_alone(redis: Redis) -> None:
    """They know."""
    one = kept(redis, "near")
    await one.keep(PLACE, ANNA, is_near=True)
    assert await one.take(PLACE, Stage.NEAR) is None
    assert ANNA == await one.take(PLACE, Stage.COME)


async def test_what_is_put_back_is_taken_again(redis: Redis) -> None:
    """By another worker, for as long as it is of use."""
    one = kept(redis, "back")
    await one.keep(PLACE, ANNA, is_near=False)
    for stage in Stage:
        assert ANNA == await one.take(PLACE, stage)
        await one.put_back(PLACE, stage, ANNA, lasts_seconds=5)
        assert [PLACE] == [place for place, _ in await one.listed()]
        assert ANNA == await one.take(PLACE, stage)
    assert [] == await left(redis, "back")


async def test_it_expires_by_itself_with_its_index(redis: Redis) -> None:
    """Where nobody ever looks, too."""
    one = kept(redis, "short", lasts=0.2)
    await one.keep(PLACE, ANNA, is_near=False)
    assert 2 == len(await left(redis, "short"))
    await asyncio.sleep(0.5)
    assert [] == await left(redis, "short")
    await kept(redis, "short", lasts=60).keep(PLACE, ANNA, is_near=False)
    await one.keep(Place(1, "general", 6), ANNA, is_near=False)
    assert 50_000 < await redis.pttl("waitroom:1:{short}:reminders")


async def test_one_leads_until_it_resigns_or_is_silent(redis: Redis) -> None:
    """Then another does."""
    one = kept(redis, "leads")
    assert await one.lead("a", for_seconds=5)
    assert await one.lead("a", for_seconds=5)
    assert not await one.lead("b", for_seconds=5)
    await one.resign("b")
    assert not await one.lead("b", for_seconds=5)
    await one.resign("a")
    assert await one.lead("b", for_seconds=0.2)
    await asyncio.sleep(0.4)
    assert await one.lead("a", for_seconds=5)
    await one.resign("a")


async def test_a_look_tells_of_those_who_came_since_the_last_one(redis: Redis) -> None:
    """So that it costs no more than they are many."""
    one = kept(redis, "since")
    await one.keep(PLACE, ANNA, is_near=False)
    ((_, at),) = await one.listed()
    later = Place(1, "general", 9)
    await one.keep(later, ANNA, is_near=False)
    assert [later] == [place for place, _ in await one.listed(at + 2_000_001)]
    assert {PLACE, later} == {place for place, _ in await one.listed()}
    await one.forget(PLACE)
    await one.forget(later)
    assert [] == await left(redis, "since")
