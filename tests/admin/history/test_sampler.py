"""The console looks once a second, and remembers."""

from __future__ import annotations

import asyncio

import pytest
from redis.asyncio import Redis

from admin.auth.roles import Role
from admin.console import Console
from admin.history.series import Span
from tests.admin.conftest import Client
from tests.contract.harness import eventually
from waitroom.telemetry.counters import Counters
from waitroom.telemetry.source import Source
from waitroom.telemetry.telling import Telling

pytestmark = pytest.mark.anyio
WITHIN = 30.0


async def test_what_workers_tell_and_the_line_is_seen(console: Console, redis: Redis) -> None:
    """The newest figures of each room are at hand, and its past grows by a point a second."""
    counters = Counters()
    telling = Telling(redis, [Source("drop", counters.summed_up)])

    async def works() -> None:
        while True:
            counters.answered(200, 0.02)
            counters.joined("general", admitted=True)
            await telling.tell()
            await asyncio.sleep(0.3)

    working = asyncio.create_task(works())
    try:
        await console.live.rooms["late-sale"].join()

        async def seen() -> bool:
            drop, late = console.sampler.latest.get("drop"), console.sampler.latest.get("late-sale")
            return bool(drop and late and drop.p95 and drop.joins and drop.admissions and late.waiting)

        await eventually(seen, within=WITHIN)
    finally:
        working.cancel()
        await asyncio.gather(working, return_exceptions=True)
    drop, late = console.sampler.latest["drop"], console.sampler.latest["late-sale"]
    assert ("idle", 120.0, 0.0) == (drop.limited_by, drop.target, drop.newcomer)
    assert ("paused", 0.0, None, None) == (late.limited_by, late.target, late.newcomer, late.p95)
    assert drop.p95 is not None and 0.018 <= drop.p95 <= 0.032

    async def remembers() -> bool:
        series = await console.sampler.history.series("late-sale", Span.QUARTER, console.sampler.now)
        return len([value for value in series.waiting if value]) >= 3

    await eventually(remembers, within=WITHIN)


async def test_the_past_is_served_as_a_chart_needs_it(console: Console, client: Client) -> None:
    """To whoever may look; what makes no sense is refused."""
    viewer = client(Role.VIEWER)

    async def served() -> bool:
        document = (await viewer.get("/api/rooms/drop/history")).json()
        assert ("drop", "15m", 1) == (document["room"], document["span"], document["step_seconds"])
        return any(value == 0 for value in document["waiting"])

    await eventually(served, within=WITHIN)
    for span, step in (("3h", 12), ("event", 60)):
        document = (await viewer.get("/api/rooms/drop/history", params={"span": span})).json()
        assert (span, step) == (document["span"], document["step_seconds"])
    for query in ("span=1y", "since=inf", "since=nan", "since=x"):
        assert 422 == (await viewer.get(f"/api/rooms/drop/history?{query}")).status_code, query
    assert 200 == (await viewer.get("/api/rooms/drop/history?span=event&since=1e300")).status_code
    assert 404 == (await viewer.get("/api/rooms/nowhere/history")).status_code


async def test_metrics_are_served_to_those_who_may_look(console: Console, client: Client) -> None:
    """With a token, as Prometheus sends it."""

    async def read() -> bool:
        return console.sampler.is_fresh

    await eventually(read, within=WITHIN)
    answer = await client(Role.VIEWER).get("/metrics")
    assert (200, "text/plain; version=0.0.4; charset=utf-8") == (
        answer.status_code,
        answer.headers["content-type"],
    )
    assert "waitroom_redis_up 1.0\n" in answer.text
    assert 'waitroom_mode{room="late-sale",waitroom_mode="pause"} 1.0\n' in answer.text
    wanted = {"accept": "application/openmetrics-text;version=1.0.0"}
    answer = await client(Role.VIEWER).get("/metrics", headers=wanted)
    assert answer.headers["content-type"].startswith("application/openmetrics-text")
    assert answer.text.endswith("# EOF\n")
    assert 401 == (await client().get("/metrics")).status_code
