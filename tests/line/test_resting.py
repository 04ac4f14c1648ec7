"""Who lets others pass keeps the place within bounds: nobody is overtaken, and nobody waits for them."""

from __future__ import annotations

import pytest

from tests.line.bench import LOG, STILL, Bench
from waitroom.line.desk import Fate
from waitroom.line.resting import Resting
from waitroom.line.ticket import Outcome

pytestmark = pytest.mark.anyio


async def line_of(bench: Bench, count: int, **rules: object) -> None:
    """So many wait, and nobody is let in but by hand."""
    await bench.open(rate=STILL, **rules)
    await bench.store.join(count)


async def let_in(bench: Bench, places: int, *present: int) -> None:
    """So many places come free, and these are there."""
    await bench.allow(places)
    await bench.store.see(present)
    await bench.store.advance()


async def fate(bench: Bench, number: int) -> Fate:
    """How a place stands."""
    report = await bench.store.place(number)
    assert report is not None
    return report.fate


async def test_who_rests_is_passed_over_though_there(bench: Bench) -> None:
    """The place goes to the next; it is not granted, nor let in at the door."""
    await line_of(bench, 3)
    assert Resting.DONE is await bench.store.rest(1, 1, 600_000)
    await let_in(bench, 1, 1, 2, 3)
    assert [2] == await bench.granted()
    assert Outcome.WAITING is await bench.outcome(1)
    assert [1] == list((await bench.store.view(0)).resting)


async def test_who_is_back_goes_in_first(bench: Bench) -> None:
    """Within the budget, and before those who were not called yet."""
    await line_of(bench, 4)
    await bench.store.rest(1, 1, 600_000)
    await let_in(bench, 1, 1, 2, 3, 4)
    assert Resting.DONE is await bench.store.ready(1, 1)
    assert {} == (await bench.store.view(0)).resting
    assert Outcome.CALLED is await bench.outcome(1)
    await let_in(bench, 1, 1, 3, 4)
    assert [1, 2] == await bench.granted()
    assert Outcome.ADMITTED is await bench.outcome(1)


async def test_who_is_back_before_the_turn_waits_for_it(bench: Bench) -> None:
    """Nothing is lost, and nothing is won."""
    await line_of(bench, 3)
    await bench.store.rest(2, 2, 600_000)
    assert Resting.DONE is await bench.store.ready(2, 2)
    assert Outcome.WAITING is await bench.outcome(2)
    await let_in(bench, 2, 1, 2, 3)
    assert [1, 2] == await bench.granted()


async def test_a_granted_place_goes_to_the_next(bench: Bench) -> None:
    """Its admission comes back, and the record says how the place stood."""
    await bench.open(rate=60.0)
    await bench.store.join(2)
    await let_in(bench, 1, 1)
    assert [1] == await bench.granted()
    assert Resting.DONE is await bench.store.rest(1, 1, 600_000)
    await bench.store.see([2])
    await bench.store.advance()
    assert [2] == await bench.granted()
    log = await bench.ask("XRANGE", LOG, "-", "+")
    assert [(b"1", b"granted", b"600000")] == [
        (entry[b"number"], entry[b"was"], entry[b"ms"]) for _, entry in log if entry[b"type"] == b"rested"
    ]


async def test_a_place_rests_once(bench: Bench) -> None:
    """Neither while it does nor after; so nobody stays in front for ever."""
    await line_of(bench, 2)
    assert Resting.AGAIN is await bench.store.ready(1, 1)
    assert Resting.DONE is await bench.store.rest(1, 1, 2000)
    assert Resting.AGAIN is await bench.store.rest(1, 1, 2000)
    await bench.store.ready(1, 1)
    assert Resting.AGAIN is await bench.store.rest(1, 1, 2000)
    await bench.wait(5000, present=(1, 2))
    assert Resting.AGAIN is await bench.store.rest(1, 1, 2000)


async def test_the_place_is_kept_until_the_time_that_was_told(bench: Bench) -> None:
    """Longer than ``keep`` after the turn, and no longer."""
    await line_of(bench, 3, keep_ms=2000)
    await bench.store.rest(1, 1, 20_000)
    await let_in(bench, 1, 1, 2, 3)
    await bench.wait(10_000, present=(3,))
    assert Fate.CALLED is await fate(bench, 1)
    await bench.store.ready(1, 1)
    await let_in(bench, 1, 1)
    assert Outcome.ADMITTED is await bench.outcome(1)
    await bench.store.rest(3, 3, 3000)
    await let_in(bench, 1, 3)
    await bench.wait(1000)
    await bench.store.join(2)
    await let_in(bench, 1, 4, 5)
    await bench.wait(12_000)
    assert Outcome.MISSED is await bench.outcome(3)


async def test_only_a_place_in_line_rests(bench: Bench) -> None:
    """None that was given up or never given out."""
    await line_of(bench, 2)
    await bench.store.leave(1)
    assert [Resting.OVER] * 2 == [await bench.store.rest(number, number, 1000) for number in (1, 9)]


async def test_more_time_is_given_as_often_as_it_may_be(bench: Bench) -> None:
    """From the moment of asking; who is back meanwhile may ask once more, and it is counted."""
    await line_of(bench, 2)
    assert Resting.DONE is await bench.store.rest(1, 1, 2000)
    assert Resting.DONE is await bench.store.rest(1, 1, 60_000, times=2)
    assert 50_000 < (await bench.store.view(0)).resting[1] <= 60_000
    await bench.store.ready(1, 1)
    assert {} == (await bench.store.view(0)).resting
    assert Resting.DONE is await bench.store.rest(1, 1, 60_000, times=2)
    assert Resting.AGAIN is await bench.store.rest(1, 1, 60_000, times=2)
    assert Resting.AGAIN is await bench.store.rest(1, 1, 60_000)


async def test_whose_turn_has_come_may_ask_for_more_time(bench: Bench) -> None:
    """The admission goes to the next; the place is kept, longer than ``keep``, and its holder goes in first."""
    await line_of(bench, 3, keep_ms=2000)
    await let_in(bench, 1, 1, 2, 3)
    assert [1] == await bench.granted()
    assert Resting.DONE is await bench.store.rest(1, 1, 30_000, times=10)
    assert [] == await bench.granted()
    await let_in(bench, 1, 2, 3)
    await bench.wait(8000, present=(3,))
    assert Fate.CALLED is await fate(bench, 1)
    await bench.store.ready(1, 1)
    await let_in(bench, 1, 1, 3)
    assert Outcome.ADMITTED is await bench.outcome(1)


async def test_so_many_times_are_counted_in_one_moment(bench: Bench) -> None:
    """Up to a thousand, without a millisecond lost."""
    await line_of(bench, 2)
    for time in range(1, 31):
        assert Resting.DONE is await bench.store.rest(1, 1, 9000, times=30), time
        if time % 2:
            await bench.store.ready(1, 1)
    assert Resting.AGAIN is await bench.store.rest(1, 1, 9000, times=30)
    assert 8000 < (await bench.store.view(0)).resting[1] <= 9000
