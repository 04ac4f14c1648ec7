"""What those who waited say goes out as signed events of whole hours, once each, with nobody's answer in them."""

from __future__ import annotations

import json

import pytest
from redis.asyncio import Redis
from standardwebhooks import Webhook

from admin.alerts.channels import WebhookChannel
from admin.alerts.courier import Courier
from admin.alerts.outbox import Outbox
from admin.feedback.telling import FeedbackTelling
from admin.store import Store
from tests.admin.alerts.conftest import SECRET, Make
from tests.admin.alerts.receiver import Receiver
from tests.feedback.counts import a_sale, answers
from waitroom.errors import LineUnavailableError
from waitroom.feedback.ledger import Answer
from waitroom.feedback.question import Kind, Where
from waitroom.settings import NotifySettings, RoomSettings
from waitroom.settings.feedback import FeedbackSettings

pytestmark = pytest.mark.anyio

DAY = 24 * 20_000
"""The first hour of a day in UTC."""
ROOM = RoomSettings(name="drop", feedback=FeedbackSettings(ask="csat"))


class Bench:
    """A console that tells, and its clock, in hours since 1970."""

    def __init__(self, redis: Redis, store: Store, channel: NotifySettings) -> None:
        self.outbox = Outbox(store)
        self.hour = float(DAY)
        self.channel = channel
        self.telling = FeedbackTelling(
            redis, [ROOM], [channel], self.outbox, store, put=lambda: None, clock=lambda: self.hour * 3600
        )

    async def at(self, hour: float) -> int:
        """How many events are told at that time of the day."""
        self.hour = DAY + hour
        return await self.telling.step(ROOM)


@pytest.fixture
async def bench(redis: Redis, store: Store, to_receiver: Make) -> Bench:
    """A console that has just met the room."""
    made = Bench(redis, store, to_receiver(events=["room.feedback"]))
    await made.outbox.open({"ops": "address"})
    assert 0 == await made.at(0.5)
    return made


def given(score: int, count: int = 1) -> list[Answer]:
    """So many answers of one score."""
    return [Answer(Kind.CSAT, Where.LEFT, 2, score)] * count


async def test_hours_are_told_once_there_are_enough_answers(bench: Bench, redis: Redis) -> None:
    """Each once, some minutes after it is over; those with few together."""
    await answers(redis, "drop", DAY, *given(5, 3))
    assert 0 == await bench.at(1.5)
    await answers(redis, "drop", DAY + 1, *given(2, 3))
    assert 0 == await bench.at(2.01)
    assert 1 == await bench.at(2.1)
    assert 0 == await bench.at(3.5)
    first = await bench.outbox.first("ops")
    assert first is not None
    assert f"drop:feedback:{DAY}-{DAY + 1}" == first.event.id
    assert {"answers": 6, "mean": 3.5, "score": 50.0} == first.event.data["opinion"]


async def test_what_a_day_has_too_few_of_is_told_without_the_answers(bench: Bench, redis: Redis) -> None:
    """When the day is over: how many left is no opinion."""
    await answers(redis, "drop", DAY + 3, *given(1))
    assert 0 == await bench.at(23.5)
    assert 1 == await bench.at(24.5)
    first = await bench.outbox.first("ops")
    assert first is not None
    assert (None, {}) == (first.event.data["opinion"], first.event.data["scores"])


async def test_the_event_is_signed_and_has_sums_only(bench: Bench, redis: Redis, receiver: Receiver) -> None:
    """As a receiver checks it with a library of the standard."""
    await a_sale(redis, "drop", DAY + 5, hours=1)
    assert 1 == await bench.at(6.5)
    channel = WebhookChannel(bench.channel)
    courier = Courier(channel, bench.outbox, source="urn:waitroom:1", clock=lambda: bench.hour * 3600)
    await courier.step()
    await channel.close()
    [got] = receiver.got
    Webhook(SECRET).verify(got.body, dict(got.headers))
    event = json.loads(got.body)
    assert "org.waitroom.room.feedback" == event["type"]
    data = event["data"]
    assert {
        "title", "text", "room", "begin", "end", "kind", "least", "opinion", "scores", "by_where", "by_wait",
        "waits",
    } == data.keys()  # fmt: skip
    assert all(each["answers"] >= 5 for each in data["by_wait"])
    assert data["waits"][0]["left"] > 0


async def test_a_console_that_was_down_tells_what_it_missed(bench: Bench, redis: Redis, store: Store) -> None:
    """In order, and nothing twice."""
    for hour in (1, 4, 26):
        await answers(redis, "drop", DAY + hour, *given(4, 9))
    assert 1 == await bench.at(2.5)
    again = Bench(redis, store, bench.channel)
    assert 2 == await again.at(40)
    assert 0 == await again.at(41)


async def test_while_redis_is_away_nothing_is_lost(store: Store, to_receiver: Make, bench: Bench) -> None:
    """It is told later."""
    nowhere = Bench(Redis(port=1), store, to_receiver(events=["*"]))
    with pytest.raises(LineUnavailableError):
        await nowhere.at(5)
