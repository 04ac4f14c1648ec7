"""Adaptive admission from the outside: a gateway as users start it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable

import pytest
from redis.asyncio import Redis

from tests.contract.harness import APP, Gateway, House, eventually
from waitroom.line.store import LineStore

pytestmark = pytest.mark.anyio

SWITCHED_ON = {
    "name": "main",
    "rate": 6000,
    "adaptive.on": True,
    "adaptive.least": 30,
    "adaptive.latency": "2s",
}


@pytest.fixture
async def house(launch: Callable[..., Gateway], redis: Redis) -> House:
    """A room with adaptive admission, in a gateway of two workers."""
    gateway = launch([SWITCHED_ON], workers=2)
    name = next(line for line in gateway.config.read_text().splitlines() if line.startswith("name"))
    return House(gateway, name.partition('"')[2].rstrip('"'), redis)


async def limit_of(store: LineStore) -> float:
    """What is in force; below 0: nothing."""
    return (await store.rules()).limit_rate


async def test_the_shop_is_watched_and_the_limit_can_be_switched(house: House) -> None:
    """It begins low; an overload that the shop tells lets in the least; switched off live, the rate counts again."""
    assert 60 == await limit_of(house.store)
    visitors = [house.visitor(APP) for _ in range(3)]
    told = "/lab/set-headers?Waitroom-Load=3"

    async def is_down_to_the_least() -> bool:
        answers = await asyncio.gather(*(visitor.get(told) for visitor in visitors))
        for answer in answers:
            # what the shop tells the gateway is not for visitors
            assert "waitroom-load" not in answer.headers
        assert 200 in {answer.status_code for answer in answers}
        return await limit_of(house.store) == 30

    await eventually(is_down_to_the_least, within=20)
    house.gateway.set(house.name, "adaptive.on=false")

    async def is_off() -> bool:
        return await limit_of(house.store) == -1

    await eventually(is_off, within=10)
    house.gateway.set(house.name, "adaptive.on=true", "adaptive.least=100")

    async def is_on_again() -> bool:
        return await limit_of(house.store) >= 100

    await eventually(is_on_again, within=10)
    await house.aclose()


async def test_two_workers_make_one_step_a_second(house: House, redis: Redis) -> None:
    """However many workers there are."""
    key = f"waitroom:1:{{{house.name}}}:adaptive"

    async def steps() -> int:
        return int(await redis.hget(key, "version") or 0)

    async def has_begun() -> bool:
        return await steps() > 0

    await eventually(has_begun, within=10)
    before = await steps()
    await asyncio.sleep(3)
    assert 1 <= await steps() - before <= 5


async def test_who_was_not_let_in_is_no_load(house: House, redis: Redis) -> None:
    """Parts of pages, preflights and what passes by a rule need no pass, so anybody can send any number of them."""
    stranger = house.visitor({"sec-fetch-dest": "image", "accept": "image/*"})
    for _ in range(6):
        answers = await asyncio.gather(*(stranger.get("/lab/status/200") for _ in range(10)))
        assert {200} == {answer.status_code for answer in answers}
        await asyncio.sleep(0.5)
    state = await redis.hget(f"waitroom:1:{{{house.name}}}:adaptive", "state")
    assert 0 == json.loads(state or "")["demand"]["load"]
    await house.aclose()
