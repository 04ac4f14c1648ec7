"""What a real gateway counts: each request once, whichever worker it came to, and whatever becomes of that worker."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Mapping
from contextlib import suppress

import httpx
import pytest
from redis.asyncio import Redis

from tests.contract.harness import APP, PAGE, eventually
from tests.contract.slow_shop import SlowShop
from tests.telemetry.conftest import Launch
from waitroom.line.store import LineStore
from waitroom.telemetry.families import ADMISSIONS, CLAIMS, JOINS, NO_ROOM, REQUESTS, SHOP_ANSWERS, Family
from waitroom.telemetry.histogram import LINE_SECONDS, SHOP_SECONDS
from waitroom.telemetry.reading import Reader, Reading
from waitroom.telemetry.totals import Counts

pytestmark = pytest.mark.anyio
WITHIN = 30.0
IMAGE = {"sec-fetch-mode": "no-cors", "sec-fetch-dest": "image"}


class Watch:
    """Reads the totals of one room."""

    def __init__(self, redis: Redis, room: str) -> None:
        self.room = room
        self.store = LineStore(redis, room)
        self._reader = Reader(redis, [room])

    async def read(self) -> Reading:
        """All that the workers of all tests told."""
        return await self._reader.read()

    async def until(self, family: Family, wanted: Mapping[str, int]) -> Counts:
        """The totals as soon as those of a family with one label are these; they must not be anything else then."""
        found: dict[str, int] = {}

        async def there() -> bool:
            counts = (await self.read()).totals[self.room]
            found.clear()
            found.update({":".join(labels): count for labels, count in counts.each(family)})
            return found == wanted

        try:
            await eventually(there, within=WITHIN)
        except AssertionError:
            assert wanted == found
        return (await self.read()).totals[self.room]


@pytest.fixture
async def redis(redis_url: str) -> AsyncIterator[Redis]:
    """A client of the Redis of these gateways."""
    client = Redis.from_url(redis_url)
    yield client
    await client.aclose()


async def test_each_way_of_a_request_is_counted_once(launch: Launch, shop: SlowShop, redis: Redis) -> None:
    """To the shop, to the line, to the room's own addresses; what belongs to no room is counted apart."""
    rules = [{"name": "hook", "paths": ["/drop/hook"]}]
    other = {"name": "other-ways", "paths": ["/other/*"]}
    gateway = launch(shop.url, {"name": "ways", "paths": ["/drop/*"], "mode": "pause"}, other, bypass=rules)
    watch = Watch(redis, "ways")
    before = (await watch.read()).totals[NO_ROOM]
    async with gateway.client(PAGE) as visitor, gateway.client(APP) as app, gateway.client(IMAGE) as image:
        assert 503 == (await visitor.get("/drop/")).status_code
        assert 503 == (await visitor.get("/drop/")).status_code
        assert 503 == (await app.get("/drop/")).status_code
        assert 503 == (await image.get("/drop/a.png")).status_code
        for _ in range(3):
            assert 200 == (await visitor.get("/__waitroom/ways/status")).status_code
        assert 404 == (await image.get("/__waitroom/ways/status")).status_code
        await visitor.get("/__waitroom/ways/line")
        await visitor.get("/__waitroom/ways/receipt")
        assert 200 == (await app.get("/drop/hook")).status_code
        assert 400 == (await app.get("/drop/%2e%2e/other/x")).status_code
        assert 200 == (await image.get("/elsewhere")).status_code
        gateway.set("ways", "mode=pass")
        await asyncio.sleep(1.5)
        assert 200 == (await visitor.get("/drop/")).status_code
        assert 200 == (await visitor.get("/drop/")).status_code
        assert 200 == (await visitor.post("/__waitroom/ways/leave")).status_code
    ways = {
        "page": 2,
        "answer": 1,
        "refused": 1,
        "status": 4,
        "line": 1,
        "receipt": 1,
        "bypass": 1,
        "visit": 2,
    }
    counts = await watch.until(REQUESTS, {**ways, "leave": 1})
    assert {("general", "held"): 2} == dict(counts.each(JOINS))
    assert {("general",): 1} == dict(counts.each(ADMISSIONS))
    assert {("admitted",): 1} == dict(counts.each(CLAIMS))
    assert {("2xx",): 3} == dict(counts.each(SHOP_ANSWERS))
    assert 3 == sum(SHOP_SECONDS.counts(counts.counts))
    after = (await watch.read()).totals[NO_ROOM]
    assert (1, 1) == tuple(after.of(REQUESTS, way) - before.of(REQUESTS, way) for way in ("open", "bad"))


async def test_what_the_shop_does_is_counted(launch: Launch, shop: SlowShop, redis: Redis) -> None:
    """By the hundreds of its answers, and by how it failed; one that took too long counts as slow."""
    gateway = launch(shop.url, {"name": "fates", "mode": "pass"}, origin_response_timeout="1s")
    watch = Watch(redis, "fates")
    async with gateway.client(APP) as visitor:
        for status in (200, 201, 303, 404, 500, 503):
            shop.status = status
            assert status == (await visitor.get("/")).status_code
        shop.status = 200
        assert 504 == (await visitor.get("/held/1")).status_code
        with suppress(httpx.ReadTimeout):
            await visitor.get("/held/2", timeout=0.3)
    answers = {"2xx": 2, "3xx": 1, "4xx": 1, "5xx": 2, "timeout": 1, "gone": 1}
    counts = await watch.until(SHOP_ANSWERS, answers)
    assert 3 / 7 == counts.error_share
    slow = SHOP_SECONDS.bounds.index(1.0)
    times = SHOP_SECONDS.counts(counts.counts)
    assert (6, 1) == (sum(times[:slow]), sum(times[slow:]))
    assert counts.of(REQUESTS, "visit") == sum(answers.values())


async def test_a_shop_that_is_not_there_is_unreachable(launch: Launch, redis: Redis) -> None:
    """And has no latency."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        origin = f"http://127.0.0.1:{probe.getsockname()[1]}"
    gateway = launch(origin, {"name": "nobody", "mode": "pass"})
    async with gateway.client(APP) as visitor:
        assert 502 == (await visitor.get("/")).status_code
    counts = await Watch(redis, "nobody").until(SHOP_ANSWERS, {"unreachable": 1})
    assert (1.0, 0) == (counts.error_share, sum(SHOP_SECONDS.counts(counts.counts)))


async def test_a_gateway_that_stops_tells_the_rest(launch: Launch, shop: SlowShop, redis: Redis) -> None:
    """What was counted in its last second is told before it ends."""
    gateway = launch(shop.url, {"name": "ends", "mode": "pass"})
    async with gateway.client(APP) as visitor:
        for _ in range(7):
            await visitor.get("/")
    gateway.stop()
    assert 7 == (await Watch(redis, "ends").read()).totals["ends"].of(REQUESTS, "visit")


async def test_who_waits_is_told_of_by_the_workers(launch: Launch, shop: SlowShop, redis: Redis) -> None:
    """Open streams and connections; then how long those waited who were let in."""
    gateway = launch(shop.url, {"name": "wait", "mode": "pause", "rate": 600, "presence": "60s"})
    watch = Watch(redis, "wait")
    async with gateway.client(PAGE) as visitor:
        await visitor.get("/")
        async with visitor.stream("GET", "/__waitroom/wait/events") as stream:
            assert 200 == stream.status_code

            async def is_told() -> bool:
                return (await watch.read()).streams("wait") == 1

            await eventually(is_told, within=WITHIN)
            worker = next(each for each in (await watch.read()).alive if "wait" in each.streams)
            assert (1, True) == (worker.connections, worker.memory_bytes > 10_000_000)
            await watch.store.configure({"mode": "queue"}, source="live", who="test")
            async for line in stream.aiter_lines():
                if line == "event: admitted":
                    break
        assert 200 == (await visitor.get("/")).status_code
    counts = await watch.until(CLAIMS, {"admitted": 1})
    assert 1 == sum(LINE_SECONDS.counts(counts.counts))
    assert 0 < LINE_SECONDS.seconds(counts.counts) < WITHIN
    assert 1 == counts.of(REQUESTS, "events")
