"""One holder of a right holds one place, whatever number of browsers, workers and moments."""

from __future__ import annotations

import asyncio
import time

import pytest
from redis.asyncio import Redis

from tests.line.bench import RULES, SESSIONS, STILL, Bench
from waitroom.line.desk import Spot
from waitroom.line.hands import Handing
from waitroom.line.keys import redeem_keys
from waitroom.line.memory import GENERAL, Memory
from waitroom.line.redeeming import BroughtTicket, Entitlement, Fate, Redeemed, Redemption
from waitroom.line.rules import Mode
from waitroom.line.store import LineStore
from waitroom.line.ticket import Outcome

pytestmark = pytest.mark.anyio

ENDS = 2**33
MEMBERS = "members"
HOLDERS, USES, REDEEMED, REVOKED = redeem_keys("room")


def invitation(holder: str = "anna", id_: str = "batch-1", uses: int = 1, lane: str = MEMBERS) -> Entitlement:
    """A right by an invitation."""
    return Entitlement(lane, holder, id_, uses, ENDS)


def claim(holder: str = "anna", lane: str = MEMBERS) -> Entitlement:
    """A right by the shop's word."""
    return Entitlement(lane, holder, "", 0, ENDS)


class Lanes:
    """A room with three lanes, as one worker knows it."""

    def __init__(self, redis: Redis) -> None:
        memory = Memory((GENERAL, MEMBERS, "vip"))
        self.stores = {lane: LineStore(redis, "room", lane, memory) for lane in memory.lanes}
        self.general = self.stores[GENERAL]

    async def redeem(self, right: Entitlement, brought: BroughtTicket | None = None) -> Redeemed:
        """Redeems in the lane of the right."""
        (redeemed,) = await self.stores[right.lane].redeem([(right, brought or BroughtTicket())])
        return redeemed

    async def place(self, right: Entitlement) -> tuple[Redemption, str, int]:
        """What comes of it, without the rest."""
        redeemed = await self.redeem(right)
        return redeemed.outcome, redeemed.lane, redeemed.number


@pytest.fixture
async def lanes(bench: Bench) -> Lanes:
    """Three lanes of an open room in which nobody is admitted by itself."""
    made = Lanes(bench.redis)
    await made.general.configure(RULES.to_redis(), source="file", who="test")
    await bench.turn(rate=STILL)
    await bench.allow(0)
    await made.general.advance()
    return made


async def test_a_holder_is_told_of_the_same_place(lanes: Lanes) -> None:
    """However often the invitation is redeemed; another member stands behind."""
    assert (Redemption.NEW, MEMBERS, 1) == await lanes.place(invitation())
    assert (Redemption.HELD, MEMBERS, 1) == await lanes.place(invitation())
    assert (Redemption.NEW, MEMBERS, 2) == await lanes.place(invitation("ben", "batch-2"))


async def test_a_place_that_was_replaced_is_not_taken_back(lanes: Lanes) -> None:
    """Whoever leaves and comes anew by the same right has the new place: undoing the leaving gives no second one."""
    members = lanes.stores[MEMBERS]
    assert (Redemption.NEW, MEMBERS, 1) == await lanes.place(claim())
    await members.leave(1)
    assert (Redemption.NEW, MEMBERS, 2) == await lanes.place(claim())
    assert Handing.OVER is await members.undo(1, 1, 0)
    assert (Redemption.HELD, MEMBERS, 2) == await lanes.place(claim())
    await members.leave(2)
    assert Handing.DONE is await members.undo(2, 2, 0)
    assert (Redemption.HELD, MEMBERS, 2) == await lanes.place(claim())


async def test_a_place_that_the_desk_gave_back_is_the_holders(lanes: Lanes) -> None:
    """Whoever has an earlier place again, and lost the later one for it, is told of it by the same right."""
    members = lanes.stores[MEMBERS]
    assert (Redemption.NEW, MEMBERS, 1) == await lanes.place(claim())
    await members.leave(1)
    assert (Redemption.NEW, MEMBERS, 2) == await lanes.place(claim())
    await members.follow(2, Spot(MEMBERS, 1))
    assert Spot(MEMBERS, 2) == (await members.reinstate(1, 1, who="anna", why="a test")).instead_of
    assert (Redemption.HELD, MEMBERS, 1) == await lanes.place(claim())


async def test_at_the_same_moment_in_many_workers(bench: Bench, line_url: str, lanes: Lanes) -> None:
    """A hundred at once, half of them in another worker: one number, given once."""
    connection = Redis.from_url(line_url)
    other = Lanes(connection)
    await other.general.advance()
    places = await asyncio.gather(*(each.redeem(claim()) for _ in range(50) for each in (lanes, other)))
    assert {1} == {place.number for place in places}
    assert 1 == [place.outcome for place in places].count(Redemption.NEW)
    assert 1 == (await lanes.stores[MEMBERS].advance()).issued
    await connection.aclose()


async def test_many_in_one_call_are_as_many_calls(lanes: Lanes) -> None:
    """In their order: whoever comes twice in one batch has one place, and uses are counted on the way."""
    rights = [
        invitation("anna", "batch-1"),
        invitation("ben", "batch-2", uses=2),
        invitation("anna", "batch-1"),
        invitation("cem", "batch-2", uses=2),
        invitation("dora", "batch-2", uses=2),
        claim("ben"),
    ]
    found = await lanes.stores[MEMBERS].redeem([(right, BroughtTicket()) for right in rights])
    new, held, used_up = Redemption.NEW, Redemption.HELD, Redemption.USED_UP
    assert [(new, 1), (new, 2), (held, 1), (new, 3), (used_up, 0), (held, 2)] == [
        (each.outcome, each.number) for each in found
    ]


async def test_as_many_enter_at_once_as_may(lanes: Lanes, bench: Bench) -> None:
    """Of a batch the first ones; whoever had a place already is none of them."""
    await lanes.redeem(claim("early"))
    await bench.turn(mode=Mode.AUTO, rate=600.0, burst_ms=60_000)
    await bench.allow(3)
    rights = [claim(name) for name in ("early", "anna", "ben", "cem")]
    found = await lanes.stores[MEMBERS].redeem([(right, BroughtTicket()) for right in rights])
    assert [False, True, True, False] == [each.admitted for each in found]


async def test_uses_are_not_exceeded_by_a_race(lanes: Lanes, bench: Bench) -> None:
    """A link for three, opened by fifty at once: three places."""
    rights = [invitation(f"browser {n}", uses=3) for n in range(50)]
    places = await asyncio.gather(*map(lanes.redeem, rights))
    assert [1, 2, 3] == sorted(place.number for place in places if place.outcome is Redemption.NEW)
    assert 47 == [place.outcome for place in places].count(Redemption.USED_UP)
    assert b"3" == await bench.ask("HGET", USES, "batch-1")


async def test_the_place_is_kept_when_the_uses_are_up(lanes: Lanes) -> None:
    """Whoever has one of the places goes on having it."""
    await lanes.redeem(invitation("first", uses=2))
    await lanes.redeem(invitation("second", uses=2))
    assert (Redemption.USED_UP, "", 0) == await lanes.place(invitation("third", uses=2))
    assert (Redemption.HELD, MEMBERS, 1) == await lanes.place(invitation("first", uses=2))


async def test_a_place_in_another_lane_is_the_place(lanes: Lanes) -> None:
    """A second invitation, or a claim, of the same member gives no second place."""
    await lanes.redeem(invitation())
    assert (Redemption.HELD, MEMBERS, 1) == await lanes.place(invitation(id_="other-1", lane="vip"))
    assert (Redemption.HELD, MEMBERS, 1) == await lanes.place(claim(lane=GENERAL))


async def test_a_place_that_was_used_was_a_use(lanes: Lanes, bench: Bench) -> None:
    """Single use: after the visit the invitation is used up. With any number of uses it gives the next place."""
    members = lanes.stores[MEMBERS]
    await lanes.redeem(invitation())
    await lanes.redeem(claim("ben"))
    await bench.allow(2)
    await members.advance()
    assert [Outcome.ADMITTED] * 2 == [(await members.claim(number))[0] for number in (1, 2)]
    assert (Redemption.HELD, MEMBERS, 1) == await lanes.place(invitation())
    for session in await bench.ask("ZRANGE", SESSIONS, 0, -1):
        await members.finish(session.decode())
    assert (Redemption.USED_UP, "", 0) == await lanes.place(invitation())
    assert (Redemption.NEW, MEMBERS, 3) == await lanes.place(claim("ben"))


async def test_a_place_that_was_given_up_was_a_use(lanes: Lanes) -> None:
    """As the page says: it cannot be given back."""
    await lanes.redeem(invitation())
    await lanes.stores[MEMBERS].leave(1)
    assert (Redemption.USED_UP, "", 0) == await lanes.place(invitation())


async def test_a_place_that_was_missed_is_replaced(lanes: Lanes, bench: Bench) -> None:
    """Nobody entered by it: the new place is no further use, however often that happens."""
    await lanes.redeem(invitation())
    for number in (1, 2, 3):
        over = BroughtTicket(MEMBERS, number, Fate.MISSED)
        redeemed = await lanes.redeem(invitation(), over)
        assert (Redemption.NEW, number + 1) == (redeemed.outcome, redeemed.number)
    assert b"1" == await bench.ask("HGET", USES, "batch-1")


async def test_who_says_that_another_place_is_over_changes_nothing(lanes: Lanes) -> None:
    """Only the holder's own place is replaced by that."""
    await lanes.redeem(invitation())
    redeemed = await lanes.redeem(invitation(), BroughtTicket(MEMBERS, 7, Fate.MISSED))
    assert (Redemption.HELD, 1) == (redeemed.outcome, redeemed.number)


async def test_the_ticket_that_is_brought_is_given_up(lanes: Lanes) -> None:
    """Whoever moves over holds one place afterwards; once it is given up it is worth nothing."""
    await lanes.general.join(3)
    redeemed = await lanes.redeem(invitation(), BroughtTicket(GENERAL, 2))
    assert (Redemption.NEW, MEMBERS, 1) == redeemed[:3]
    assert Outcome.SPENT == (await lanes.general.claim(2))[0]
    assert Outcome.WAITING == (await lanes.general.claim(3))[0]
    again = await lanes.redeem(invitation(), BroughtTicket(GENERAL, 3))
    assert (Redemption.HELD, MEMBERS, 1) == again[:3]
    assert Outcome.SPENT == (await lanes.general.claim(3))[0]


async def test_a_ticket_is_kept_when_nothing_is_given_for_it(lanes: Lanes) -> None:
    """A used-up or revoked invitation costs nobody the place that they have."""
    await lanes.general.join(1)
    await lanes.redeem(invitation("somebody else"))
    redeemed = await lanes.redeem(invitation("me"), BroughtTicket(GENERAL, 1))
    assert Redemption.USED_UP == redeemed.outcome
    assert Outcome.WAITING == (await lanes.general.claim(1))[0]


async def test_the_place_itself_is_not_given_up_for_itself(lanes: Lanes) -> None:
    """Who brings the ticket of the very place keeps it."""
    await lanes.redeem(invitation())
    assert Redemption.HELD == (await lanes.redeem(invitation(), BroughtTicket(MEMBERS, 1))).outcome
    assert Outcome.WAITING == (await lanes.stores[MEMBERS].claim(1))[0]


@pytest.mark.parametrize("name", ["batch-1", "batch", "anna"])
async def test_what_is_revoked_gives_no_place(lanes: Lanes, bench: Bench, name: str) -> None:
    """An invitation by its id, with all of its batch, or with all of its holder."""
    await bench.ask("ZADD", REVOKED, time.time() + 60, name)
    assert (Redemption.REVOKED, "", 0) == await lanes.place(invitation())
    assert 0 == (await lanes.stores[MEMBERS].advance()).issued


async def test_a_reset_gives_the_place_anew(lanes: Lanes, bench: Bench) -> None:
    """The line was begun anew by ops staff: that is no use of an invitation."""
    await lanes.redeem(invitation())
    await lanes.general.reset(who="test", why="test")
    assert (Redemption.NEW, MEMBERS, 1) == await lanes.place(invitation())
    assert b"1" == await bench.ask("HGET", USES, "batch-1")


async def test_a_number_of_another_life_is_not_given_up(lanes: Lanes, bench: Bench) -> None:
    """The worker has not heard of the reset: the number may be somebody else's by now."""
    await lanes.general.join(1)
    unaware = Lanes(bench.redis)
    await unaware.general.advance()
    await lanes.general.reset(who="test", why="test")
    redeemed = await unaware.redeem(claim(), BroughtTicket(GENERAL, 1))
    assert (Redemption.STALE, 0) == (redeemed.outcome, redeemed.number)


async def test_an_open_door_lets_in_at_once(lanes: Lanes, bench: Bench) -> None:
    """As for everyone who joins: an idle room shows no waiting page."""
    await bench.turn(mode=Mode.AUTO, rate=600.0)
    await bench.allow(1)
    assert (await lanes.redeem(claim())).admitted
    assert Outcome.AGAIN == (await lanes.stores[MEMBERS].claim(1))[0]
    assert (Redemption.HELD, MEMBERS, 1) == await lanes.place(claim())


async def test_what_ended_is_forgotten(lanes: Lanes, bench: Bench) -> None:
    """What Redis keeps of an invitation goes a day after its end, so that it does not grow for ever."""
    ended = int(time.time()) - 2 * 86_400
    for number in range(20):
        await lanes.redeem(invitation(f"h{number}", f"old-{number}"))
    for member in await bench.ask("ZRANGE", REDEEMED, 0, -1):
        await bench.ask("ZADD", REDEEMED, ended, member)
    for _ in range(3):
        await lanes.redeem(claim())
    assert [b"anna"] == await bench.ask("HKEYS", HOLDERS)
    assert [] == await bench.ask("HKEYS", USES)


async def test_a_place_survives_a_redis_that_forgot_its_last_second(lanes: Lanes, bench: Bench) -> None:
    """The numbers are restored from the worker's memory first; nobody is given a number twice."""
    first = await lanes.redeem(claim())
    await bench.ask("FLUSHALL")
    second = await lanes.redeem(claim("ben"))
    assert Redemption.NEW == second.outcome
    assert first.number < second.number
