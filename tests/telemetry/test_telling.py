"""Counts on their way to Redis: each arrives, and once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import pytest
from redis.asyncio import Redis
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import RedisError, ResponseError

from waitroom.errors import LineUnavailableError
from waitroom.line.keys import WORKERS_KEY, told_key, totals_key
from waitroom.telemetry.counters import Counters
from waitroom.telemetry.families import PAGE, VISIT
from waitroom.telemetry.reading import Reader
from waitroom.telemetry.source import Source
from waitroom.telemetry.telling import Telling
from waitroom.telemetry.worker import ALIVE_SECONDS, FORGOTTEN_SECONDS, Worker

pytestmark = pytest.mark.anyio
ROOM = "drop"


def worker_of(redis: Redis, counters: Counters, room: str = ROOM) -> Telling:
    """A worker that counts for one room."""
    return Telling(redis, [Source(room, counters.summed_up, lambda: 0)])


async def counted(redis: Redis, field: str = PAGE, room: str = ROOM) -> int:
    """What all workers have told."""
    return (await Reader(redis, [room]).read()).totals[room].counts.get(field, 0)


async def test_workers_add_up(redis: Redis) -> None:
    """Each tells increments, so that the sums stay when a worker is gone, and go on when it is started anew."""
    first, second = Counters(), Counters()
    one, other = worker_of(redis, first), worker_of(redis, second)
    for step in range(1, 4):
        first[PAGE] += step
        second[PAGE] += 10
        await one.tell()
        await other.tell()
    anew = Counters()
    anew[PAGE] += 100
    await worker_of(redis, anew).tell()
    assert 6 + 30 + 100 == await counted(redis)


async def test_only_what_changed_is_told(redis: Redis) -> None:
    """A room in which nothing happens costs Redis nothing."""
    counters = Counters()
    counters[PAGE] += 1
    telling = worker_of(redis, counters)
    await telling.tell()
    evals = (await redis.info("commandstats"))["cmdstat_eval"]["calls"]
    for _ in range(3):
        await telling.tell()
    assert evals == (await redis.info("commandstats"))["cmdstat_eval"]["calls"]
    counters[VISIT] += 1
    await telling.tell()
    assert (1, 1) == (await counted(redis), await counted(redis, VISIT))


class Wire:
    """Between a client and Redis: it passes on what is asked, and may lose the answer."""

    def __init__(self, path: str) -> None:
        self.loses_answers = self.is_cut = False
        self.url = ""
        self._path = path

    @asynccontextmanager
    async def up(self) -> AsyncIterator[Wire]:
        """Listens on a free port."""
        server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.url = f"redis://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        async with server:
            yield self

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        far_reader, far_writer = await asyncio.open_unix_connection(self._path)

        async def back() -> None:
            while piece := await far_reader.read(65536):
                if self.loses_answers:
                    break
                writer.write(piece)
            writer.close()

        answering = asyncio.create_task(back())
        with suppress(ConnectionError):
            while not self.is_cut and (piece := await reader.read(65536)):
                far_writer.write(piece)
        writer.close()
        far_writer.close()
        await asyncio.gather(answering, return_exceptions=True)


@pytest.fixture
async def wire(scratch_url: str) -> AsyncIterator[Wire]:
    """To the Redis of the tests."""
    async with Wire(scratch_url.removeprefix("unix://")).up() as made:
        yield made


async def test_what_was_told_and_not_answered_counts_once(redis: Redis, wire: Wire) -> None:
    """The answer is lost, so it is told again: Redis knows that it was told."""
    client = Redis.from_url(wire.url, retry=None)
    counters = Counters()
    telling = worker_of(client, counters)
    counters[PAGE] += 1
    await telling.tell()
    wire.loses_answers = True
    counters[PAGE] += 2
    for _ in range(3):
        counters[PAGE] += 10
        with pytest.raises((RedisError, OSError)):
            await telling.tell()
    assert 1 + 2 + 10 == await counted(redis), "it had arrived"
    wire.loses_answers = False
    await telling.tell()
    await telling.tell()
    assert 1 + 2 + 30 == await counted(redis)
    await client.aclose()


async def test_while_redis_is_away_counts_wait_and_stay_small(redis: Redis, wire: Wire) -> None:
    """However long and however much: no more is kept than one number for each count."""
    client = Redis.from_url(wire.url, retry=None)
    counters = Counters()
    source = Source(ROOM, counters.summed_up)
    telling = Telling(client, [source])
    await telling.tell()
    wire.is_cut = True
    await client.connection_pool.disconnect()
    for _ in range(1000):
        counters[PAGE] += 1
        with pytest.raises(RedisConnectionError):
            await telling.tell()
    assert 1 == len(source.under_way)
    wire.is_cut = False
    await telling.tell()
    await telling.tell()
    assert 1000 == await counted(redis)
    await client.aclose()


async def test_what_redis_refuses_of_one_room_holds_up_no_other(redis: Redis) -> None:
    """It is told later."""
    counters = {"drop": Counters(), "other": Counters()}
    telling = Telling(redis, [Source(room, counters[room].summed_up) for room in counters])
    await redis.set(totals_key("drop"), "no hash")
    for each in counters.values():
        each[PAGE] += 3
    with pytest.raises(ResponseError):
        await telling.tell()
    assert b"3" == await redis.hget(totals_key("other"), PAGE)
    await redis.delete(totals_key("drop"))
    await telling.tell()
    assert (3, 3) == (await counted(redis), await counted(redis, room="other"))


async def test_an_emptied_redis_begins_anew(redis: Redis) -> None:
    """The totals are those since then, and say so."""
    counters = Counters()
    telling = worker_of(redis, counters)
    counters[PAGE] += 5
    await telling.tell()
    reader = Reader(redis, [ROOM])
    before = (await reader.read()).totals[ROOM]
    assert 0 < before.since <= before.at
    await asyncio.sleep(1.1)  # that moment is told in seconds
    await redis.flushall()
    counters[PAGE] += 2
    await telling.tell()
    after = (await reader.read()).totals[ROOM]
    assert ({PAGE: 2}, True) == (after.counts, after.since > before.since)


async def test_a_redis_that_lost_a_second_shows_no_fall(redis: Redis) -> None:
    """Who reads again and again sees no count fall."""
    counters = Counters()
    counters[PAGE] += 5
    await worker_of(redis, counters).tell()
    reader = Reader(redis, [ROOM])
    assert 5 == (await reader.read()).totals[ROOM].counts[PAGE]
    await redis.hincrby(totals_key(ROOM), PAGE, -3)
    assert 5 == (await reader.read()).totals[ROOM].counts[PAGE]
    await redis.hincrby(totals_key(ROOM), PAGE, 4)
    assert 6 == (await reader.read()).totals[ROOM].counts[PAGE]


async def test_a_worker_says_that_it_lives_and_that_it_is_gone(redis: Redis) -> None:
    """With its process, its rooms and its connections."""
    telling = Telling(redis, [Source(ROOM, dict, lambda: 4), Source("quiet", dict, lambda: 0)], lambda: 17)
    await telling.tell()
    reading = await Reader(redis, [ROOM]).read()
    (worker,) = reading.workers
    assert (worker,) == reading.alive
    assert (17, {ROOM: 4, "quiet": 0}, 4) == (worker.connections, worker.streams, reading.streams(ROOM))
    assert worker.memory_bytes > 10_000_000
    assert worker.started <= worker.seen <= reading.at
    await telling.finish()
    assert () == (await Reader(redis, [ROOM]).read()).workers


async def test_the_silent_are_shown_and_then_forgotten(redis: Redis) -> None:
    """A killed worker says nothing; after a while another one takes its entry away."""
    await worker_of(redis, Counters()).tell()
    (seen,) = (await Reader(redis, [ROOM]).read()).workers
    for name, age in (("quiet", ALIVE_SECONDS + 5), ("long-gone", FORGOTTEN_SECONDS + 5)):
        dead = seen.model_copy(update={"name": name, "seen": seen.seen - age, "started": seen.started - age})
        await redis.hset(WORKERS_KEY, name, dead.model_dump_json())
    await redis.hset(WORKERS_KEY, "strange", "{}")
    reading = await Reader(redis, [ROOM]).read()
    assert (["quiet"], [seen.name]) == (
        [worker.name for worker in reading.silent], [worker.name for worker in reading.alive],
    )  # fmt: skip
    await worker_of(redis, Counters()).tell()
    assert await redis.hexists(WORKERS_KEY, "quiet")
    assert not await redis.hexists(WORKERS_KEY, "long-gone")


async def test_a_worker_of_another_site_is_none_of_ours(redis: Redis) -> None:
    """Several sites may share a Redis, with rooms of their own."""
    await worker_of(redis, Counters(), "theirs").tell()
    assert () == (await Reader(redis, [ROOM]).read()).workers
    assert 1 == len((await Reader(redis, ["theirs", ROOM]).read()).workers)


def test_a_clock_that_was_set_back_makes_nobody_immortal() -> None:
    """Who was heard of an hour from now is not alive."""
    worker = Worker(name="a", host="h", pid=1, version="1", started=0, seen=5000)
    assert (True, False, True) == (worker.is_alive(4999), worker.is_alive(1400), worker.is_forgotten(1400))


async def test_all_keys_of_a_room_share_its_slot() -> None:
    """A Redis Cluster can run the script."""
    assert all("{drop}" in key for key in (totals_key("drop"), told_key("drop", "worker")))
    assert told_key("drop", "w").startswith(totals_key("drop"))


async def test_a_redis_that_is_away_is_told_as_such() -> None:
    """By the error that everyone knows."""
    with pytest.raises(LineUnavailableError):
        await Reader(Redis.from_url("redis://127.0.0.1:1", retry=None), [ROOM]).read()
