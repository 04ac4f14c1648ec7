"""A place is handed anew: to another device, or back to who gave it up. The ticket before counts no more."""

from __future__ import annotations

import pytest

from tests.line.bench import LANE, LOG, STILL, Bench
from waitroom.line.desk import Fate, Spot
from waitroom.line.hands import Handing, Hands
from waitroom.line.ticket import Outcome

pytestmark = pytest.mark.anyio


async def line_of(bench: Bench, count: int, **rules: object) -> None:
    """So many wait, and nobody is let in but by hand."""
    await bench.open(rate=STILL, **rules)
    await bench.store.join(count)


async def told(bench: Bench) -> tuple[str, ...]:
    """The hands that a new worker hears of."""
    return (await bench.worker().view(0)).handed


async def fate(bench: Bench, number: int) -> Fate:
    """How a place stands."""
    report = await bench.store.place(number)
    assert report is not None
    return report.fate


async def test_a_place_moves_once_by_each_hand(bench: Bench) -> None:
    """Of two who show the same hand at once, one gets the place; a new worker hears of it."""
    await line_of(bench, 3)
    assert Handing.DONE is await bench.store.hand_over(2, 2, 0)
    assert Handing.MOVED is await bench.worker().hand_over(2, 2, 0)
    assert ("general:2:1",) == await told(bench)
    assert Handing.DONE is await bench.store.hand_over(2, 2, 1)
    assert {"general:2:1", "general:2:2"} == set(await told(bench))


async def test_only_a_place_in_line_moves(bench: Bench) -> None:
    """None that was given up, is inside, or was never given out."""
    await line_of(bench, 3)
    await bench.store.leave(1)
    await bench.allow(1)
    await bench.store.see([2])
    await bench.store.advance()
    assert Outcome.ADMITTED is (await bench.store.claim(2))[0]
    assert [Handing.OVER] * 3 == [await bench.store.hand_over(number, number, 0) for number in (1, 2, 9)]
    assert () == await told(bench)


async def test_a_place_moves_so_often_and_no_more(bench: Bench) -> None:
    """Nobody can go on for ever."""
    await line_of(bench, 1)
    done = [await bench.store.hand_over(1, 1, hand) for hand in range(9)]
    assert [Handing.DONE] * 8 + [Handing.FULL] == done


async def test_leaving_is_undone_once(bench: Bench) -> None:
    """The place waits for its old turn again, and nothing of it is in the record."""
    await line_of(bench, 3)
    await bench.store.leave(2)
    assert Handing.DONE is await bench.store.undo(2, 2, 0)
    assert Fate.WAITING is await fate(bench, 2)
    await bench.store.leave(2)
    assert Handing.MOVED is await bench.store.undo(2, 2, 0)
    assert Fate.LEFT is await fate(bench, 2)
    log = await bench.ask("XRANGE", LOG, "-", "+")
    assert [] == [entry for _, entry in log if entry[b"type"] == b"undone"]


async def test_undo_after_the_turn_comes_late(bench: Bench) -> None:
    """Where its turn was called meanwhile it enters within the budget, and the record tells."""
    await line_of(bench, 3)
    await bench.store.leave(1)
    await bench.allow(1)
    await bench.store.see([1, 2, 3])
    await bench.store.advance()
    assert 2 == int(await bench.ask("HGET", LANE, "called"))
    assert Handing.DONE is await bench.store.undo(1, 1, 0)
    assert Outcome.CALLED is (await bench.store.claim(1))[0]
    await bench.allow(1)
    assert Outcome.ADMITTED is (await bench.store.claim(1))[0]
    log = await bench.ask("XRANGE", LOG, "-", "+")
    assert [(b"1", b"2")] == [
        (entry[b"number"], entry[b"called"]) for _, entry in log if entry[b"type"] == b"undone"
    ]


async def test_undo_gives_back_only_what_was_given_up(bench: Bench) -> None:
    """Nothing that waits or was never given out; nothing whose turn was more than ``keep`` ago."""
    await line_of(bench, 3, keep_ms=1000, presence_ms=60_000)
    assert [Handing.OVER] * 2 == [await bench.store.undo(number, number, 0) for number in (2, 9)]
    await bench.store.leave(1)
    await bench.allow(2)
    await bench.store.see([2, 3])
    await bench.store.advance()
    await bench.wait(9000, present=(3,))
    assert Handing.OVER is await bench.store.undo(1, 1, 0)
    assert Fate.LEFT is await fate(bench, 1)


async def test_a_reset_forgets_hands(bench: Bench) -> None:
    """The numbers of another life are other places."""
    await line_of(bench, 1)
    await bench.store.hand_over(1, 1, 0)
    await bench.store.reset(who="test", why="test")
    assert () == await told(bench)


def test_a_worker_keeps_the_newest_hand() -> None:
    """In whatever order it hears, of whichever lane; another life begins with none."""
    hands, spot = Hands(), Spot("general", 7)
    assert (0, False) == (hands.newest(spot), bool(hands))
    hands.hear(5, ["general:7:2", "general:7:1", "members:7:4"])
    assert (2, 4) == (hands.newest(spot), hands.newest(Spot("members", 7)))
    heard = hands.heard
    hands.hear(5, ["general:7:2"])
    assert heard == hands.heard
    hands.learn(spot, 3)
    assert 3 == hands.newest(spot)
    hands.hear(6, [])
    assert 0 == hands.newest(spot)
