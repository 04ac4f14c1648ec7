"""How many may be inside: what takes a place, and what gives it back."""

from __future__ import annotations

import pytest

from tests.line.bench import Bench
from waitroom.line.rules import Mode
from waitroom.line.ticket import Outcome

pytestmark = pytest.mark.anyio

PROVISIONAL_MS = 30_000
RATE = 60_000.0
"""So high that only the capacity holds anyone back."""


async def full(bench: Bench, capacity: int, **changes: object) -> str:
    """A room that is full of visitors who just entered, with three in line; the session of the first."""
    epoch = (await bench.open(rate=RATE, capacity=capacity, **changes)).epoch
    await bench.store.join(capacity + 3)
    await bench.jump(1000)
    for number in range(1, capacity + 1):
        assert Outcome.ADMITTED == await bench.outcome(number)
    assert (capacity, 0) == ((head := await bench.store.advance()).sessions, head.granted)
    return f"{epoch}:general:1"


async def test_no_more_than_capacity_are_inside(bench: Bench) -> None:
    """Visits and grants together never exceed the capacity, whatever the rate allows."""
    await bench.open(rate=RATE, capacity=3)
    await bench.store.join(10)
    head = await bench.wait(3000, present=tuple(range(1, 11)))

    assert [1, 2, 3] == await bench.granted()
    assert 0 == head.sessions


async def test_a_pass_that_never_comes_back_holds_its_place_for_half_a_minute(bench: Bench) -> None:
    """A new visit is provisional: it ends after PROVISIONAL unless it is renewed."""
    session = await full(bench, 2)
    await bench.wait(PROVISIONAL_MS - 3000)
    await bench.store.renew({session: 0})
    before = await bench.store.advance()
    after = await bench.wait(4000)

    assert (2, 1) == (before.sessions, after.sessions)
    assert Outcome.AGAIN == await bench.outcome(1)
    assert Outcome.SPENT == await bench.outcome(2)


async def test_a_visit_ends_session_after_its_last_request(bench: Bench) -> None:
    """A renewal that was gathered for a while counts from the request, not from its telling."""
    session = await full(bench, 1, session_ms=20_000)
    await bench.wait(5000)
    await bench.store.renew({session: 4000})
    before = await bench.wait(15_000)
    after = await bench.wait(2000)

    assert (1, 0) == (before.sessions, after.sessions)


async def test_an_older_renewal_does_not_shorten_a_visit(bench: Bench) -> None:
    """Of two workers' renewals the later request counts, in whatever order they are told."""
    session = await full(bench, 1, session_ms=20_000)
    await bench.store.renew({session: 0})
    await bench.store.renew({session: 15_000})
    head = await bench.wait(10_000)

    assert 1 == head.sessions


async def test_a_turn_not_taken_gives_its_place_to_the_next(bench: Bench) -> None:
    """After `entry` a granted place lapses: a no-show, and the next present one is called."""
    await bench.open(rate=RATE, capacity=1, entry_ms=4000)
    await bench.store.join(2)
    await bench.wait(1000)
    assert [1] == await bench.granted()
    head = await bench.wait(4000, present=(2,))

    assert [2] == await bench.granted()
    assert 1 == head.no_shows


async def test_whoever_comes_after_a_lapsed_turn_is_late_not_lost(bench: Bench) -> None:
    """A lapsed turn may still be taken within `keep`, as soon as there is a place."""
    await bench.open(rate=RATE, capacity=1, entry_ms=2000)
    await bench.store.join(2)
    await bench.wait(1000)
    await bench.wait(2000, present=(2,))
    assert Outcome.CALLED == await bench.outcome(1)
    await bench.store.leave(2)
    await bench.wait(1000, present=(1,))

    assert Outcome.ADMITTED == await bench.outcome(1)


async def test_a_finished_visit_gives_its_place_back_for_good(bench: Bench) -> None:
    """What the shop ended frees its place at once and is renewed by nobody."""
    session = await full(bench, 1)
    await bench.store.finish(session)
    await bench.store.renew({session: 0})
    head = await bench.wait(1000, present=(2, 3, 4))

    assert (0, [2]) == (head.sessions, await bench.granted())
    assert Outcome.SPENT == await bench.outcome(1)
    assert (session,) == (await bench.store.view(0)).ended


async def test_a_granted_place_that_is_given_up_goes_to_the_next(bench: Bench) -> None:
    """Leaving after the call is no no-show, and the place is free at once."""
    await bench.open(rate=RATE, capacity=1)
    await bench.store.join(2)
    await bench.wait(1000)
    assert Outcome.LEFT == (await bench.store.leave(1))[0]
    head = await bench.wait(200)

    assert ([2], 0) == (await bench.granted(), head.no_shows)


async def test_a_lower_capacity_throws_nobody_out(bench: Bench) -> None:
    """Those inside stay; nobody new enters until there are fewer than the new capacity."""
    await full(bench, 4)
    await bench.turn(capacity=2)
    held = await bench.wait(1000, present=(5, 6, 7))
    assert (4, 0) == (held.sessions, held.granted)


async def test_a_lost_visit_comes_back_by_its_own_activity(bench: Bench) -> None:
    """Where Redis lost the visits, a renewal counts them again: the capacity is right within one flush."""
    session = await full(bench, 2)
    await bench.redis.flushall()
    await bench.store.configure(bench.rules.to_redis(), source="file", who="test")
    head = await bench.store.renew({session: 0})

    assert 1 == head.sessions


@pytest.mark.parametrize("mode", [Mode.AUTO, Mode.QUEUE])
async def test_a_rate_of_zero_admits_nobody(bench: Bench, mode: Mode) -> None:
    """Neither by what the room saved up before, nor in a room that is new."""
    new = await bench.open(rate=0.0, mode=mode)
    assert 0 == (await bench.store.join(1)).admitted + (await bench.wait(2000, present=(1,))).granted
    await bench.turn(rate=600.0, burst_ms=5000)
    await bench.wait(2000)
    stopped = await bench.turn(rate=0.0)
    await bench.store.join(3)
    head = await bench.wait(2000)

    assert 0 == new.tokens == stopped.tokens
    assert head.admitted == stopped.admitted
