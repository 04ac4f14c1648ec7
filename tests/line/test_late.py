"""Those who were away when called: what they keep, and for how long."""

from __future__ import annotations

import pytest

from tests.line.bench import STILL, Bench
from waitroom.line.ticket import Outcome

pytestmark = pytest.mark.anyio

KEEP_MS = 6400
MARK_MS = KEEP_MS // 64


async def called_while_away(bench: Bench, count: int) -> None:
    """``count`` tickets are called while none of them is there; behind them nobody stands."""
    await bench.open(rate=STILL, keep_ms=KEEP_MS, presence_ms=1000)
    await bench.store.join(count)
    await bench.wait(2000)
    await bench.allow(1)
    head = await bench.store.advance()
    assert (count, 0) == (head.called, head.admitted)
    await bench.allow(0)


async def test_late_ones_are_served_by_number_ahead_of_the_line(bench: Bench) -> None:
    """In whatever order they come back: the lowest number first, and all of them before those not yet called."""
    await called_while_away(bench, 4)
    line = (await bench.store.join(2)).first
    for number in (3, 1, 4):
        assert Outcome.CALLED == await bench.outcome(number)
    for expected in ([1], [1, 3], [1, 3, 4], [1, 3, 4, line]):
        await bench.allow(1)
        await bench.store.advance()
        assert expected == await bench.granted()


async def test_late_ones_spend_the_same_budget(bench: Bench) -> None:
    """A crowd that comes back at once is let in at the rate, not at once."""
    await called_while_away(bench, 200)
    before = await bench.turn(rate=600.0)
    for number in range(1, 201):
        await bench.store.claim(number)
    after = await bench.store.advance()

    most = (after.clock - before.clock) / 100 + 1
    assert after.admitted <= most
    assert 200 == after.late + after.granted + after.sessions


async def test_a_late_one_who_goes_away_again_spends_nothing(bench: Bench) -> None:
    """Whoever is gone when the budget reaches them is passed over, and may come back once more."""
    await called_while_away(bench, 2)
    assert Outcome.CALLED == await bench.outcome(1)
    await bench.wait(2000)
    assert Outcome.CALLED == await bench.outcome(2)
    await bench.allow(1)
    await bench.store.advance()

    assert [2] == await bench.granted()
    assert Outcome.CALLED == await bench.outcome(1)


async def test_the_turn_is_kept_for_keep_and_not_longer(bench: Bench) -> None:
    """A moment before `keep` is over the turn counts, a moment after it is missed."""
    await called_while_away(bench, 2)
    await bench.wait(KEEP_MS - 1000)
    assert Outcome.CALLED == await bench.outcome(1)
    head = await bench.wait(1000 + MARK_MS)

    assert 2 == head.floor
    assert Outcome.MISSED == await bench.outcome(2)


async def test_whoever_came_back_in_time_does_not_miss_the_turn_by_standing(bench: Bench) -> None:
    """Among the late ones nobody's turn runs out, however long the budget lets them wait."""
    await called_while_away(bench, 1)
    line = (await bench.store.join(1)).first
    assert Outcome.CALLED == await bench.outcome(1)
    head = await bench.wait(2 * KEEP_MS, present=(1, line))
    assert (1, 1) == (head.floor, head.late)
    assert Outcome.CALLED == await bench.outcome(1)
    await bench.allow(1)

    assert Outcome.ADMITTED == await bench.outcome(1)


async def test_a_missed_turn_can_still_be_given_up(bench: Bench) -> None:
    """Leaving is always possible, and makes the ticket worthless for good."""
    await called_while_away(bench, 1)
    await bench.wait(KEEP_MS + MARK_MS)

    assert Outcome.LEFT == (await bench.store.leave(1))[0]
    assert Outcome.SPENT == await bench.outcome(1)
