"""A place that nobody takes goes to the next in line."""

from __future__ import annotations

import pytest

from tests.line.bench import Bench

pytestmark = pytest.mark.anyio


async def test_those_who_really_enter_meet_the_rate(bench: Bench) -> None:
    """With three of ten never coming through the door, as many enter in the long run as the rate says."""
    await bench.open(rate=600.0)
    await bench.store.join(2000)
    await bench.store.see(tuple(range(1, 2001)))
    entered: list[int] = []

    async def enter_the_others() -> None:
        for number in await bench.granted():
            if number % 10 >= 3:
                await bench.store.claim(number)
                entered.append(number)

    per_second = []
    for _ in range(60):
        for _ in range(2):
            await bench.jump(500)
            await bench.store.advance()
            await enter_the_others()
        await bench.store.see(tuple(range(1, 2001)))
        per_second.append(len(entered))
    head = await bench.store.advance()
    # the first places that nobody took come back after `entry`, four seconds
    settled = (per_second[59] - per_second[9]) / 50

    assert head.no_shows > 150
    assert 10 == pytest.approx(settled, rel=0.03)


async def test_a_place_comes_back_once(bench: Bench) -> None:
    """It gives its budget back when it lapses, and not again when its holder comes late and is let in."""
    await bench.open(rate=0.001)
    await bench.store.join(1)
    await bench.allow(1)
    await bench.store.advance()
    lapsed = await bench.wait(4500)
    returned = (await bench.store.claim(1))[1]

    assert (1, 0) == (lapsed.no_shows, lapsed.granted)
    assert 1 == pytest.approx(lapsed.tokens, abs=0.01)
    assert 0 == pytest.approx(returned.tokens, abs=0.01)
    assert 1 == returned.sessions
