"""What Redis keeps of waits and answers: sums, and one bit of a place."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator

import pytest
from redis.asyncio import Redis

from waitroom.feedback.ledger import Answer, FeedbackLedger
from waitroom.feedback.question import Kind, Where
from waitroom.line.keys import answered_key, feedback_key, waits_key

pytestmark = pytest.mark.anyio

NOW = 1_000_000 * 3600.0 + 5
GOOD = Answer(Kind.CSAT, Where.LEFT, 3, 5)


@pytest.fixture
async def redis(redis_url: str) -> AsyncIterator[Redis]:
    """A client of a real Redis."""
    client = Redis.from_url(redis_url)
    yield client
    await client.aclose()


@pytest.fixture
def room() -> str:
    """A room that nobody else has."""
    return f"feedback-{secrets.token_hex(4)}"


async def test_a_place_answers_once(redis: Redis, room: str) -> None:
    """However often and from wherever it is sent, at once too."""
    ledger = FeedbackLedger(redis, room, 86_400)
    told = await asyncio.gather(*(ledger.answer(1, "general", 7, GOOD, NOW) for _ in range(20)))
    assert 1 == sum(told)
    assert not await ledger.answer(1, "general", 7, Answer(Kind.CSAT, Where.INSIDE, 3, 1), NOW)
    (hour,) = await ledger.hours(1_000_000, 1_000_000)
    assert {GOOD: 1} == hour.answers


async def test_other_places_have_answers_of_their_own(redis: Redis, room: str) -> None:
    """The same number in another lane, or another life of the line, is somebody else's."""
    ledger = FeedbackLedger(redis, room, 86_400)
    for epoch, lane, number in ((1, "general", 7), (2, "general", 7), (1, "members", 7), (1, "general", 8)):
        assert not await ledger.has_answered(epoch, lane, number)
        assert await ledger.answer(epoch, lane, number, GOOD, NOW)
        assert await ledger.has_answered(epoch, lane, number)
    (hour,) = await ledger.hours(1_000_000, 1_000_000)
    assert {GOOD: 4} == hour.answers


async def test_nothing_is_kept_for_ever_or_of_anyone(redis: Redis, room: str) -> None:
    """Each key has its time; beside sums there is one bit of a place."""
    ledger = FeedbackLedger(redis, room, 86_400)
    await ledger.answer(1, "general", 7, GOOD, NOW)
    await ledger.tally(b"", b"{}", {"left:0": 1}, NOW)
    keys = [answered_key(room, 1, "general"), feedback_key(room, 1_000_000), waits_key(room)]
    assert {key.encode() for key in keys} == {key async for key in redis.scan_iter(f"*{{{room}}}*")}
    ages = [await redis.ttl(key) for key in keys]
    assert all(age > 0 for age in ages)
    assert ages[1] <= 86_400
    assert 1 == await redis.strlen(keys[0])
    assert {b"answer:csat:left:3:5": b"1", b"left:0": b"1"} == await redis.hgetall(keys[1])


async def test_a_look_counts_once(redis: Redis, room: str) -> None:
    """Of workers that look at the same time, one tells what it saw."""
    ledger = FeedbackLedger(redis, room, 86_400)
    told = await asyncio.gather(*(ledger.tally(b"", b"next", {"left:2": 3}, NOW) for _ in range(8)))
    assert 1 == sum(told)
    assert not await ledger.tally(b"", b"other", {"left:2": 3}, NOW)
    assert b"next" == await ledger.waits()
    (hour,) = await ledger.hours(999_000, 1_001_000)
    assert (1_000_000, 3) == (hour.number, hour.stood[2].left)
