"""However long the line and whoever is missing in it: no call holds Redis for long."""

from __future__ import annotations

import random
from collections.abc import Iterable

import pytest

from tests.line.bench import LANE, SEEN, STILL, USED, Bench

pytestmark = pytest.mark.anyio

MILLION = 1_000_000
SLOWEST_US = 50_000
"""Of one call, on any machine; typical is less than a tenth of it."""


async def line_of(bench: Bench, issued: int, present: Iterable[int], *, slot: int = 0) -> None:
    """A line in which only these are present; the bitmaps reach its end."""
    await bench.open(rate=STILL)
    await bench.ask("HSET", LANE, "issued", issued)
    bits = bytearray(issued // 8 + 1)
    for number in present:
        bits[number // 8] |= 0x80 >> number % 8
    await bench.ask("SET", SEEN[slot], bytes(bits))


async def calls_until(bench: Bench, number: int, *, at_most: int) -> int:
    """How many calls of ``advance`` it takes until ``number`` is called, one place being free."""
    await bench.ask("CONFIG", "RESETSTAT")
    for calls in range(1, at_most + 1):
        await bench.allow(1)
        if (await bench.store.advance()).called >= number:
            return calls
    raise AssertionError(f"{number} was not called within {at_most} calls")


async def slowest_us(bench: Bench) -> float:
    """Microseconds of the average script call since the line was laid out."""
    stats = await bench.redis.info("commandstats")
    return float(stats["cmdstat_evalsha"]["usec_per_call"])


async def test_a_million_absent_are_one_jump(bench: Bench) -> None:
    """The one present visitor behind a million absent ones is called by the first call."""
    await line_of(bench, MILLION, [MILLION])

    assert 1 == await calls_until(bench, MILLION, at_most=1)
    assert [MILLION] == await bench.granted()
    assert await slowest_us(bench) < SLOWEST_US


async def test_nobody_present_is_one_jump(bench: Bench) -> None:
    """A line in which nobody is left is called to its end at once, and spends nothing."""
    await line_of(bench, MILLION, [])

    assert 1 == await calls_until(bench, MILLION, at_most=1)
    head = await bench.store.advance()
    assert (0, 1.0) == (head.admitted, head.tokens)


async def test_sparse_visitors_are_called_one_by_one_in_order(bench: Bench) -> None:
    """With one in a thousand present, a call with a full bucket calls as many stretches as it may look at."""
    present = sorted(random.Random(7).sample(range(1, MILLION), 1000))
    await line_of(bench, MILLION, present)
    await bench.turn(burst_ms=60_000, rate=1000.0, mode="auto")
    await bench.ask("CONFIG", "RESETSTAT")
    calls = 0
    while (await bench.store.advance()).called < present[-1]:
        await bench.allow(1000)
        calls += 1
        assert calls < 30, "at least 64 stretches of the line are looked at in a call"

    assert present == await bench.granted()
    assert await slowest_us(bench) < SLOWEST_US


async def test_every_second_visitor_present(bench: Bench) -> None:
    """With every second one present, a call passes over as many absent ones as it calls present ones."""
    await line_of(bench, MILLION, range(2, MILLION, 2))
    await bench.turn(burst_ms=60_000, rate=5000.0, mode="auto")
    await bench.ask("CONFIG", "RESETSTAT")
    await bench.allow(1000)
    head = await bench.store.advance()

    assert list(range(2, 2001, 2)) == await bench.granted()
    assert (2000, 1000) == (head.called, head.admitted)
    assert await slowest_us(bench) < SLOWEST_US


async def test_a_million_who_left_take_several_calls(bench: Bench) -> None:
    """Those who were just seen and have left are passed in stretches, a bounded number of them in a call."""
    await line_of(bench, MILLION, range(1, MILLION + 1))
    left = bytearray(b"\xff" * (MILLION // 8 + 1))
    left[MILLION // 8] &= ~(0x80 >> MILLION % 8) & 0xFF
    await bench.ask("SET", USED, bytes(left))

    calls = await calls_until(bench, MILLION, at_most=100)
    assert 1 < calls
    assert [MILLION] == await bench.granted()
    assert await slowest_us(bench) < SLOWEST_US


async def test_a_far_bit_in_one_slot_is_looked_for_once(bench: Bench) -> None:
    """Ten million places, sparse in one slot and empty but for the end in the others: still one quick call."""
    ten = 10 * MILLION
    await line_of(bench, ten, range(400, ten, 400))
    for key in SEEN[1:]:
        await bench.ask("SETBIT", key, ten, 1)
    await bench.ask("CONFIG", "RESETSTAT")
    await bench.turn(burst_ms=60_000, rate=1000.0, mode="auto")
    await bench.allow(1000)
    await bench.store.advance()

    granted = await bench.granted()
    assert list(range(400, 400 * len(granted) + 1, 400)) == granted
    assert 32 <= len(granted), "every second of the 64 stretches has somebody"
    assert await slowest_us(bench) < SLOWEST_US


async def test_a_thousand_late_ones_are_served_in_one_call(bench: Bench) -> None:
    """However many stand among the late ones, a call looks at four for each place it has."""
    await bench.open(rate=STILL)
    await bench.ask("HSET", LANE, "issued", 20_000, "called", 10_000)
    late = [word for number in range(1, 10_001) for word in (number, number)]
    await bench.ask("ZADD", "waitroom:1:{room}:lane:general:late", *late)
    await bench.ask("CONFIG", "RESETSTAT")
    await bench.allow(1)
    head = await bench.store.advance()

    assert 10_000 - 5 == head.late, "none of the five was present"
    assert await slowest_us(bench) < SLOWEST_US
