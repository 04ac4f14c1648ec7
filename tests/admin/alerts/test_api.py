"""Alerts, channels and deliveries over the console's API and on its page."""

from __future__ import annotations

import asyncio
import html
import json
import re
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from redis.asyncio import Redis

from admin.audit.log import Filter
from admin.auth.roles import Role
from admin.console import Console
from tests.admin.alerts.conftest import SECRET
from tests.admin.alerts.receiver import Receiver, Say
from tests.admin.conftest import CONFIG, Client, Served
from tests.admin.conftest import SECRET as SITE_SECRET
from tests.admin.people import Browser, make_user, signed_in
from waitroom.assembly.line import store_of
from waitroom.settings import Settings, load

pytestmark = pytest.mark.anyio

ALERTS = """
[[alerts]]
name = "workers"
lasting = "0s"
severity = "info"

[[alerts]]
name = "line"
on = false

[[notify]]
name = "ops"
url = "{url}"
secret = "{secret}"
events = ["*"]
severity = "info"
timeout = "20s"

[[notify]]
name = "lost"
kind = "apprise"
url = "slack://tok-of-stones"
events = ["room.reset"]
"""


@pytest.fixture
def settings(tmp_path: Path, scratch_url: str, receiver: Receiver) -> Settings:
    """A site with two rooms, and two channels of which one cannot work."""
    config = tmp_path / "waitroom.toml"
    config.write_text(
        CONFIG.format(secret=SITE_SECRET, redis_url=scratch_url, data_dir=tmp_path / "data")
        + ALERTS.format(url=receiver.url, secret=SECRET)
    )
    return load(config, environ={})


async def told(client: httpx.AsyncClient, path: str) -> list[dict[str, object]]:
    """A list of the API."""
    answer = await client.get(path)
    assert 200 == answer.status_code, answer.text
    found: list[dict[str, object]] = answer.json()
    return found


async def fired(receiver: Receiver) -> None:
    """Waits until it has been told that no worker is alive: there is no gateway here."""
    async with asyncio.timeout(60):
        while not any(b"org.waitroom.alert.firing" in got.body for got in receiver.got):
            await receiver.count(len(receiver.got) + 1)


async def test_what_fires_stands_first(client: Client, receiver: Receiver) -> None:
    """With its figure, its limit, and since when; what is off is not there."""
    viewer = client(Role.VIEWER)
    await fired(receiver)
    alerts = await told(viewer, "/api/alerts")
    first = alerts[0]
    assert ("workers", "firing", None, "info", 0) == (
        first["alert"], first["state"], first["room"], first["severity"], first["value"],
    )  # fmt: skip
    assert ("0 workers of the gateway are alive", "at least 1") == (first["text"], first["limit"])
    assert first["since"] and first["told_at"]
    of_rooms = {(each["alert"], each["room"]) for each in alerts if each["room"]}
    assert {
        (name, room) for name in ("errors", "latency", "wait", "outflow") for room in ("drop", "late-sale")
    } == of_rooms


async def test_channels_tell_how_they_do_and_nothing_secret(client: Client, receiver: Receiver) -> None:
    """Neither does the page, nor a delivery."""
    receiver.always = Say(500, body="who is tok-3n-of-stones?")
    viewer = client(Role.VIEWER)
    await receiver.count(1)
    ops: dict[str, object] = {}
    async with asyncio.timeout(60):
        while not ops.get("note"):
            ops, lost = await told(viewer, "/api/channels")
    assert (f"http://127.0.0.1:{receiver.port}", True, "500 Internal Server Error: who is …?") == (
        ops["address"], ops["is_signed"], ops["note"],
    )  # fmt: skip
    assert ops["waiting"] and ops["tries"]
    assert ("slack://…", "Apprise cannot use this slack:// address", "apprise") == (
        lost["address"], lost["fault"], lost["kind"],
    )  # fmt: skip
    deliveries = await viewer.get("/api/deliveries")
    page = await viewer.get("/alerts")
    for text in (json.dumps([ops, lost]), deliveries.text, page.text):
        assert "stones" not in text
        assert SECRET not in text


async def test_a_test_says_what_came_of_it(client: Client, receiver: Receiver, console: Console) -> None:
    """At once; whoever asked for it is told in it, and in the audit log."""
    operator = client(Role.OPERATOR)
    await fired(receiver)
    answer = await operator.post("/api/channels/ops/test")
    assert (200, "delivered", 1) == (answer.status_code, answer.json()["fate"], answer.json()["tries"])
    body = json.loads(receiver.got[-1].body)
    assert ("org.waitroom.test", "token test operator") == (body["type"], body["data"]["who"])
    (entry,) = await console.audit.page(Filter(action="testChannel"))
    assert ("ops", {"fate": "delivered", "note": ""}) == (entry.about, json.loads(entry.after))
    refused = await operator.post("/api/channels/ops/test")
    assert (429, "3", "urn:waitroom:too-soon") == (
        refused.status_code, refused.headers["retry-after"], refused.json()["type"],
    )  # fmt: skip
    wrong = (await operator.post("/api/channels/lost/test")).json()
    assert ("given up", "Apprise cannot use this slack:// address") == (wrong["fate"], wrong["note"])
    assert 404 == (await operator.post("/api/channels/nobody/test")).status_code


async def test_deliveries_are_listed_page_by_page(
    client: Client, receiver: Receiver, console: Console, redis: Redis
) -> None:
    """Newest first, of one channel or of all; what cannot be asked for is refused."""
    viewer = client(Role.VIEWER)
    await fired(receiver)
    line = store_of(console.settings.rooms[0], redis)
    for rate in ("10", "20", "30"):
        await line.configure({"rate": rate}, source="live", who="ada", why="=cmd()")
    async with asyncio.timeout(60):
        while sum(b"rate_changed" in got.body for got in receiver.got) < 3:
            await receiver.count(len(receiver.got) + 1)
    newest = await told(viewer, "/api/deliveries?most=2&channel=ops")
    assert ["org.waitroom.room.rate_changed"] * 2 == [each["type"] for each in newest]
    assert {"before": "20", "after": "30"} == newest[0]["data"]["changes"]["rate"]  # type: ignore[index]
    older = await told(viewer, f"/api/deliveries?before={newest[-1]['seq']}")
    assert "org.waitroom.room.rate_changed" == older[0]["type"]
    assert [] == await told(viewer, "/api/deliveries?channel=nobody")
    for query in ("most=0", "most=1000", "before=x", "before=99999999999999999999", f"channel={'x' * 99}"):
        assert 422 == (await viewer.get(f"/api/deliveries?{query}")).status_code, query


async def test_the_page_shows_it_without_a_script(
    browser: Browser, receiver: Receiver, console: Console, redis: Redis
) -> None:
    """What is wrong, who is told, what was sent; what somebody wrote is text, and no markup."""
    await make_user(console, "ada", Role.VIEWER)
    ada = await signed_in(browser(), "ada")
    await fired(receiver)
    await store_of(console.settings.rooms[0], redis).reset(who="<b>ada</b>", why="<script>")
    async with asyncio.timeout(60):
        while not any(b"room.reset" in got.body for got in receiver.got):
            await receiver.count(len(receiver.got) + 1)
    page = (await ada.get("/alerts")).text
    text = html.unescape(re.sub(r"<[^>]+>", " ", page))
    for words in (
        "0 workers of the gateway are alive",
        "Cannot work",
        "Works",
        "Delivered",
        "drop: reset",
        "Told again",
    ):
        assert words in text, words
    assert "<b>ada" not in page
    assert "<script>" not in page
    assert "data-test" not in page  # a viewer sends none
    assert 'aria-current="page"' in page


async def test_it_is_pushed(served: Served, receiver: Receiver) -> None:
    """Of each part only what is another, so a page that stands still costs next to nothing."""
    headers = served.headers(Role.OPERATOR)
    async with (
        httpx.AsyncClient(base_url=served.url, headers=headers, timeout=60) as client,
        client.stream("GET", "/alerts/live") as answer,
    ):
        told = [json.loads(line[6:]) async for line in _first(answer, 2)]
        assert {"now", "lately", "channels", "deliveries"} == set(told[0]["parts"])
        assert told[0]["at"] < told[1]["at"]
    await fired(receiver)
    async with (
        httpx.AsyncClient(base_url=served.url, headers=headers, timeout=60) as client,
        client.stream("GET", "/alerts/live") as answer,
    ):
        (first,) = [json.loads(line[6:]) async for line in _first(answer, 1)]
        assert "0 workers of the gateway are alive" in first["parts"]["now"]
        assert 'data-test="ops"' in first["parts"]["channels"]


async def _first(answer: httpx.Response, count: int) -> AsyncIterator[str]:
    """The first events of a stream."""
    async for line in answer.aiter_lines():
        if line.startswith("data: "):
            yield line
            count -= 1
        if not count:
            return
