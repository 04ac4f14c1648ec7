"""The support desk gives places back and brings them to the front: within the rate, and never two for one visitor."""

from __future__ import annotations

from typing import Any

import pytest

from tests.line.bench import DESK, LANE, LOG, SUMMONED, Bench
from tests.line.bench import STILL as STILL_RATE
from waitroom.line.desk import Fate, Help, Helped, Spot
from waitroom.line.memory import GENERAL, Memory
from waitroom.line.plan import Plan, Step, StepKind
from waitroom.line.snapshot import Snapshot
from waitroom.line.store import LineStore
from waitroom.line.ticket import Outcome

pytestmark = pytest.mark.anyio

WHY = "the phone died"
FAR = 4_000_000_000_000


async def fate(bench: Bench, number: int) -> Fate:
    """How a place stands."""
    report = await bench.store.place(number)
    assert report is not None
    return report.fate


async def reinstate(bench: Bench, number: int) -> Help | Fate:
    """Gives a place back."""
    return (await bench.store.reinstate(number, who="anna", why=WHY)).help


async def front(bench: Bench, number: int) -> Help | Fate:
    """Brings a place to the front."""
    return (await bench.store.bring_forward(number, who="anna", why=WHY))[0]


async def line_of(bench: Bench, count: int, **rules: object) -> None:
    """So many wait, and nobody is let in but by hand."""
    await bench.open(rate=STILL_RATE, **rules)
    await bench.store.join(count)


async def entries(bench: Bench, kind: bytes) -> list[dict[bytes, bytes]]:
    """What the record has of one kind."""
    log: list[Any] = await bench.ask("XRANGE", LOG, "-", "+")
    return [entry for _, entry in log if entry[b"type"] == kind]


async def miss(bench: Bench, number: int) -> None:
    """Its turn comes and goes while nobody is there."""
    others = tuple(n for n in range(1, 40) if n != number)
    await bench.wait(9000, present=others)
    await bench.allow(number)
    await bench.wait(9000, present=others)
    assert Fate.MISSED is await fate(bench, number)


async def test_a_missed_place_is_called_again_at_once(bench: Bench) -> None:
    """Whoever is back shows it, and enters before those not yet called, as soon as there is budget."""
    await line_of(bench, 8)
    await miss(bench, 2)
    assert (Outcome.MISSED, Help.DONE) == (await bench.outcome(2), await reinstate(bench, 2))
    assert Outcome.CALLED is await bench.outcome(2)
    assert Fate.LATE is await fate(bench, 2)
    await bench.allow(1)
    assert Outcome.ADMITTED is await bench.outcome(2)
    assert (Fate.INSIDE, Outcome.AGAIN) == (await fate(bench, 2), await bench.outcome(2))


async def test_a_place_that_is_given_back_is_missed_again_after_keep(bench: Bench) -> None:
    """Its holder has as long to come as anybody who is called."""
    await line_of(bench, 8)
    await miss(bench, 2)
    await reinstate(bench, 2)
    await bench.wait(6000, present=(5, 6, 7, 8))
    report = await bench.store.place(2)
    assert report is not None
    assert Fate.CALLED is report.fate
    assert 0 < report.lasts_ms <= 400
    await bench.wait(1000)
    assert (Fate.MISSED, Outcome.MISSED) == (await fate(bench, 2), await bench.outcome(2))


async def test_a_place_that_was_given_up_waits_at_its_old_turn(bench: Bench) -> None:
    """Where that has not been called: nobody is overtaken, and nothing was lost."""
    await line_of(bench, 5)
    await bench.store.leave(3)
    assert Fate.LEFT is await fate(bench, 3)
    done = await bench.store.reinstate(3, who="anna", why=WHY)
    assert (Help.DONE, Fate.LEFT, False) == (done.help, done.was, done.is_called)
    assert Outcome.WAITING is await bench.outcome(3)
    await bench.allow(3)
    await bench.store.advance()
    assert [1, 2, 3] == await bench.granted()


async def test_a_visit_that_the_shop_ended_by_mistake_begins_again(bench: Bench) -> None:
    """Within the rate, and then it lasts: what was ended is not held against it."""
    await line_of(bench, 4)
    await bench.allow(1)
    await bench.store.advance()
    await bench.store.claim(1)
    session = f"{(await bench.store.advance()).epoch}:general:1"
    await bench.store.finish(session)
    assert (Fate.FINISHED, Outcome.SPENT) == (await fate(bench, 1), await bench.outcome(1))
    assert Help.DONE is await reinstate(bench, 1)
    assert Outcome.CALLED is await bench.outcome(1)
    await bench.allow(1)
    assert Outcome.ADMITTED is await bench.outcome(1)
    await bench.wait(20_000)
    await bench.store.renew({session: 0})
    await bench.wait(20_000)
    assert Fate.INSIDE is await fate(bench, 1)


async def test_who_let_two_places_go_has_two_chances_again(bench: Bench) -> None:
    """As everyone who is called."""
    await line_of(bench, 2, entry_ms=1000)

    async def let_go() -> None:
        await bench.allow(0)
        await bench.store.claim(1)
        await bench.allow(1)
        await bench.store.advance()
        await bench.wait(1500)

    await let_go()
    await let_go()
    assert Fate.MISSED is await fate(bench, 1)
    assert Help.DONE is await reinstate(bench, 1)
    await let_go()
    await bench.allow(1)
    assert Outcome.ADMITTED is await bench.outcome(1)


async def test_a_waiting_place_is_brought_to_the_front(bench: Bench) -> None:
    """Of those who are there it is the next that is let in, and it takes one admission of the rate, no more."""
    await line_of(bench, 9)
    await bench.allow(2)
    await bench.store.advance()
    assert (Help.DONE, Fate.LATE) == (await front(bench, 7), await fate(bench, 7))
    await bench.allow(1)
    head = await bench.store.advance()
    assert ([1, 2, 7], 2, 3) == (await bench.granted(), head.called, head.admitted)
    assert Outcome.ADMITTED is await bench.outcome(7)
    await bench.allow(9)
    head = await bench.store.advance()
    assert ([1, 2, 3, 4, 5, 6, 8, 9], 9) == (await bench.granted(), head.admitted)


async def test_the_front_is_within_the_capacity(bench: Bench) -> None:
    """Nobody is let in to a full room by the word of the desk."""
    await line_of(bench, 5, capacity=2)
    await bench.allow(5)
    await bench.store.advance()
    await front(bench, 5)
    await bench.store.advance()
    assert [1, 2] == await bench.granted()
    await bench.store.leave(1)
    await bench.allow(5)
    await bench.store.advance()
    assert [2, 5] == await bench.granted()


async def test_who_holds_a_place_at_the_front_is_not_called_twice(bench: Bench) -> None:
    """When the line reaches the old turn, it is passed over: no admission is spent on it a second time."""
    await line_of(bench, 4)
    await front(bench, 3)
    await bench.allow(1)
    await bench.store.advance()
    await bench.allow(3)
    head = await bench.store.advance()
    assert ([1, 2, 3, 4], 4, 4) == (await bench.granted(), head.admitted, head.called)


async def test_who_does_not_come_to_the_front_waits_for_the_old_turn(bench: Bench) -> None:
    """Nothing is lost by having been helped."""
    await line_of(bench, 6)
    others = (1, 2, 3, 4, 6)
    await bench.wait(9000, present=others)
    assert (Help.DONE, Fate.CALLED) == (await front(bench, 5), await fate(bench, 5))
    await bench.wait(7000, present=others)
    assert Fate.WAITING is await fate(bench, 5)
    await bench.wait(1000, present=(5, *others))
    await bench.allow(5)
    await bench.store.advance()
    assert [1, 2, 3, 4, 5] == await bench.granted()


async def test_who_was_away_comes_to_the_front_within_keep(bench: Bench) -> None:
    """The next request shows it at the door."""
    await line_of(bench, 6)
    await bench.wait(9000, present=(1, 2))
    await front(bench, 6)
    assert Outcome.CALLED is await bench.outcome(6)
    await bench.allow(1)
    assert Outcome.ADMITTED is await bench.outcome(6)


async def test_those_who_were_called_stand_before_those_brought_forward(bench: Bench) -> None:
    """Whoever was away when called is let in first."""
    await line_of(bench, 6)
    await bench.wait(9000, present=(3, 6))
    await bench.allow(1)
    await bench.store.advance()
    await front(bench, 6)
    assert Outcome.CALLED is await bench.outcome(2)
    await bench.allow(1)
    await bench.store.advance()
    assert 2 in await bench.granted()
    assert 6 not in await bench.granted()


@pytest.mark.parametrize("mode", ["pause", "closed"])
async def test_the_desk_opens_no_door_that_is_shut(bench: Bench, mode: str) -> None:
    """What it does counts when the line goes on."""
    await line_of(bench, 3)
    await bench.store.configure({"mode": mode}, source="live", who="test")
    await bench.allow(1)
    assert (Help.DONE, Outcome.SHUT) == (await front(bench, 3), await bench.outcome(3))
    await bench.wait(9000, present=(1, 2, 3))
    assert [] == await bench.granted()
    await bench.store.configure({"mode": "queue"}, source="live", who="test")
    await bench.allow(1)
    await bench.store.advance()
    assert [3] == await bench.granted()


async def test_one_visitor_has_one_place(bench: Bench) -> None:
    """Who was given a new place since has the old one again, and the new one no more."""
    await line_of(bench, 5)
    await miss(bench, 2)
    new = (await bench.store.join(1)).first
    await bench.store.follow(new, Spot(GENERAL, 2))
    old, followed = await bench.store.place(2), await bench.store.place(new)
    assert old is not None
    assert followed is not None
    assert (Spot(GENERAL, new), Spot(GENERAL, 2)) == (old.went_to, followed.came_from)
    done = await bench.store.reinstate(2, who="anna", why=WHY)
    assert (Help.DONE, Fate.MISSED, True, Spot(GENERAL, new)) == (
        done.help, done.was, done.is_called, done.instead_of,
    )  # fmt: skip
    helped = await bench.store.helped()
    assert Helped({Spot(GENERAL, new): Spot(GENERAL, 2)}, frozenset({Spot(GENERAL, 2)})) == helped
    assert (Fate.LEFT, Outcome.SPENT) == (await fate(bench, new), await bench.outcome(new))


async def test_of_many_places_one_after_the_other_the_last_is_given_up(bench: Bench) -> None:
    """The one that the visitor holds."""
    await line_of(bench, 4)
    await miss(bench, 1)
    for number in (5, 6, 7):
        assert number == (await bench.store.join(1)).first
        await bench.store.follow(number, Spot(GENERAL, {5: 1, 6: 5, 7: 6}[number]))
    done = await bench.store.reinstate(1, who="anna", why=WHY)
    assert Spot(GENERAL, 7) == done.instead_of


async def test_the_place_of_another_lane_is_given_up_too(bench: Bench) -> None:
    """Where somebody was given the new place by right."""
    members = LineStore(bench.redis, "room", "members", Memory(("general", "members")))
    await line_of(bench, 3)
    await bench.store.leave(2)
    await members.join(1)
    await members.follow(1, Spot(GENERAL, 2))
    done = await bench.store.reinstate(2, who="anna", why=WHY)
    report = await members.place(1)
    assert report is not None
    assert (Spot("members", 1), Fate.LEFT) == (done.instead_of, report.fate)


async def test_who_came_in_by_a_later_place_gets_nothing_back(bench: Bench) -> None:
    """Nor who is just being let in by it: the desk is told which place that is."""
    await line_of(bench, 3)
    await miss(bench, 1)
    new = (await bench.store.join(1)).first
    await bench.store.follow(new, Spot(GENERAL, 1))
    await bench.store.see((new,))
    await bench.allow(4)
    await bench.store.advance()
    done = await bench.store.reinstate(1, who="anna", why=WHY)
    assert (Fate.GRANTED, Spot(GENERAL, new)) == (done.help, done.spot)
    await bench.store.claim(new)
    done = await bench.store.reinstate(1, who="anna", why=WHY)
    assert (Fate.INSIDE, Spot(GENERAL, new)) == (done.help, done.spot)


async def test_what_is_not_lost_is_not_given_back(bench: Bench) -> None:
    """A place that waits, that is granted, that is in the shop, that never was."""
    await line_of(bench, 4)
    await bench.allow(2)
    await bench.store.advance()
    await bench.store.claim(1)
    assert [Fate.INSIDE, Fate.GRANTED, Fate.WAITING, Fate.UNKNOWN, Fate.UNKNOWN] == [
        await reinstate(bench, number) for number in (1, 2, 3, 0, 5)
    ]
    await front(bench, 3)
    assert Fate.LATE is await reinstate(bench, 3)


async def test_only_who_waits_is_brought_to_the_front(bench: Bench) -> None:
    """Nobody who is in, who was let in, who has been called already, or whose place is over."""
    await line_of(bench, 6)
    await bench.store.leave(4)
    await bench.allow(2)
    await bench.store.advance()
    await bench.store.claim(1)
    assert [Fate.INSIDE, Fate.GRANTED, Fate.LEFT, Help.DONE, Fate.LATE, Fate.UNKNOWN] == [
        await front(bench, number) for number in (1, 2, 4, 5, 5, 7)
    ]


async def test_nobody_is_brought_to_the_front_of_a_lane_that_never_moves(bench: Bench) -> None:
    """There is no front."""
    suspects = LineStore(bench.redis, "room", "suspects", Memory(("general", "suspects")))
    await bench.open(rate=STILL_RATE, weights="suspects:0")
    await suspects.join(2)
    assert Help.STILL is (await suspects.bring_forward(1, who="anna", why=WHY))[0]


async def test_before_the_opening_nobody_is_brought_to_the_front(bench: Bench) -> None:
    """Everyone is equal until then; a place that was given up may be given back."""
    await bench.open(rate=STILL_RATE)
    plan = Plan((Step(1, StepKind.BEGIN, "sale", opens_ms=FAR), Step(FAR, StepKind.OPEN, "sale")))
    await bench.store.plan(plan.to_redis(), name="1", source="live", who="test")
    await bench.store.join(3)
    await bench.store.leave(2)
    assert (Help.UNOPENED, Help.DONE) == (await front(bench, 1), await reinstate(bench, 2))
    assert Fate.WAITING is await fate(bench, 2)


async def test_a_place_of_another_life_is_not_touched(bench: Bench) -> None:
    """The number would be somebody else's."""
    await line_of(bench, 4)
    other = bench.worker()
    await other.join(1)
    await bench.store.reset(who="test", why="again")
    await bench.store.join(4)
    assert Help.STALE is (await other.bring_forward(2, who="anna", why=WHY))[0]
    assert Fate.WAITING is await fate(bench, 2)


async def test_the_desk_helps_so_many_and_no_more(bench: Bench) -> None:
    """Every gateway remembers them: a script that runs wild is stopped, and what it did stays."""
    await line_of(bench, 3)
    fields = [word for number in range(10_000) for word in (f"general:{number + 100}", "front")]
    await bench.ask("HSET", DESK, *fields)
    await bench.store.leave(1)
    assert (Help.FULL, Help.FULL) == (await front(bench, 2), await reinstate(bench, 1))


async def test_a_place_that_was_settled_long_ago_cannot_be_given_back(bench: Bench) -> None:
    """Its bits are cut off when a million later ones are settled."""
    await line_of(bench, 3)
    await bench.ask("HSET", LANE, "base", 8)
    assert Fate.SETTLED is await reinstate(bench, 2)


async def test_a_reset_forgets_what_the_desk_did(bench: Bench) -> None:
    """The next life begins with nothing."""
    await line_of(bench, 5)
    await front(bench, 4)
    await bench.store.follow(5, Spot(GENERAL, 1))
    await bench.store.reset(who="test", why="again")
    await bench.store.join(5)
    report = await bench.store.place(5)
    assert report is not None
    assert (None, Fate.WAITING, Helped()) == (
        report.came_from,
        await fate(bench, 4),
        await bench.store.helped(),
    )
    assert 0 == await bench.ask("EXISTS", SUMMONED)


async def test_every_worker_is_told_by_the_version_of_the_settings(bench: Bench) -> None:
    """So that all look again within a tick."""
    await line_of(bench, 3)
    before = (await bench.store.advance()).version
    await front(bench, 3)
    assert before + 1 == (await bench.store.advance()).version


async def test_positions_follow(bench: Bench) -> None:
    """Who is brought to the front has nobody before them, those whom they passed have one more, the others as many."""
    await line_of(bench, 6)
    before = Snapshot(await bench.store.view(0))
    await front(bench, 4)
    after = Snapshot(await bench.store.view(0))
    assert [0, 1, 2, 3, 4, 5] == [before.ahead(number) for number in range(1, 7)]
    assert [1, 2, 3, 0, 4, 5] == [after.ahead(number) for number in range(1, 7)]
    assert (6, 6) == (before.waiting, after.waiting)
    assert (True, True) == (after.is_summoned(4), after.is_late(4))


async def test_who_is_called_and_not_there_stands_before_nobody(bench: Bench) -> None:
    """They are not waited for."""
    await line_of(bench, 4)
    await bench.wait(9000, present=(1, 3, 4))
    await front(bench, 2)
    view = Snapshot(await bench.store.view(0))
    assert ([0, 1, 2], 3) == ([view.ahead(number) for number in (1, 3, 4)], view.waiting)
    assert (True, False) == (view.is_called(2), view.is_late(2))


async def test_the_record_says_who_and_why(bench: Bench) -> None:
    """And what was done to which place."""
    await line_of(bench, 5)
    await bench.store.leave(1)
    await reinstate(bench, 1)
    await front(bench, 4)
    (given_back,), (forward,) = await entries(bench, b"reinstated"), await entries(bench, b"brought_forward")
    told = {b"who": b"anna", b"why": b"the phone died", b"lane": b"general"}
    assert told | {b"number": b"1", b"turn": b"1", b"was": b"left", b"is": b"waiting"} == {
        name: given_back[name] for name in (*told, b"number", b"turn", b"was", b"is")
    }
    assert told | {b"number": b"4", b"turn": b"4", b"called": b"0"} == {
        name: forward[name] for name in (*told, b"number", b"turn", b"called")
    }
