"""The schedule of a room, its opening, and the draw: in a real Redis."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace

import anyio
import pytest

from tests.line.bench import LANE, LOG, ROOM, RULES, SEEN, STILL, Bench
from waitroom.errors import EventHeldError
from waitroom.gate.decision import Standing
from waitroom.gate.state import state_of
from waitroom.line.draw import Draw, commitment, draw_key, next_digest, seed_of
from waitroom.line.memory import Memory
from waitroom.line.plan import Plan, Step, StepKind
from waitroom.line.room import Room
from waitroom.line.rules import Mode
from waitroom.line.seeds import Seeds
from waitroom.line.store import Handed, LineStore
from waitroom.line.ticket import Outcome

pytestmark = pytest.mark.anyio

SECRET = "a secret of the test"
SEEDS = Seeds((SECRET,))
HOUR_MS = 3_600_000


def now_ms() -> int:
    """The caller's own clock."""
    return int(time.time() * 1000)


def sale(opens_in_ms: int, *, drawn: bool = True, more: Sequence[Step] = ()) -> Plan:
    """An event that has begun, and opens then."""
    opens = now_ms() + opens_in_ms
    begin = Step(
        now_ms() - 1000,
        StepKind.BEGIN,
        "sale",
        {"mode": "queue"},
        opens,
        SEEDS.commit("room", "sale") if drawn else "",
    )
    return Plan((begin, Step(opens, StepKind.OPEN, "sale"), *more), f"sale {opens_in_ms} {drawn} {len(more)}")


async def set_plan(bench: Bench, plan: Plan, *, source: str = "live") -> None:
    """Plans it."""
    await bench.store.plan(plan.to_redis(), name=plan.name, source=source, who="ada")


async def open_now(bench: Bench) -> None:
    """Moves the opening of the sale to this moment."""
    await set_plan(bench, sale(-10))


async def drawn(bench: Bench) -> Draw:
    """The draw as anyone can compute it from what is published."""
    head = await bench.store.advance()
    event = await bench.store.event()
    first, count = head.drawn_first, head.drawn_count
    seed = seed_of(SECRET, "room", "sale")
    key = draw_key(seed, event.digest, room="room", event="sale", lane="general", first=first, count=count)
    return Draw(key, first, count)


async def entries(bench: Bench, kind: bytes) -> list[dict[bytes, bytes]]:
    """What the room's log has of one kind."""
    return [entry for _, entry in await bench.ask("XRANGE", LOG, "-", "+") if entry[b"type"] == kind]


async def test_before_the_opening_nobody_enters(bench: Bench) -> None:
    """Newcomers get a number, whatever the budget; a ticket shown at the door finds it shut."""
    await bench.open(mode=Mode.AUTO)
    await set_plan(bench, sale(60_000))
    await bench.allow(100)
    joined = await bench.store.join(3)
    head = await bench.store.advance()

    assert (1, 0) == (joined.first, joined.admitted)
    assert (0, 0) == (head.called, head.granted)
    assert head.opens > now_ms()
    assert Outcome.SHUT is await bench.outcome(1)


async def test_the_door_opens_by_itself(bench: Bench) -> None:
    """Whichever call comes first when it is time opens it; without a draw it is first come, first served."""
    await bench.open(rate=STILL)
    await set_plan(bench, sale(1500, drawn=False))
    await bench.store.join(5)
    await bench.allow(2)
    before = await bench.store.advance()
    other = bench.worker()
    with anyio.fail_after(20):
        while (await other.advance()).opens:  # noqa: ASYNC110 - in Redis
            await anyio.sleep(0.05)
    await bench.allow(2)
    after = await other.advance()

    assert (0, 0) == (before.called, before.drawn_count)
    assert (0, 0) == (after.drawn_count, after.opens)
    assert after.called >= 2
    assert 1 == len(await entries(bench, b"opened"))


async def test_those_who_came_before_are_called_in_the_drawn_order(bench: Bench) -> None:
    """By turns, which anyone can recompute; whoever comes later stands behind them all."""
    await bench.open(rate=STILL)
    await set_plan(bench, sale(HOUR_MS))
    await bench.store.join(40)
    await open_now(bench)
    later = (await bench.store.join(2)).first
    draw = await drawn(bench)
    order = [draw.number_at(turn) for turn in range(1, 41)]
    called = []
    for step in range(42):
        await bench.allow(1)
        before = set(await bench.granted())
        await bench.store.advance([Handed("general", step + 1, order[step : step + 3])])
        called += [number for number in await bench.granted() if number not in before]

    assert 41 == later
    assert (1, 40) == (draw.first, draw.count)
    assert order != sorted(order)
    assert [*order, 41, 42] == called


async def test_the_digest_is_what_the_joins_contributed(bench: Bench) -> None:
    """Each batch of joins stirs fresh randomness in: nobody who knows the seed knows the order beforehand."""
    await bench.open(rate=STILL)
    await set_plan(bench, sale(60_000))
    digests = [(await bench.store.event()).digest]
    for _ in range(3):
        await bench.store.join(2)
        digests.append((await bench.store.event()).digest)

    assert "0" * 40 == digests[0]
    assert 4 == len(set(digests))
    # what one would be with a known contribution, by the published rule
    assert 40 == len(next_digest(digests[0], b"x" * 16, 2))
    assert commitment(seed_of(SECRET, "room", "sale")) == (await bench.store.event()).commitment


async def test_the_digest_follows_the_published_rule(bench: Bench) -> None:
    """What Redis computes is what a verifier computes."""
    await bench.open(rate=STILL)
    await set_plan(bench, sale(60_000))
    script = await bench.ask("SCRIPT", "LOAD", "return redis.sha1hex(ARGV[1] .. ARGV[2] .. ':' .. ARGV[3])")
    theirs = await bench.ask("EVALSHA", script, 0, "0" * 40, b"\x00\xff" * 8, 12)

    assert next_digest("0" * 40, b"\x00\xff" * 8, 12) == theirs.decode()


async def test_numbers_of_a_wrong_order_are_not_called_twice(bench: Bench) -> None:
    """A worker that hands over turns that have passed, or numbers that were not drawn, moves nothing wrong."""
    await bench.open(rate=STILL)
    await set_plan(bench, sale(HOUR_MS))
    await bench.store.join(6)
    await open_now(bench)
    await bench.store.event()
    await bench.allow(2)
    behind = await bench.store.advance([Handed("general", 5, [1, 2, 3])])
    strangers = await bench.store.advance([Handed("general", 1, [99, 100])])

    assert (0, 0) == (behind.called, behind.granted)
    assert (0, 0) == (strangers.called, strangers.granted)


async def test_an_absent_one_of_the_drawn_is_passed_over_and_may_come_back(bench: Bench) -> None:
    """By the turn, as everyone else; among the late the lower turn is first."""
    await bench.open(rate=STILL)
    await set_plan(bench, sale(HOUR_MS))
    await bench.store.join(6)
    await open_now(bench)
    draw = await drawn(bench)
    order = [draw.number_at(turn) for turn in range(1, 7)]
    gone = order[:2]
    # everyone turns absent, and all but the first two come back
    for _ in range(9):
        await bench.jump(1000)
        await bench.store.advance()
    await bench.store.see(order[2:])
    await bench.allow(1)
    head = await bench.store.advance([Handed("general", 1, order)])
    assert ([order[2]], 3) == (await bench.granted(), head.called)
    for number in reversed(gone):
        outcome, _ = await bench.store.claim(number, draw.turn_of(number))
        assert Outcome.CALLED is outcome
    await bench.allow(1)
    await bench.store.advance([Handed("general", 4, order[3:])])

    assert sorted([order[2], gone[0]]) == await bench.granted()


async def test_a_worker_that_has_not_heard_of_the_draw_is_told_to_look(bench: Bench) -> None:
    """It would show the ticket with its number for a turn: nothing is decided by that."""
    await bench.open(rate=STILL)
    await set_plan(bench, sale(HOUR_MS))
    await bench.store.join(6)
    await open_now(bench)

    assert Outcome.STALE is (await bench.worker().claim(3))[0]


async def test_a_room_draws_and_lets_in_by_itself(bench: Bench) -> None:
    """A running room publishes the seed, hands the order over, and tells each their place in it."""
    room = Room("room", bench.redis, RULES, plan=sale(HOUR_MS), seeds=SEEDS)
    await room.start()
    await room.change({"rate": str(STILL)}, who="test")
    await room._tick()
    numbers = [(await room.join()).number for _ in range(20)]
    assert room.is_before_opening
    await open_now(bench)
    await room.flush()
    await room._tick()
    order = room.general.order
    assert order is not None
    turns = {number: order.turn_of(number) for number in numbers}
    ahead = {number: room.general.snapshot.ahead(number) for number in numbers}
    await bench.allow(3)
    await room._tick()

    assert sorted(numbers) == sorted(turns.values())
    assert {number: turn - 1 for number, turn in turns.items()} == ahead
    assert {number for number, turn in turns.items() if turn <= 3} == {
        number for number in numbers if room.general.snapshot.is_called(number)
    }
    assert seed_of(SECRET, "room", "sale").hex() == room.event.seed
    other = Room("room", bench.redis, RULES, seeds=Seeds(("another secret",)))
    await other.start()
    await other._tick()
    assert turns == {number: other.general.snapshot.turn_of(number) for number in numbers}


async def test_a_secret_that_is_gone_does_not_keep_the_door_shut(bench: Bench) -> None:
    """The door opens by the secret there is, and the record says that the commitment was not kept."""
    await bench.open(rate=STILL)
    await set_plan(bench, sale(HOUR_MS))
    await bench.store.join(6)
    await open_now(bench)
    room = Room("room", bench.redis, RULES, seeds=Seeds(("another secret",)))
    await room.start()
    await room._tick()

    assert room.general.order is not None
    assert [b"0"] == [entry[b"as_committed"] for entry in await entries(bench, b"revealed")]


async def test_a_draw_outlives_a_redis_that_forgot_it(bench: Bench) -> None:
    """A worker that lives tells an emptied Redis who was drawn, and how: the order stays, and is not drawn again."""
    plan = sale(HOUR_MS)
    room = Room("room", bench.redis, RULES, plan=plan, seeds=SEEDS)
    await room.start()
    await room.change({"rate": str(STILL)}, who="test")
    numbers = [(await room.join()).number for _ in range(12)]
    await open_now(bench)
    for _ in range(2):
        await room._tick()
    before = {number: room.general.snapshot.turn_of(number) for number in numbers}
    await bench.redis.flushall()
    for _ in range(3):
        await room._tick()

    assert before == {number: room.general.snapshot.turn_of(number) for number in numbers}
    assert (1, 12) == (room.head.drawn_first, room.head.drawn_count)
    assert not room.is_before_opening


async def test_a_steps_time_has_come_once(bench: Bench) -> None:
    """Two workers at once take it once, and the log has it once, with the event that it is of."""
    await bench.open(rate=100.0)
    step = Step(now_ms() - 10, StepKind.SET, "sale", {"rate": "42", "mode": "queue"})
    other = bench.worker()
    await set_plan(bench, Plan((step,), "one"))
    for store in (bench.store, other):
        await store.advance()

    assert 42.0 == (await bench.store.rules()).rate
    assert [(b"schedule", b"sale", b"100 -> 42")] == [
        (entry[b"who"], entry[b"why"], entry[b"rate"])
        for entry in await entries(bench, b"changed")
        if entry[b"who"] == b"schedule"
    ]


async def test_the_plan_of_an_unchanged_file_is_not_set_again(bench: Bench) -> None:
    """What an operator changed since stands; a restart of the gateway takes no step twice."""
    await bench.open(rate=100.0)
    step = Step(now_ms() - 10, StepKind.SET, "sale", {"rate": "42"})
    plan = Plan((step,), "of the file")
    await set_plan(bench, plan, source="file")
    await bench.store.configure({"rate": "77"}, source="live", who="ada")
    await set_plan(bench, plan, source="file")
    await bench.store.advance()

    assert 77.0 == (await bench.store.rules()).rate


async def test_an_opening_can_be_moved(bench: Bench) -> None:
    """Before it has come; the places stay, and the clocks in the pages show the new time."""
    await bench.open(rate=STILL)
    await set_plan(bench, sale(60_000))
    await bench.store.join(3)
    moved = sale(120_000)
    await set_plan(bench, moved)
    head = await bench.store.advance()

    assert (3, moved.steps[1].at_ms) == (head.issued, head.opens)


async def test_an_opening_that_is_taken_out_keeps_nobody_waiting(bench: Bench) -> None:
    """An event that was dropped from the plan in its pre-queue lets the line go on."""
    await bench.open(rate=STILL)
    await set_plan(bench, sale(60_000))
    await bench.store.join(3)
    await set_plan(bench, Plan())
    await bench.allow(1)

    assert (0, 1) == ((await bench.store.advance()).opens, (await bench.store.advance()).called)


async def test_an_event_has_a_line_of_its_own(bench: Bench) -> None:
    """Tickets of before are of an earlier life when it begins; those inside stay inside."""
    before = await bench.open(rate=STILL)
    await bench.store.join(3)
    await bench.allow(1)
    await bench.store.advance()
    await bench.store.claim(1)
    await set_plan(bench, sale(60_000))
    head = await bench.store.advance()

    assert head.epoch > before.epoch
    assert (0, 1) == (head.issued, head.sessions)


async def test_a_clock_that_jumps_does_not_open_early(bench: Bench) -> None:
    """An hour forward on Redis's host: the caller's clock and the room's own say that it is not time."""
    await bench.open(rate=STILL)
    await set_plan(bench, sale(30_000))
    # to the scripts, a host whose clock jumped forward is a caller and a room that are an hour behind it
    await bench.ask("HINCRBY", ROOM, "steady", -HOUR_MS)
    store = _Behind(bench)
    await set_plan_by(store, sale(30_000 - HOUR_MS))
    head = await store.advance()

    assert head.opens > 0
    assert [b"3600"] == [entry[b"by_ms"][:4] for entry in await entries(bench, b"clock_astray")]
    assert [] == await entries(bench, b"opened")


async def test_a_caller_whose_clock_is_wrong_opens_nothing(bench: Bench) -> None:
    """One gateway host an hour ahead is outvoted by Redis and the room."""
    await bench.open(rate=STILL)
    await set_plan(bench, sale(30_000))
    head = await _Ahead(bench).advance()

    assert head.opens > 0
    assert [] == await entries(bench, b"opened")


class _Behind(LineStore):
    """A worker whose host's clock is an hour behind that of Redis."""

    SHIFT = -HOUR_MS

    def __init__(self, bench: Bench) -> None:
        super().__init__(bench.redis, "room", wall_ms=lambda: now_ms() + self.SHIFT)


class _Ahead(_Behind):
    """A worker whose host's clock is an hour ahead of that of Redis."""

    SHIFT = HOUR_MS


async def set_plan_by(store: LineStore, plan: Plan) -> None:
    """Plans it through one worker."""
    await store.plan(plan.to_redis(), name=plan.name, source="live", who="ada")


async def test_bits_of_the_drawn_are_kept_until_all_are_settled(bench: Bench) -> None:
    """Their turns come in another order than their bits: trimming waits for the last of them."""
    await bench.open(rate=STILL, keep_ms=1000)
    await set_plan(bench, sale(HOUR_MS))
    await bench.store.join(20)
    await open_now(bench)
    await bench.store.event()
    await bench.ask("HSET", LANE, "floor", 19, "called", 19)
    await bench.store.advance()

    assert 0 == await bench.lane("base")


async def test_an_event_takes_nothing_over_from_one_that_nobody_came_to(bench: Bench) -> None:
    """Commitment and seed are those of the event itself, or there are none."""
    await bench.open()
    opens = now_ms()

    def event(name: str, commitment: str, opens_ms: int) -> Plan:
        begin = Step(1, StepKind.BEGIN, name, opens_ms=opens_ms, commitment=commitment)
        return Plan((begin, Step(opens_ms, StepKind.OPEN, name)), name)

    first = SEEDS.commit("room", "first")
    await set_plan(bench, event("first", first, opens - 1))
    assert first == (await bench.store.event()).commitment
    seed, as_committed = SEEDS.find("room", await bench.store.event())
    await bench.store.reveal(seed.hex(), as_committed=as_committed)

    second = SEEDS.commit("room", "second")
    await set_plan(bench, event("second", second, opens + HOUR_MS))
    found = await bench.store.event()
    assert (second, 0, "") == (found.commitment, found.opened_at, found.seed)

    await set_plan(bench, event("third", "", opens + HOUR_MS))
    found = await bench.store.event()
    assert ("", "", 0, "") == (found.commitment, found.digest, found.opened_at, found.seed)


async def test_a_place_is_told_only_once_its_order_is_known(bench: Bench) -> None:
    """Not before a worker has read whether there will be a draw, nor between an opening and its outcome."""
    room = Room("room", bench.redis, RULES, plan=sale(HOUR_MS), seeds=SEEDS)
    await room.start()
    await room.change({"rate": str(STILL)}, who="test")
    for _ in range(12):
        await room.join()

    def told() -> list[int | None]:
        return [state_of(room, Standing.WAITING, number, "general").position for number in range(1, 13)]

    before_the_event_was_read = told()
    await room._tick()
    before_the_opening = told()
    await room.flush()
    await open_now(bench)
    await room.join()
    before_the_order_was_read = told()
    await room._tick()

    assert [None] * 12 == before_the_event_was_read == before_the_opening == before_the_order_was_read
    assert list(range(1, 13)) == sorted(position or 0 for position in told())


async def test_what_an_operator_set_outlives_a_loss(bench: Bench) -> None:
    """Steps that were taken before Redis forgot everything are not taken again: a paused sale stays paused."""
    room = Room("room", bench.redis, RULES, plan=sale(-500), seeds=SEEDS)
    await room.start()
    await room.change({"mode": "pause", "rate": "30"}, who="ada")
    await bench.redis.flushall()
    for _ in range(3):
        await room._tick()

    assert (Mode.PAUSE, 30.0) == (room.rules.mode, room.rules.rate)


async def test_an_event_that_is_over_does_not_come_again_after_a_loss(bench: Bench) -> None:
    """The line of the one that followed it stays, though the file still has both."""
    now = now_ms()
    steps = [
        Step(now - 9000, StepKind.BEGIN, "first", {"mode": "queue"}, now - 8000),
        Step(now - 8000, StepKind.OPEN, "first"),
        Step(now - 7000, StepKind.SET, "first", {"mode": "closed"}),
        *sale(HOUR_MS).steps,
    ]
    room = Room("room", bench.redis, RULES, plan=Plan(tuple(steps), "both"), seeds=SEEDS)
    await room.start()
    numbers = [(await room.join()).number for _ in range(3)]
    await room._tick()
    before = room.head.epoch
    await bench.redis.flushall()
    for _ in range(3):
        await room._tick()

    assert (before, "sale") == (room.head.epoch, room.event.name)
    assert room.is_before_opening
    assert room.head.issued > max(numbers)


async def test_a_moved_opening_stays_moved_after_a_loss(bench: Bench) -> None:
    """Gateways still have the file of before: what was applied since counts."""
    room = Room("room", bench.redis, RULES, plan=sale(30_000), seeds=SEEDS)
    await room.start()
    await room.join()
    await set_plan(bench, sale(HOUR_MS))
    await room._tick()
    moved = room.head.opens
    await bench.redis.flushall()
    for _ in range(3):
        await room._tick()

    assert moved > now_ms() + HOUR_MS // 2
    assert moved == room.head.opens


async def test_a_plan_that_was_applied_is_no_news_to_a_restart(bench: Bench) -> None:
    """The file was changed, applied, and then read by a gateway: what an operator turned in between stays."""
    await bench.open(rate=100.0)
    await set_plan(bench, Plan((), "of before"), source="file")
    plan = Plan((Step(now_ms() - 10, StepKind.SET, "sale", {"rate": "42"}),), "changed")
    await set_plan(bench, plan, source="live")
    await bench.store.configure({"rate": "77"}, source="live", who="ada")
    await set_plan(bench, plan, source="file")

    assert 77.0 == (await bench.store.rules()).rate


async def test_a_cancelled_event_opens_nothing(bench: Bench) -> None:
    """A room that is closed outside of its events is closed when the event is taken out in its pre-queue."""
    await bench.open(mode=Mode.CLOSED)
    await set_plan(bench, sale(60_000))
    await bench.store.join(3)
    await set_plan(bench, Plan())
    await bench.allow(3)

    assert Outcome.SHUT is await bench.outcome(1)
    assert Mode.CLOSED is (await bench.store.rules()).mode


async def test_calls_without_the_order_take_nothing_from_those_who_were_drawn(bench: Bench) -> None:
    """Claims between two ticks neither cut the budget off nor spend it: the rate is kept."""
    await bench.open(rate=6000.0, presence_ms=60_000, entry_ms=60_000, keep_ms=60_000)
    await set_plan(bench, sale(HOUR_MS))
    await bench.store.join(500)
    await open_now(bench)
    order = list((await drawn(bench)).order())
    await bench.allow(0)
    await bench.jump(1000)
    for number in order[-5:]:
        await bench.outcome(number)
    head = await bench.store.advance([Handed("general", 1, order)])

    assert head.admitted >= 100


async def test_a_lane_in_which_nobody_was_drawn_gets_no_more_than_its_share(bench: Bench) -> None:
    """Joins and claims in it come more often than the ticks that bring the order of the other lane."""
    memory = Memory(("general", "members"))
    general = LineStore(bench.redis, "room", "general", memory)
    members = LineStore(bench.redis, "room", "members", memory)
    rules = replace(RULES, rate=STILL, presence_ms=60_000, entry_ms=60_000, keep_ms=60_000)
    await general.configure(rules.to_redis(), source="live", who="test")
    await set_plan_by(general, sale(HOUR_MS))
    await general.join(100)
    await set_plan_by(general, sale(-10))
    await general.advance()
    order = list((await drawn(bench)).order())
    await members.join(100)
    for step in range(10):
        await bench.allow(1)
        await members.claim(100)
        called = memory.of("general").called
        await general.advance([Handed("general", called + 1, order[called:])])
        assert step + 1 == (await general.see([])).called + (await members.see([])).called

    assert 5 == (await general.see([])).called


async def test_the_name_of_an_event_that_was_held_is_not_taken_again(bench: Bench) -> None:
    """Its seed is public: who knows it could steer the next draw. Nothing is changed."""
    await bench.open(rate=STILL)
    await set_plan(bench, sale(HOUR_MS))
    await bench.store.join(3)
    await open_now(bench)
    before = await bench.store.planned()
    again = (
        Step(
            now_ms() + HOUR_MS, StepKind.BEGIN, "sale", {"mode": "queue"}, now_ms() + 2 * HOUR_MS, "00" * 32
        ),
        Step(now_ms() + 2 * HOUR_MS, StepKind.OPEN, "sale"),
    )
    with pytest.raises(EventHeldError, match="'sale' was held before"):
        await set_plan(bench, Plan(again, "next year"))

    assert before == await bench.store.planned()


async def test_a_changed_plan_does_not_lift_a_pause(bench: Bench) -> None:
    """Of an event that has begun, what was turned since stands."""
    await bench.open(rate=STILL)
    await set_plan(bench, sale(HOUR_MS))
    await bench.store.join(3)
    await open_now(bench)
    await bench.store.configure({"mode": "pause"}, source="live", who="ada")
    await set_plan(bench, sale(-20, more=[Step(now_ms() + HOUR_MS, StepKind.SET, "sale", {"rate": "5"})]))
    await bench.store.advance()

    assert Mode.PAUSE is (await bench.store.rules()).mode


async def test_a_gateway_whose_clock_is_a_little_off_does_not_fill_the_record(bench: Bench) -> None:
    """After hours without a gateway, two that differ by minutes: the room's own idea of the time is up to date."""
    await bench.open(rate=STILL)
    await bench.ask("HINCRBY", ROOM, "clock", -HOUR_MS)
    await bench.ask("HINCRBY", ROOM, "steady", -HOUR_MS)
    other = _Ahead(bench)
    other.SHIFT = 120_000
    for _ in range(10):
        await bench.store.advance()
        await other.advance()

    assert [] == await entries(bench, b"clock_astray")


async def test_few_who_are_there_of_many_who_were_drawn_enter_at_the_rate(bench: Bench) -> None:
    """The order of those who are away goes by quickly."""
    room = Room("room", bench.redis, replace(RULES, rate=6000.0), plan=sale(HOUR_MS), seeds=SEEDS)
    await room.start()
    await room.general.store.join(30_000)
    for key in SEEN:
        await bench.ask("DEL", key)
    await room.general.store.see(list(range(1, 30_001, 500)))
    await room._tick()
    await open_now(bench)
    await room._tick()
    for _ in range(60):
        await bench.jump(200)
        await room._tick()
        await room.general.store.see(list(range(1, 30_001, 500)))
        if room.head.called >= 30_000:
            break

    assert 30_000 == room.head.called
    assert 60 == room.head.admitted
