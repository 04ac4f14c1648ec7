"""Adaptive admission as a worker runs it: a real room in a real Redis."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

import pytest
from redis.asyncio import Redis

from waitroom.errors import LineUnavailableError
from waitroom.line.keys import room_keys
from waitroom.line.room import Room
from waitroom.line.rules import Rules
from waitroom.shaping.aims import Aims
from waitroom.shaping.regulator import WHO, Regulator
from waitroom.shaping.signals import Signals
from waitroom.shaping.told import Told

pytestmark = pytest.mark.anyio
ON = Rules(rate=6000.0, adaptive=Aims(least=30).to_text())


class Worker:
    """One worker with its room."""

    def __init__(self, redis: Redis, rules: Rules = ON) -> None:
        self.redis = redis
        self.room = Room("room", redis, rules)
        self.signals = Signals()
        self.regulator = Regulator(self.room, Told(redis, "room"), self.signals)

    async def start(self) -> None:
        """As the gateway starts it."""
        await self.room.start()
        await self.regulator.start()

    def answers(self, count: int, status: int) -> None:
        """The shop answers so many visitors."""
        for each in range(count):
            number = self.signals.asked(each, timed=True)
            self.signals.answered(number, status, [])

    async def step(self) -> None:
        """The next step is due, and this worker makes it."""
        await self.redis.hset("waitroom:1:{room}:adaptive", "due", 1)
        await self.regulator.turn()

    async def limit(self) -> float:
        """What is in force."""
        return (await self.room.general.store.rules()).limit_rate

    async def changes(self) -> list[Mapping[str, str]]:
        """The changes of the limit in the room's events."""
        log: Any = await self.redis.xrange(room_keys("room", ["general"])[5])
        told = [{name.decode(): value.decode() for name, value in entry.items()} for _, entry in log]
        return [entry for entry in told if "limit_rate" in entry]


@pytest.fixture
async def worker(redis: Redis) -> Worker:
    """A worker of a room that has just been switched on."""
    worker = Worker(redis)
    await worker.start()
    return worker


async def test_it_begins_before_the_first_visitor(worker: Worker) -> None:
    """The rate of the file may be far beyond the shop: from the start on there is a limit."""
    assert 60 == await worker.limit()
    assert 60 == worker.room.rules.admission_rate
    [change] = await worker.changes()
    assert (WHO, "adaptive admission begins at 60 a minute") == (change["who"], change["why"])


async def test_a_second_worker_changes_nothing(worker: Worker) -> None:
    """It finds the limit as it is."""
    other = Worker(worker.redis)
    await other.start()
    assert 1 == len(await worker.changes())


async def test_an_overload_closes_the_door_but_for_the_least(worker: Worker) -> None:
    """Errors that other workers saw count too, and the event says why."""
    other = Worker(worker.redis)
    await other.start()
    other.answers(50, 503)
    await other.regulator.turn()
    await worker.step()
    assert 30 == await worker.limit()
    last = (await worker.changes())[-1]
    assert "of its answers are errors (bound 1.0%)" in last["why"]
    assert last["limit_rate"].endswith("-> 30")


async def test_a_dead_redis_keeps_the_last_limit(worker: Worker) -> None:
    """The worker goes on with what it knows; nothing is raised but what everybody is told."""
    dead = Redis(host="127.0.0.1", port=1)
    regulator = Regulator(worker.room, Told(dead, "room"), worker.signals)
    with pytest.raises(LineUnavailableError):
        await regulator.turn()
    running = asyncio.create_task(regulator.run())
    await asyncio.sleep(0.2)
    assert not running.done()
    running.cancel()
    assert 60 == worker.room.rules.admission_rate


async def test_switched_off_live(worker: Worker) -> None:
    """The limit is taken back, the requests are no longer looked at, and it is said."""
    await worker.room.change({"adaptive": Aims().to_text(on=False)}, who="ops")
    await worker.regulator.turn()
    assert -1 == await worker.limit()
    assert not worker.signals.is_on
    assert "adaptive admission is off" == (await worker.changes())[-1]["why"]
    count = len(await worker.changes())
    await worker.regulator.turn()
    assert count == len(await worker.changes())


async def test_switched_off_in_the_file(worker: Worker) -> None:
    """A gateway that is started without it takes back the limit that the last one left."""
    after = Worker(worker.redis, Rules(rate=6000.0, adaptive=Aims().to_text(on=False)))
    await after.start()
    assert -1 == await after.limit()


async def test_where_it_never_was_on_nothing_happens(redis: Redis) -> None:
    """A limit that something else has set is none of its business."""
    worker = Worker(redis, Rules(rate=6000.0))
    await worker.start()
    await worker.room.change({"limit_rate": "77"}, who="somebody else")
    await worker.regulator.turn()
    assert 77 == await worker.limit()
    assert [] == await redis.keys("*adaptive*")


@pytest.mark.parametrize("state", ["{}", "no JSON", '{"limit": "high"}'])
async def test_a_state_of_another_version_is_begun_anew(worker: Worker, state: str) -> None:
    """It is no reason to stop."""
    await worker.step()
    await worker.redis.hset("waitroom:1:{room}:adaptive", "state", state)
    await worker.step()
    assert 60 == await worker.limit()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", (False, Aims())),
        ("on:0 least:5", (False, Aims(least=5))),
        ("on:1 least:5 most:inf latency:0.8 errors:0.02", (True, Aims(5, float("inf"), 0.8, 0.02))),
        ("on:1 news:3", (True, Aims())),
    ],
)
def test_aims_as_text(text: str, expected: tuple[bool, Aims]) -> None:
    """What is left out has its default, and what a newer version adds is passed over."""
    assert expected == Aims.from_text(text)
    assert expected == Aims.from_text(expected[1].to_text(on=expected[0]))
