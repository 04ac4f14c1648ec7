"""Group commit: who comes together shares one round trip, and one's trouble is not another's."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from waitroom.errors import LineUnavailableError
from waitroom.line.head import Head
from waitroom.line.joins import MAX_BATCH, Joins
from waitroom.line.store import Joined

pytestmark = pytest.mark.anyio


class Counter:
    """Gives out numbers as Redis does, and notes how many it was asked for at a time."""

    def __init__(self, *, admits: int = 0, meanwhile: Callable[[], Awaitable[None]] | None = None) -> None:
        self.batches: list[int] = []
        self.fails = False
        self._admits = admits
        self._meanwhile = meanwhile
        self._issued = 0

    async def draw(self, count: int) -> Joined:
        """The next ``count`` numbers."""
        self.batches.append(count)
        if self._meanwhile is not None:
            await self._meanwhile()
        if self.fails:
            raise LineUnavailableError("away")
        first = self._issued + 1
        self._issued += count
        return Joined(first, count, min(self._admits, count), Head(issued=self._issued))


async def test_those_who_come_together_share_one_round_trip() -> None:
    """Each with a number of their own, in the order in which they came."""
    counter = Counter(admits=2)
    joins = Joins(counter.draw)
    places = await asyncio.gather(*(joins.join() for _ in range(50)))
    assert [50] == counter.batches
    assert [*range(1, 51)] == [place.number for place in places]
    assert [True, True] + [False] * 48 == [place.admitted for place in places]


async def test_those_who_come_during_a_round_trip_are_the_next_batch() -> None:
    """One batch is under way at a time."""
    late: list[asyncio.Task[object]] = []

    async def more_come() -> None:
        if len(late) < 10:
            late.extend(asyncio.create_task(joins.join()) for _ in range(10))
        await asyncio.sleep(0.01)

    counter = Counter(meanwhile=more_come)
    joins = Joins(counter.draw)
    await joins.join()
    await asyncio.gather(*late)
    assert [1, 10] == counter.batches


async def test_no_batch_holds_redis_for_long() -> None:
    """A crowd is drawn for in parts, in order."""
    counter = Counter()
    joins = Joins(counter.draw)
    places = await asyncio.gather(*(joins.join() for _ in range(MAX_BATCH + 10)))
    assert [MAX_BATCH, 10] == counter.batches
    assert [*range(1, MAX_BATCH + 11)] == [place.number for place in places]


async def test_an_error_reaches_everyone_of_the_batch_and_no_one_else() -> None:
    """Whoever comes afterwards is served."""
    counter = Counter()
    counter.fails = True
    joins = Joins(counter.draw)
    failed = await asyncio.gather(*(joins.join() for _ in range(5)), return_exceptions=True)
    assert [LineUnavailableError] * 5 == [type(outcome) for outcome in failed]
    counter.fails = False
    assert 1 == (await joins.join()).number


async def test_who_hung_up_before_the_round_trip_takes_no_number() -> None:
    """The others of the batch are served as if that one had not come."""
    counter = Counter()
    joins = Joins(counter.draw)
    waiting = [asyncio.create_task(joins.join()) for _ in range(3)]
    await asyncio.sleep(0)
    waiting[0].cancel()
    await asyncio.sleep(0)
    places = await asyncio.gather(*waiting[1:])
    assert ([2], [1, 2]) == (counter.batches, [place.number for place in places])


async def test_who_hangs_up_during_the_round_trip_does_not_break_the_batch() -> None:
    """The number is left unused; the others keep theirs."""

    async def hang_up() -> None:
        waiting[1].cancel()
        await asyncio.sleep(0)

    counter = Counter(meanwhile=hang_up)
    joins = Joins(counter.draw)
    waiting = [asyncio.create_task(joins.join()) for _ in range(3)]
    outcomes = await asyncio.gather(*waiting, return_exceptions=True)
    assert isinstance(outcomes[1], asyncio.CancelledError)
    assert [1, 3] == [place.number for place in outcomes if not isinstance(place, BaseException)]


async def test_a_batch_that_everybody_left_costs_nothing() -> None:
    """And the next visitor is served."""
    counter = Counter()
    joins = Joins(counter.draw)
    gone = asyncio.create_task(joins.join())
    await asyncio.sleep(0)
    gone.cancel()
    await asyncio.gather(gone, return_exceptions=True)
    assert 1 == (await joins.join()).number
    assert [1] == counter.batches
