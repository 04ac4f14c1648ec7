"""What was settled long ago is cut off the bitmaps, and nobody's place moves by it."""

from __future__ import annotations

import pytest

from tests.line.bench import LANE, SEEN, STILL, USED, Bench
from waitroom.line.head import Head
from waitroom.line.snapshot import Snapshot
from waitroom.line.ticket import Outcome

pytestmark = pytest.mark.anyio

CALLED = 3_000_000
ISSUED = CALLED + 1000


async def full_room(bench: Bench) -> None:
    """A line of three million, of whom all but a thousand were called."""
    await bench.open(rate=STILL)
    await bench.ask("HSET", LANE, "issued", ISSUED, "called", CALLED)
    await bench.store.see(range(CALLED + 1, CALLED + 101))
    for number in (1, CALLED - 1, CALLED + 3):
        await bench.ask("SETBIT", USED, number, 1)


async def settle(bench: Bench) -> Head:
    """`keep` goes by for all but the last 500 called: the next call cuts."""
    await bench.ask("HSET", LANE, "floor", CALLED - 500)
    return await bench.store.advance()


async def test_positions_and_used_tickets_outlive_the_cut(bench: Bench) -> None:
    """Positions, the waiting count and what was used are the same before and after the bitmaps are cut."""
    await full_room(bench)
    head = await settle(bench)

    assert 0 < head.base <= CALLED - 500
    assert 0 == head.base % 8
    cut = Snapshot(await bench.store.view(0))
    assert 99 == cut.waiting
    assert [0, 1, 2, 2, 98] == [cut.ahead(CALLED + n) for n in (1, 2, 3, 4, 100)]
    assert cut.is_used(CALLED + 3)
    lengths = [await bench.ask("STRLEN", key) for key in (USED, *SEEN)]
    assert max(lengths) < 1000


async def test_looking_before_the_cut_shows_the_same(bench: Bench) -> None:
    """A snapshot of uncut bitmaps has the very same positions."""
    await full_room(bench)
    uncut = Snapshot(await bench.store.view(0))
    await settle(bench)
    cut = Snapshot(await bench.store.view(0))

    numbers = [CALLED + n for n in (1, 2, 3, 4, 50, 100, 101, 1000)]
    assert (0, uncut.waiting) == (uncut.head.base, cut.waiting)
    assert cut.head.base > 0
    assert [uncut.ahead(n) for n in numbers] == [cut.ahead(n) for n in numbers]
    assert [uncut.is_used(n) for n in numbers] == [cut.is_used(n) for n in numbers]


async def test_the_cut_changes_no_ones_outcome(bench: Bench) -> None:
    """At the door: long settled is missed, used is spent, called is served, the rest waits."""
    await full_room(bench)
    await settle(bench)

    expected = {
        1: Outcome.MISSED,
        CALLED - 501: Outcome.MISSED,
        CALLED - 1: Outcome.SPENT,
        CALLED - 2: Outcome.CALLED,
        CALLED + 2: Outcome.WAITING,
        CALLED + 3: Outcome.SPENT,
        ISSUED + 1: Outcome.UNKNOWN,
    }
    assert expected == {number: await bench.outcome(number) for number in expected}


async def test_calling_goes_on_behind_the_cut(bench: Bench) -> None:
    """The next called are the next present, in order, and the late one before them."""
    await full_room(bench)
    await settle(bench)
    await bench.outcome(CALLED - 2)
    await bench.allow(4)
    await bench.store.advance()

    assert [CALLED - 2, CALLED + 1, CALLED + 2, CALLED + 4] == await bench.granted()


async def test_less_than_the_least_is_not_cut(bench: Bench) -> None:
    """Cutting moves bytes, so it is done a million numbers at a time."""
    await full_room(bench)
    await bench.ask("HSET", LANE, "floor", 1_000_000)
    head = await bench.store.advance()

    assert 0 == head.base
