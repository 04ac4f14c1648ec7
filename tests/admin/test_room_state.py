"""A room as the API tells it."""

from __future__ import annotations

import json
import time

import httpx
import pytest
from redis.asyncio import Redis

from admin.auth.roles import Role
from admin.console import Console
from tests.admin.conftest import Client, Served
from tests.contract.harness import eventually
from waitroom.line.room import Room

pytestmark = pytest.mark.anyio

ANY = {"if-match": "*"}


async def wait_in(room: Room, count: int) -> None:
    """Puts so many into the line, and looks at them."""
    await room.general.store.join(count)
    await room.look()


async def test_an_idle_room_has_no_limit_and_no_wait(client: Client) -> None:
    """A newcomer enters at once."""
    told = (await client(Role.VIEWER).get("/api/rooms/drop")).json()
    assert ("idle", 120) == (told["limited_by"]["by"], told["limited_by"]["per_minute"])
    assert {"seconds": 0, "low": 0, "high": 0} == told["newcomer_wait"]
    assert (None, None, None) == (told["last_wait"], told["next_change"], told["stale_seconds"])


@pytest.mark.parametrize(
    ("changes", "who", "by", "text"),
    [
        ({"mode": "pause"}, "ada", "paused", "paused, set by ada: stock is counted"),
        ({"mode": "closed"}, "ada", "closed", "closed, set by ada: stock is counted"),
        ({"mode": "pass"}, "ada", "passing", "everyone is let through, set by ada: stock is counted"),
        ({"rate": "90"}, "schedule", "rate", "the rate, 90 a minute, set by the schedule: stock is counted"),
        (
            {"limit_rate": "30"}, "adaptive admission", "adaptive",
            "the shop, 30 of 120 a minute: stock is counted",
        ),
        (
            {"limit_shared": "40"}, "common rate", "shared",
            "the common rate, 40 of 120 a minute: stock is counted",
        ),
        (
            {"capacity": "2"}, "ada", "capacity",
            "2 are inside, of 2: the next enters when one has left, set by ada: stock is counted",
        ),
        (
            {"limit_inside": "2"}, "adaptive admission", "adaptive",
            "2 are inside, of 2 that the shop can carry: stock is counted",
        ),
    ],
)  # fmt: skip
async def test_what_limits_admission_is_told_with_its_reason(
    client: Client, console: Console, changes: dict[str, str], who: str, by: str, text: str
) -> None:
    """Who set it, and why."""
    room = console.live.rooms["drop"]
    await room.change(changes, who=who, why="stock is counted")
    await wait_in(room, 50)
    await console.live.seen["drop"].look()
    told = (await client(Role.VIEWER).get("/api/rooms/drop")).json()
    if by in ("capacity", "adaptive") and "inside" in text:
        text = text.replace("2 are inside", f"{told['inside'] + told['granted']} are inside")
    assert (by, text) == (told["limited_by"]["by"], told["limited_by"]["text"])


async def test_who_waits_is_told_how_long(client: Client, console: Console) -> None:
    """A newcomer, and the last in line; each lane with its share."""
    room = console.live.rooms["late-sale"]
    await room.change({"mode": "queue", "rate": "60"}, who="ada")
    await wait_in(room, 60)
    await room.lanes["members"].store.join(30)

    async def both() -> bool:
        lanes = (await client(Role.VIEWER).get("/api/rooms/late-sale")).json()["lanes"]
        return all(lane["waiting"] and lane["newcomer_wait"] for lane in lanes)

    await eventually(both, within=20)
    told = (await client(Role.VIEWER).get("/api/rooms/late-sale")).json()
    general, members = told["lanes"]
    assert (0.25, 0.75) == (general["share"], members["share"])
    assert told["last_wait"] == general["last_wait"]
    assert told["newcomer_wait"]["seconds"] >= general["last_wait"]["seconds"] > 0
    assert told["waiting"] == general["waiting"] + members["waiting"]


async def test_a_stream_tells_of_what_is_new(served: Served) -> None:
    """One room, or all: first as they are, then each when it is another."""
    headers = {**served.headers(Role.OPERATOR), "accept": "text/event-stream"}
    async with httpx.AsyncClient(base_url=served.url, headers=headers, timeout=30) as client:
        for url, rate in (("/api/rooms/drop/stream", 61), ("/api/rooms", 62)):
            async with client.stream("GET", url) as answer:
                rates: list[float] = []
                async for line in answer.aiter_lines():
                    if not line.startswith("data: "):
                        continue
                    told = json.loads(line.removeprefix("data: "))
                    if told["room"] != "drop":
                        continue
                    if not rates:
                        await client.patch("/api/rooms/drop", json={"rate": rate}, headers=ANY)
                    rates.append(told["rate"])
                    if told["rate"] == rate:
                        break
            assert rates[0] != rate == rates[-1]


async def test_a_stream_ends_with_the_token(served: Served) -> None:
    """Whoever is not let in any more hears no more."""
    headers = served.headers(Role.VIEWER)
    async with (
        httpx.AsyncClient(base_url=served.url, headers=headers, timeout=30) as client,
        client.stream("GET", "/api/rooms/drop/stream") as answer,
    ):
        lines = answer.aiter_lines()
        await anext(lines)
        (token,) = await served.console.tokens.all()
        await served.console.tokens.revoke(token.id)
        revoked = time.monotonic()
        async for _ in lines:
            assert time.monotonic() - revoked < 60


async def test_while_redis_is_away_the_last_state_is_told_as_old(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    """And nothing can be changed: 503, with the reason."""
    from tests.admin.conftest import CONFIG, SECRET, serving
    from tests.conftest import running_redis
    from waitroom.settings import load

    folder = tmp_path_factory.mktemp("away")
    with running_redis() as url:
        config = folder / "waitroom.toml"
        config.write_text(CONFIG.format(secret=SECRET, redis_url=url, data_dir=folder / "data"))
        settings = load(config, environ={})
        async with Redis.from_url(url) as redis:
            with serving(settings) as served:
                headers = served.headers(Role.ADMIN)
                async with httpx.AsyncClient(base_url=served.url, headers=headers, timeout=30) as client:
                    before = (await client.get("/api/rooms/drop")).json()
                    await redis.shutdown(nosave=True)  # type: ignore[no-untyped-call, unused-ignore]

                    async def is_old() -> bool:
                        return (await client.get("/api/rooms/drop")).json()["stale_seconds"] is not None

                    await eventually(is_old, within=30)
                    told = (await client.get("/api/rooms/drop")).json()
                    assert ("redis", before["rate"]) == (told["limited_by"]["by"], told["rate"])
                    for method, path, body in (
                        ("PATCH", "", {"rate": 1}), ("POST", "/pause", {}), ("POST", "/undo", {}),
                        ("POST", "/reset", {}), ("GET", "/events", None),
                    ):  # fmt: skip
                        answer = await client.request(
                            method, f"/api/rooms/drop{path}", json=body, headers=ANY
                        )
                        assert 503 == answer.status_code, (method, path)
                        assert "Redis does not answer" in answer.json()["detail"]
