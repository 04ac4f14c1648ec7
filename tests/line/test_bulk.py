"""What a worker may tell in bulk has the same effect as told one by one."""

from __future__ import annotations

import random
from collections.abc import Iterable
from dataclasses import replace
from typing import cast

import pytest
from redis.asyncio import Redis

from tests.line.bench import RULES, Bench
from waitroom.line import lua
from waitroom.line.keys import RoomKeys, lane_keys
from waitroom.line.memory import GENERAL
from waitroom.line.store import LineStore
from waitroom.line.ticket import Outcome

pytestmark = pytest.mark.anyio

QUIET = replace(RULES, presence_ms=3_600_000, rate=0.001)
"""No slot ends and nobody is called while a test runs."""


async def room(redis: Redis, name: str, joined: int) -> LineStore:
    store = LineStore(redis, name)
    await store.configure(QUIET.to_redis(), source="file", who="test")
    while joined:
        joined -= (await store.join(min(joined, 1000))).count
    return store


async def seen(redis: Redis, name: str) -> list[bytes]:
    """The presence bitmaps, as far as bits are set."""
    return [cast(bytes, await redis.get(key) or b"").rstrip(b"\0") for key in lane_keys(name, GENERAL)[4:8]]


async def forget_seen(redis: Redis, *names: str) -> None:
    """Joining marks everyone as seen."""
    await redis.delete(*(key for name in names for key in lane_keys(name, GENERAL)[4:8]))


def bitmap(first: int, numbers: Iterable[int], length: int) -> bytes:
    made = bytearray(length)
    for number in numbers:
        made[(number - first) // 8] |= 0x80 >> (number - first) % 8
    return bytes(made)


@pytest.mark.parametrize("seed", range(12))
async def test_a_bitmap_marks_as_see_does(bench: Bench, seed: int) -> None:
    """Whatever was told before, wherever the bitmap begins, and however far past the last number it reaches."""
    chance = random.Random(seed)
    issued = chance.choice([1, 7, 8, 100, 1500])
    one, many = [await room(bench.redis, name, issued) for name in ("one", "many")]
    await forget_seen(bench.redis, "one", "many")
    for _ in range(4):
        first = 8 * chance.randrange(issued // 8 + 3)
        length = chance.choice([1, 63, 64, 65, 200])
        share = chance.choice([0.0, 0.02, 0.5, 1.0])
        numbers = [number for number in range(first, first + 8 * length) if chance.random() < share]
        if first == 0 and 0 in numbers:
            numbers.remove(0)  # there is no ticket of that number
        await one.see(numbers[:4000])
        await many.see_bits(first, bitmap(first, numbers[:4000], length))

    assert await seen(bench.redis, "one") == await seen(bench.redis, "many")


async def test_a_bitmap_is_cut_where_bits_are_not_kept_any_more(bench: Bench) -> None:
    """What lies before the base was settled long ago."""
    one, many = [await room(bench.redis, name, 100) for name in ("one", "many")]
    await forget_seen(bench.redis, "one", "many")
    for name in ("one", "many"):
        await bench.ask("HSET", lane_keys(name, GENERAL)[0], "base", 40)
    numbers = [*range(1, 101)]
    await one.see(numbers)
    await many.see_bits(0, bitmap(0, numbers, 13))
    await many.see_bits(0, b"\xff\xff")

    assert await seen(bench.redis, "one") == await seen(bench.redis, "many")
    assert any(await seen(bench.redis, "many"))


async def test_a_bitmap_of_another_life_marks_nobody(bench: Bench) -> None:
    """As with `see`: here the numbers may be somebody else's."""
    store = await room(bench.redis, "room", 20)
    other = LineStore(bench.redis, "room")
    await other.advance()
    await other.reset(who="test", why="")
    await other.join(20)
    await forget_seen(bench.redis, "room")
    await store.see_bits(0, b"\x7f\xff")

    assert not any(await seen(bench.redis, "room"))


async def test_tickets_are_claimed_together_as_one_by_one(bench: Bench) -> None:
    """The outcomes and what they leave behind are the same."""
    numbers = [3, 1, 99, 2, 1, 7, 5, 0, 4]
    outcomes, heads = [], []
    for name in ("one", "many"):
        store = await room(bench.redis, name, 8)
        await bench.ask("HSET", RoomKeys.of(name).room, "tokens", 4)
        await store.advance()
        await store.leave(2)
        if name == "one":
            answers = [await store.claim(number) for number in numbers]
            outcomes.append([outcome for outcome, _ in answers])
            heads.append(answers[-1][1])
        else:
            told, head = await store.claim_many([(number, number) for number in numbers])
            outcomes.append(told)
            heads.append(head)

    assert outcomes[0] == outcomes[1]
    assert {Outcome.ADMITTED, Outcome.AGAIN, Outcome.UNKNOWN, Outcome.SPENT, Outcome.WAITING} == set(
        outcomes[1]
    )
    same = ("issued", "called", "floor", "sessions", "granted", "late", "admitted", "no_shows")
    assert [getattr(heads[0], name) for name in same] == [getattr(heads[1], name) for name in same]


def test_a_rehearsal_has_another_clock_and_nothing_else() -> None:
    """All other text of a script is the same."""
    real, simulated = lua.source("advance"), lua.source("advance", lua.SIMULATED_CLOCK)

    assert "redis.call('TIME')" in real
    assert "'TIME'" not in simulated
    assert lua.SIMULATED_CLOCK_KEY in simulated
    assert (
        real.partition("-- The state of a room")[2] == simulated.partition("-- The state of a room")[2] != ""
    )
