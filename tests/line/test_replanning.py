"""A plan that is changed while it runs: what is said beforehand is what then happens."""

from __future__ import annotations

import time
from collections.abc import Sequence

import pytest

from tests.line.bench import PLAN, Bench
from waitroom.errors import EventHeldError, OvertakenError, SettingsError
from waitroom.line.rules import Mode
from waitroom.line.seeds import Seeds
from waitroom.messages.telling import tell, telling_of
from waitroom.planning.change import Planning, Proposal, planning_of, propose, replan
from waitroom.planning.foresight import When
from waitroom.planning.words import events_given, with_opening_moved, without
from waitroom.settings import RoomSettings
from waitroom.settings.messages import MessagesSettings

pytestmark = pytest.mark.anyio

SEEDS = Seeds(("a secret of the test",))
ROOM = RoomSettings(name="room", mode=Mode.CLOSED, rate=60.0, timezone="Europe/Riga")
Given = dict[str, object]


def at(minutes: float) -> str:
    """A moment from now, to the second."""
    return time.strftime("%Y-%m-%d %H:%M:%S+00:00", time.gmtime(time.time() + 60 * minutes))


async def proposed(bench: Bench, *events: object) -> tuple[Planning, Proposal]:
    """What a plan of these events would do now."""
    now = await planning_of(ROOM, bench.store)
    return now, propose(now, events_given(events, ROOM), SEEDS, int(time.time() * 1000))


async def plan(bench: Bench, *events: object) -> list[tuple[When, str]]:
    """Puts a plan of these events in place, and returns what was said of it."""
    now, proposal = await proposed(bench, *events)
    await replan(bench.store, now, proposal, who="ada")
    return told(proposal)


def told(proposal: Proposal) -> list[tuple[When, str]]:
    """What was said that would happen."""
    return [(each.when, each.text) for each in proposal.happenings]


def has(said: Sequence[tuple[When, str]], when: When, *parts: str) -> bool:
    """Whether it was said once, of that time and with all these words."""
    return 1 == sum(each is when and all(part in text for part in parts) for each, text in said)


async def open_room(bench: Bench) -> None:
    """A room that is closed outside of its events."""
    await bench.open(mode=Mode.CLOSED, rate=60.0)


async def test_a_sale_is_planned_and_its_steps_are_told(bench: Bench) -> None:
    """Nothing happens at once; a trial alone changes nothing."""
    await open_room(bench)
    sale = {
        "name": "spring",
        "opens": at(60),
        "prequeue": "30m",
        "closes": "6h",
        "rate": "100, 300 after 10m",
    }
    _, trial = await proposed(bench, sale)
    assert () == (await bench.store.planned()).plan.steps
    said = await plan(bench, sale)
    assert told(trial) == said
    assert [When.LATER] * 4 == [when for when, _ in said]
    assert has(said, When.LATER, "the line of spring begins", "with a draw", "rate 100")
    assert has(said, When.LATER, "rate 300")
    now = await planning_of(ROOM, bench.store)
    assert [("spring", 1800.0)] == [(event.name, event.prequeue) for event in now.events]


async def test_an_opening_moves_with_all_that_hangs_on_it(bench: Bench) -> None:
    """While the countdown runs it goes on to the new time, and no place is lost."""
    await open_room(bench)
    sale = {"name": "spring", "opens": at(30), "prequeue": "1h", "closes": "6h", "rate": "100, 300 after 10m"}
    assert has(await plan(bench, sale), When.NOW, "the line of spring begins")
    first = await bench.store.join(3)
    before = await planning_of(ROOM, bench.store)
    moved = with_opening_moved(before.events, "spring", 15 * 60, "Europe/Riga")
    said = await plan(bench, *moved)
    after = await planning_of(ROOM, bench.store)
    assert has(said, When.NOW, "the opening of spring moves from")
    assert 900_000 == after.head.opens - before.head.opens
    assert (first.head.epoch, 3) == (after.head.epoch, after.head.issued)
    offsets = [(step.at_ms - after.head.opens) // 60_000 for step in after.planned.plan.steps]
    assert [0, 10, 360] == offsets
    assert {When.NOW, When.LATER} == {when for when, _ in said}, "what moves is not said twice"


async def test_a_cancelled_event_gives_the_room_its_own_settings_again(bench: Bench) -> None:
    """It will not open."""
    await open_room(bench)
    await plan(bench, {"name": "spring", "opens": at(30), "prequeue": "1h"})
    assert Mode.AUTO is (await bench.store.rules()).mode
    now = await planning_of(ROOM, bench.store)
    said = await plan(bench, *without(now.events, "spring"))
    assert has(said, When.NOW, "spring is cancelled", "mode closed")
    rules = await bench.store.rules()
    assert (Mode.CLOSED, 60.0, 0) == (rules.mode, rules.rate, (await bench.store.advance()).opens)


async def test_what_has_been_done_is_not_done_again(bench: Bench) -> None:
    """An operator's dial stands when another event is planned, though a step of the ramp is past."""
    await open_room(bench)
    sale = {"name": "spring", "opens": at(-30), "closes": "6h", "rate": "100, 300 after 10m, 500 after 2h"}
    await plan(bench, sale)
    assert 300.0 == (await bench.store.rules()).rate
    await bench.store.configure({"rate": "42"}, source="live", who="bob")
    said = await plan(bench, sale, {"name": "late", "opens": at(600)})
    assert [] == [text for when, text in said if when is When.NOW]
    rules = await bench.store.rules()
    assert (42.0, Mode.AUTO) == (rules.rate, rules.mode)
    assert [b"500", b"closed"] == [
        step.split(b'"')[-2] if b"closed" not in step else b"closed"
        for step in (await bench.ask("ZRANGE", PLAN, 0, 1))
    ]


async def test_a_sale_that_is_open_can_be_closed_earlier(bench: Bench) -> None:
    """Where the new time is past, at once."""
    await open_room(bench)
    sale = {"name": "spring", "opens": at(-30), "closes": "6h", "rate": "100"}
    await plan(bench, sale)
    said = await plan(bench, {**sale, "closes": "20m"})
    assert has(said, When.NOW, "spring", "mode closed")
    assert Mode.CLOSED is (await bench.store.rules()).mode


async def test_a_sale_that_is_open_and_taken_out_stays_open(bench: Bench) -> None:
    """Which is said beforehand."""
    await open_room(bench)
    await plan(bench, {"name": "spring", "opens": at(-30), "closes": "6h", "rate": "100"})
    said = await plan(bench)
    assert has(said, When.NOW, "spring is open and stays open: nothing closes it any more")
    assert has(said, When.NEVER, "spring closes")
    rules = await bench.store.rules()
    assert (Mode.AUTO, 100.0) == (rules.mode, rules.rate)


async def test_the_first_rate_of_an_open_sale_is_the_dials(bench: Bench) -> None:
    """A new one is not set by the plan, and that is said."""
    await open_room(bench)
    sale = {"name": "spring", "opens": at(-30), "closes": "6h", "rate": "100"}
    await plan(bench, sale)
    said = await plan(bench, {**sale, "rate": "200"})
    assert [text for _, text in said if "turn the dial" in text]
    assert 100.0 == (await bench.store.rules()).rate


async def test_an_event_that_begins_at_once_takes_the_places_of_before(bench: Bench) -> None:
    """The warning comes before it does."""
    await bench.open(mode=Mode.QUEUE, rate=0.0)
    before = (await bench.store.join(2)).head
    said = await plan(bench, {"name": "now", "opens": at(10), "prequeue": "20m"})
    assert has(said, When.NOW, "the line of now begins", "every place in the line of before is given up")
    assert before.epoch < (await bench.store.advance()).epoch


async def test_a_name_that_was_used_is_refused_in_the_trial_too(bench: Bench) -> None:
    """Its draw's seed is public."""
    await open_room(bench)
    await plan(bench, {"name": "spring", "opens": at(-30), "closes": "6h"})
    await plan(bench, {"name": "spring", "opens": at(-30), "closes": "10m"})
    with pytest.raises(EventHeldError):
        await proposed(bench, {"name": "spring", "opens": at(30)})


async def test_what_is_over_is_dropped(bench: Bench) -> None:
    """Nothing would come of it."""
    await open_room(bench)
    _, proposal = await proposed(
        bench, {"name": "past", "opens": at(-90), "closes": "1h"}, {"name": "next", "opens": at(90)}
    )
    assert (["past"], ["next"]) == (
        [event.name for event in proposal.over],
        [event.name for event in proposal.events],
    )


async def test_two_operators_never_overwrite_each_others_plan(bench: Bench) -> None:
    """Who has seen an older one is told so, and nothing is changed."""
    await open_room(bench)
    now, proposal = await proposed(bench, {"name": "a", "opens": at(60)})
    await plan(bench, {"name": "b", "opens": at(60)})
    with pytest.raises(OvertakenError):
        await replan(bench.store, now, proposal, who="bob")
    assert ["b"] == [event.name for event in (await planning_of(ROOM, bench.store)).events]


async def test_the_file_knows_the_words_of_its_plan(bench: Bench) -> None:
    """So that they can be changed from there on."""
    events = events_given([{"name": "spring", "opens": "2036-05-01 10:00", "prequeue": "30m"}], ROOM)
    from waitroom.assembly.line import plan_of

    of_file = plan_of(ROOM.model_copy(update={"events": events}), SEEDS)
    await bench.store.plan(
        of_file.to_redis(), name=of_file.name, words=of_file.words, source="file", who="configuration file"
    )
    now = await planning_of(ROOM, bench.store)
    assert events == now.events
    _, proposal = await proposed(bench, *events)
    assert all(place in proposal.kept for place in range(len(proposal.plan.steps)))


async def test_a_room_that_is_of_another_zone_by_now_keeps_its_moments(bench: Bench) -> None:
    """Of its plan and of its messages: words without an offset get that which they had."""
    await open_room(bench)
    await plan(bench, {"name": "spring", "opens": "2036-12-01 10:00", "closes": "2036-12-01 20:00"})
    elsewhere = ROOM.model_copy(update={"timezone": "America/New_York"})
    now = await planning_of(elsewhere, bench.store)
    (event,) = now.events
    assert ("2036-12-01 10:00:00+02:00", "2036-12-01 20:00:00+02:00") == (event.opens, event.closes)
    proposal = propose(now, now.events, SEEDS, int(time.time() * 1000))
    assert all(place in proposal.kept for place in range(len(proposal.plan.steps)))
    wanted = MessagesSettings.model_validate(
        {"scheduled": [{"text": "a", "begins": "2036-12-01 10:00", "ends": "5m"}]}
    )
    await tell(bench.store, wanted, timezone="Europe/Riga", now_ms=0, who="ada")
    (notice,) = (await telling_of(bench.store, "America/New_York")).scheduled
    assert ("2036-12-01 10:00:00+02:00", "5m") == (notice.begins, notice.ends)


async def test_a_plan_of_too_many_steps_is_refused(bench: Bench) -> None:
    """Redis sets them in one call."""
    await open_room(bench)
    ramp = {"rate": "1, then +1 every 1s to 500", "closes": "20m"}
    events = [{"name": f"e{number}", "opens": at(60 * number + 60), **ramp} for number in range(11)]
    with pytest.raises(SettingsError, match=r"^events: they come to 5,\d\d\d steps, allowed are 5,000$"):
        await proposed(bench, *events)
