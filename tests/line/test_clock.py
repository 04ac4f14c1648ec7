"""Redis's clock may step: nobody loses a turn, and nothing is admitted for time that did not pass."""

from __future__ import annotations

import pytest

from tests.line.bench import STILL, Bench
from waitroom.line.rules import Mode

pytestmark = pytest.mark.anyio

MAX_STEP_MS = 2000
HOUR_MS = 3_600_000


async def test_a_clock_that_jumps_back_accrues_nothing(bench: Bench) -> None:
    """An hour back gives no budget, and time goes on from there."""
    before = await bench.open(rate=600.0)
    await bench.store.join(500)
    await bench.jump(-HOUR_MS)
    jumped = await bench.store.advance()
    await bench.jump(1000)
    after = await bench.store.advance()

    assert jumped.clock - before.clock < 1000
    assert jumped.admitted <= 10
    assert 10 <= after.admitted <= 20


async def test_a_clock_that_jumps_forward_accrues_two_seconds(bench: Bench) -> None:
    """An hour forward gives the budget of MAX_STEP, and turns nobody absent."""
    await bench.open(rate=600.0)
    before = (await bench.store.join(500)).head
    await bench.jump(HOUR_MS)
    after = await bench.store.advance()

    assert MAX_STEP_MS == after.clock - before.clock
    assert 20 == after.admitted == after.granted == after.called


async def test_a_clock_that_jumps_forward_ends_no_visit(bench: Bench) -> None:
    """Those inside, and the turns of those who were called, outlive an hour's jump."""
    await bench.open(rate=STILL)
    await bench.store.join(5)
    await bench.allow(2)
    await bench.store.advance()
    await bench.store.claim(1)
    await bench.jump(HOUR_MS)
    head = await bench.store.advance()

    assert (1, 1, 0) == (head.sessions, head.granted, head.no_shows)


async def test_hours_without_a_gateway_cost_nobody_a_place(bench: Bench) -> None:
    """The clocks stand while no gateway runs: whoever was present still is, whoever was called may come."""
    await bench.open(rate=STILL, keep_ms=3000)
    await bench.store.join(5)
    await bench.allow(1)
    await bench.store.advance()
    await bench.jump(8 * HOUR_MS)
    bench.store = bench.worker()
    await bench.allow(1)
    await bench.store.advance()

    assert [1, 2] == await bench.granted()


@pytest.mark.parametrize("mode", [Mode.PAUSE, Mode.CLOSED])
async def test_no_turn_lapses_behind_a_shut_door(bench: Bench, mode: Mode) -> None:
    """While nobody may enter, grants and `keep` stand still; they run on when the door opens."""
    await bench.open(rate=STILL, keep_ms=6400, entry_ms=4000)
    await bench.store.join(5)
    await bench.allow(2)
    await bench.wait(1000)
    await bench.turn(mode=mode)
    shut = await bench.wait(20_000)
    await bench.turn(mode=Mode.QUEUE)
    open_again = await bench.wait(2000)
    lapsed = await bench.wait(3000)

    assert (2, 0) == (shut.granted, shut.no_shows)
    assert (2, 0, 0) == (open_again.granted, open_again.no_shows, open_again.floor)
    assert (0, 2) == (lapsed.granted, lapsed.no_shows)
