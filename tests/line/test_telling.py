"""What those waiting are told: at once and by the clock, in several languages, and never over somebody else's word."""

from __future__ import annotations

import time

import anyio
import pytest

from tests.contract.harness import eventually
from tests.line.bench import LOG, PLAN, RULES, Bench
from waitroom.errors import OvertakenError, SettingsError
from waitroom.line.plan import Plan, Step, StepKind
from waitroom.line.room import Room
from waitroom.messages.telling import tell, telling_of
from waitroom.settings.messages import MessagesSettings

pytestmark = pytest.mark.anyio

MINUTE = 60_000
HELLO = {"text": "Hello", "language": "en", "translations": {"de": "Hallo"}}


def at(minutes: float) -> str:
    """A moment from now, as it is written."""
    return time.strftime("%Y-%m-%d %H:%M:%S+00:00", time.gmtime(time.time() + 60 * minutes))


def wanted(standing: object = None, *scheduled: dict[str, object]) -> MessagesSettings:
    """What is to be told."""
    return MessagesSettings.model_validate({"standing": standing or {}, "scheduled": scheduled})


async def say(bench: Bench, what: MessagesSettings, replaces: str | None = None, why: str = "") -> str:
    """Tells it now; returns the version."""
    telling = await tell(
        bench.store,
        what,
        timezone="UTC",
        now_ms=int(time.time() * 1000),
        who="ada",
        why=why,
        replaces=replaces,
    )
    return telling.version


async def shown(bench: Bench, *languages: str) -> str:
    """What somebody is told now."""
    return (await bench.store.rules()).said.to(languages).text


async def passes(bench: Bench, ms: int) -> None:
    """The steps come nearer: the same as if time had passed."""
    for step, score in await bench.ask("ZRANGE", PLAN, 0, -1, "WITHSCORES"):
        await bench.ask("ZADD", PLAN, float(score) - ms, step)
    await bench.ask("HINCRBYFLOAT", "waitroom:1:{room}:room", "next_step", -ms)
    await bench.store.advance()


async def test_each_is_told_in_their_own_language(bench: Bench) -> None:
    """At once; whoever reads none of the translations gets the text."""
    await bench.open()
    await say(bench, wanted(HELLO))
    assert ("Hello", "Hallo", "Hello") == (
        await shown(bench),
        await shown(bench, "de-at"),
        await shown(bench, "fr", "en", "de"),
    )


async def test_a_plain_message_takes_the_place_of_all_translations(bench: Bench) -> None:
    """Whoever sets the setting alone has said something else, to everybody."""
    await bench.open()
    await say(bench, wanted(HELLO))
    await bench.store.configure({"message": "Back soon"}, source="live", who="bob")
    assert ("Back soon", "Back soon") == (await shown(bench), await shown(bench, "de"))
    assert "Back soon" == (await telling_of(bench.store, "UTC")).standing.text


async def test_a_message_comes_and_goes_by_the_clock(bench: Bench) -> None:
    """Meanwhile it stands in place of the other one, which is there again afterwards."""
    await bench.open()
    await say(
        bench, wanted(HELLO, {"text": "The van is late", "language": "en", "begins": at(5), "ends": "10m"})
    )
    assert "Hello" == await shown(bench)
    await passes(bench, 6 * MINUTE)
    assert "The van is late" == await shown(bench, "de")
    await passes(bench, 10 * MINUTE)
    assert "Hallo" == await shown(bench, "de")
    entries = [entry for _, entry in await bench.ask("XRANGE", LOG, "-", "+")]
    assert [b"schedule", b"schedule"] == [
        entry[b"who"] for entry in entries if entry.get(b"why") == b"message"
    ]


async def test_what_has_begun_is_shown_at_once_and_taken_back_at_once(bench: Bench) -> None:
    """It needs no step of the clock."""
    await bench.open()
    await say(bench, wanted(HELLO, {"text": "Slow", "begins": at(-5), "ends": "10m"}))
    assert "Slow" == await shown(bench)
    await say(bench, wanted(HELLO))
    assert "Hello" == await shown(bench)
    assert 0 == await bench.ask("ZCARD", PLAN)


async def test_what_is_past_is_dropped(bench: Bench) -> None:
    """Of those without an end only the last that has begun is left."""
    await bench.open()
    await say(
        bench,
        wanted(
            {},
            {"text": "over", "begins": at(-50), "ends": "10m"},
            {"text": "replaced", "begins": at(-30)},
            {"text": "shown", "begins": at(-5)},
            {"text": "later", "begins": at(5)},
        ),
    )
    assert "shown" == await shown(bench)
    assert ["shown", "later"] == [each.text for each in (await telling_of(bench.store, "UTC")).scheduled]


async def test_two_operators_never_overwrite_each_other(bench: Bench) -> None:
    """Who has seen an older version is told so, and nothing is changed."""
    await bench.open()
    first = await say(bench, wanted({"text": "one"}))
    second = await say(bench, wanted({"text": "two"}), replaces=first)
    with pytest.raises(OvertakenError):
        await say(bench, wanted({"text": "three"}), replaces=first)
    assert "two" == await shown(bench)
    await bench.store.configure({"message": "four"}, source="live", who="bob")
    with pytest.raises(OvertakenError):
        await say(bench, wanted({"text": "five"}), replaces=second)
    assert "four" == await shown(bench)


async def test_two_messages_never_have_the_same_time(bench: Bench) -> None:
    """The refusal names both, and nothing is changed."""
    await bench.open()
    with pytest.raises(
        SettingsError, match=r"^scheduled: the message of .* begins while that of .* is shown$"
    ):
        await say(
            bench,
            wanted(
                HELLO,
                {"text": "a", "begins": at(5), "ends": "10m"},
                {"text": "b", "begins": at(10), "ends": "10m"},
            ),
        )
    assert "" == await shown(bench)


async def test_a_change_is_in_the_record_once_with_before_and_after(bench: Bench) -> None:
    """What was not changed is not told."""
    await bench.open()
    await say(bench, wanted({"text": "one"}))
    await say(bench, wanted({"text": "two"}), why="it was wrong")
    await say(bench, wanted({"text": "two"}), why="again")
    entries = [entry for _, entry in await bench.ask("XRANGE", LOG, "-", "+")]
    by_ada = [entry for entry in entries if entry.get(b"who") == b"ada"]
    assert [b" -> one", b"one -> two"] == [entry[b"message"] for entry in by_ada]
    assert {b"type", b"epoch", b"clock", b"who", b"why", b"message", b"chain"} == set(by_ada[1])


async def test_a_changed_schedule_leaves_the_messages_alone(bench: Bench) -> None:
    """And the other way round."""
    await bench.open()
    sale = Step(2**41, StepKind.OPEN, "sale")
    await say(bench, wanted({}, {"text": "later", "begins": at(5)}))
    await bench.store.plan(Plan((sale,)).to_redis(), name="a", source="live", who="test")
    await say(bench, wanted({}, {"text": "later still", "begins": at(6)}))
    planned = await bench.store.planned()
    assert (sale,) == planned.plan.steps
    assert 1 == len(planned.says)


async def test_a_redis_that_lost_everything_is_told_again(bench: Bench) -> None:
    """By the workers that live: what stands, what is shown, and what is to come."""
    room = Room("room", bench.redis, RULES)
    await room.start()
    await say(
        bench,
        wanted(
            HELLO,
            {"text": "now", "begins": at(-1), "ends": "10m"},
            {"text": "later", "begins": at(30), "ends": "10m"},
        ),
    )
    version = (await telling_of(bench.store, "UTC")).version
    async with anyio.create_task_group() as group:
        group.start_soon(room.run)

        async def knows() -> bool:
            return room.rules.said.text == "now"

        async def is_back() -> bool:
            return (await telling_of(bench.worker(), "UTC")).version == version

        await eventually(knows)
        await bench.redis.flushall()
        await eventually(is_back)
        room.stop()
    assert "now" == await shown(bench)
    assert 3 == await bench.ask("ZCARD", PLAN)
