"""A place that nobody takes goes to the next in line."""

from __future__ import annotations

import pytest

from tests.line.bench import STILL, Bench
from waitroom.line.ticket import Outcome

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

    seen = []
    for _ in range(60):
        for _ in range(2):
            await bench.jump(500)
            await bench.store.advance()
            await enter_the_others()
        head = await bench.store.see(tuple(range(1, 2001)))
        seen.append((head.clock, len(entered)))
    head = await bench.store.advance()
    # the first places that nobody took come back after `entry`, four seconds
    (first, before), (last, after) = seen[9], seen[59]
    settled = (after - before) / (last - first) * 1000

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


async def test_who_never_comes_does_not_drain_the_line(bench: Bench) -> None:
    """While nobody at all enters, no more are called than twice the rate."""
    await bench.open(rate=600.0, presence_ms=60_000, keep_ms=60_000)
    await bench.store.join(3000)
    before = await bench.store.advance()
    for _ in range(60):
        await bench.jump(500)
        await bench.store.advance()
    head = await bench.store.advance()
    seconds = (head.clock - before.clock) / 1000

    # ten a second, and as many again for those who did not come, besides what `entry`, four seconds, gives at first
    assert head.called - before.called <= 2 * 10 * seconds + 10 * 4 + 2


async def test_who_lets_two_places_lapse_has_missed_the_turn(bench: Bench) -> None:
    """The first may be a phone that was locked; the second holds nobody up any more."""
    await bench.open(rate=STILL)
    await bench.store.join(2)
    for outcome in (Outcome.CALLED, Outcome.MISSED):
        await bench.allow(1)
        await bench.store.advance()
        await bench.wait(4500, present=(1,))
        await bench.allow(0)
        assert outcome is await bench.outcome(1)
    assert Outcome.MISSED is await bench.outcome(1)


async def test_places_for_people_are_not_held_by_those_who_never_take_theirs(bench: Bench) -> None:
    """With a capacity of ten and ten who claim again and again without entering, the others get in."""
    await bench.open(rate=600.0, capacity=10, presence_ms=60_000, keep_ms=60_000, session_ms=600_000)
    await bench.store.join(30)
    entered = set()
    for _ in range(40):
        await bench.jump(500)
        await bench.store.advance()
        for number in await bench.granted():
            if number > 10 and (await bench.outcome(number)) is Outcome.ADMITTED:
                entered.add(number)
        for number in range(1, 11):
            if number not in await bench.granted():
                # they show themselves again as soon as their place has lapsed, and never come through
                await bench.store.see([number])

    assert 10 == len(entered)


async def test_a_granted_place_that_is_given_up_goes_to_the_next(bench: Bench) -> None:
    """With its share of the rate: who leaves at the door takes no admission from anyone."""
    await bench.open(rate=STILL)
    await bench.store.join(4)
    await bench.allow(2)
    await bench.store.advance()
    head = (await bench.store.leave(1))[1]
    assert (1, 0, 1) == (head.given_back, head.entered, head.granted)
    head = await bench.store.advance()
    assert (3, [2, 3]) == (head.called, await bench.granted())


async def test_no_more_comes_back_than_once_the_rate(bench: Bench) -> None:
    """A crowd that leaves at the door drains no line: of ten places that are given up, what the rate gives in the time
    to enter comes back."""
    await bench.open(rate=60.0, entry_ms=3000)
    await bench.store.join(30)
    await bench.allow(10)
    await bench.store.advance()
    for number in range(1, 11):
        await bench.store.leave(number)
    head = await bench.store.advance()
    assert (10, 3) == (head.given_back, head.granted)


async def test_at_a_rate_of_nothing_nobody_is_let_in_for_who_leaves(bench: Bench) -> None:
    """Nor for who never came."""
    await bench.open(rate=STILL)
    await bench.store.join(3)
    await bench.allow(1)
    await bench.store.advance()
    await bench.turn(rate=0.0)
    await bench.store.leave(1)
    assert 0 == (await bench.store.advance()).granted
