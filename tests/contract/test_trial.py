"""What the tester says of a request is what the gateway does with it: each is asked, in every mode."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator

import httpx
import pytest
from redis.asyncio import Redis

from tests.contract.harness import APP, PAGE, SECRET, Gateway, eventually, start_gateway
from waitroom.assembly.line import room_of
from waitroom.line.room import Room
from waitroom.line.seeds import Seeds
from waitroom.settings import BypassSettings, Settings, load
from waitroom.trial.court import Court
from waitroom.trial.imagined import Holds, Imagined
from waitroom.trial.verdict import Fate, Outcome

pytestmark = pytest.mark.anyio

RULES = [
    {"name": "static", "paths": ["/tried/static/*"], "methods": ["GET", "HEAD"]},
    {"name": "office", "networks": ["127.0.0.3", "192.0.2.0/24"]},
]
HOOKS = [{"name": "pay", "paths": ["/tried/paid"], "style": "stripe", "secret": "whsec_a secret of a test"}]
ROOMS = [
    {"name": "tried", "hosts": ["tried.example"], "paths": ["/tried/*"], "rate": 60_000},
    {"name": "invited", "hosts": ["invited.example"], "invite_only": True, "mode": "queue", "rate": 0},
]
FOREIGN = {**PAGE, "sec-fetch-site": "cross-site", "content-type": "application/x-www-form-urlencoded"}
IMAGE = {"accept": "image/*", "sec-fetch-dest": "image", "sec-fetch-mode": "no-cors"}
PREFETCH = {**PAGE, "sec-purpose": "prefetch"}
PREFLIGHT = {"origin": "https://a.example", "access-control-request-method": "POST"}

CASES: list[tuple[str, str, dict[str, str], str]] = [
    ("GET", "/tried/shoes", PAGE, "127.0.0.1"),
    ("GET", "/tried/shoes", APP, "127.0.0.1"),
    ("GET", "/tried/shoes", {}, "127.0.0.1"),
    ("GET", "/tried/logo.png", IMAGE, "127.0.0.1"),
    ("GET", "/tried/shoes", PREFETCH, "127.0.0.1"),
    ("OPTIONS", "/tried/api", PREFLIGHT, "127.0.0.1"),
    ("OPTIONS", "/tried/api", {**PREFLIGHT, "x-http-method-override": "POST"}, "127.0.0.1"),
    ("POST", "/tried/back", FOREIGN, "127.0.0.1"),
    ("GET", "/tried/static/app.css", PAGE, "127.0.0.1"),
    ("POST", "/tried/static/app.css", APP, "127.0.0.1"),
    ("GET", "/tried/static/..%2fx", APP, "127.0.0.1"),
    ("GET", "/tried/static/app.css", {**APP, "x-original-url": "/x"}, "127.0.0.1"),
    ("GET", "/tried/shoes", APP, "127.0.0.3"),
    ("GET", "/tried/shoes", {**APP, "x-forwarded-for": "192.0.2.7"}, "127.0.0.2"),
    ("GET", "/tried/shoes", {**APP, "x-forwarded-for": "198.51.100.7"}, "127.0.0.2"),
    ("GET", "/tried/shoes", {**APP, "x-forwarded-for": "192.0.2.7"}, "127.0.0.1"),
    ("POST", "/tried/paid", APP, "127.0.0.1"),
    ("GET", "/TRIED/shoes", APP, "127.0.0.1"),
    ("GET", "/elsewhere", APP, "127.0.0.1"),
    ("GET", "/x/..%2ftried/shoes", APP, "127.0.0.1"),
    ("GET", "/__waitroom/tried/line", APP, "127.0.0.1"),
]


@pytest.fixture(scope="module")
def site(shop: str, redis_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    """A gateway with rules, a webhook and a room by invitation only."""
    folder = tmp_path_factory.mktemp("trial")
    running = start_gateway(folder, redis_url, shop, ROOMS, bypass=RULES, webhooks=HOOKS)
    try:
        yield running
        running.stop()
    finally:
        running.kill()


@pytest.fixture
def settings(site: Gateway) -> Settings:
    """Those of the gateway."""
    return load(site.config, environ={})


@pytest.fixture
async def rooms(settings: Settings, redis: Redis) -> AsyncIterator[dict[str, Room]]:
    """The rooms as somebody sees them who looks all the time."""
    made = {each.name: room_of(each, redis, Seeds((SECRET,))) for each in settings.rooms}
    tasks = []
    for room in made.values():
        await room.start()
        tasks.append(asyncio.create_task(room.run()))
    yield made
    for room, task in zip(made.values(), tasks, strict=True):
        room.stop()
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


@pytest.fixture
def court(settings: Settings, rooms: dict[str, Room]) -> Court:
    """The tester."""
    return Court(settings, rooms, (SECRET,))


def fate_of(answer: httpx.Response) -> Fate:
    """What the gateway did with a request."""
    problem = answer.json() if "problem" in answer.headers.get("content-type", "") else {}
    kind = problem.get("type", "").rpartition(":")[2]
    if "/__waitroom/" in str(answer.request.url):
        return Fate.OWN
    if answer.status_code == 403 or kind.startswith("invitation"):
        return Fate.UNINVITED
    if answer.status_code == 400:
        return Fate.REFUSED
    if answer.status_code == 303 or 'id="return"' in answer.text:
        return Fate.HANDED_BACK
    if "waitroom-room" not in answer.headers or (
        "waitroom-ticket" in answer.headers and answer.status_code < 500
    ):
        entered = "set-cookie" in answer.headers or "waitroom-pass" in answer.headers
        return Fate.ENTERS if entered else Fate.SHOP
    if answer.headers["content-type"].startswith("text/plain"):
        return Fate.HELD
    is_closed = kind == "closed" or 'data-state="closed"' in answer.text
    return Fate.CLOSED if is_closed else Fate.WAITS


async def asked(
    site: Gateway, method: str, path: str, headers: dict[str, str], address: str, host: str
) -> Fate:
    """What the gateway does with it."""
    async with site.client({"host": host}, local_address=address) as client:
        client.headers = httpx.Headers({"host": host, **headers})
        return fate_of(await client.request(method, path))


def tried(
    court: Court, method: str, path: str, headers: dict[str, str], address: str, host: str, **more: str
) -> Outcome:
    """What the tester says of it."""
    return court.try_(
        Imagined(
            path,
            method,
            host,
            tuple(headers.items()),
            address,
            holds=Holds(more.get("holds", "as-sent")),
            crawler=more.get("crawler", ""),
        )
    )


@pytest.mark.parametrize("mode", ["auto", "queue", "pass", "pause", "closed"])
async def test_it_says_what_the_gateway_does(
    site: Gateway, court: Court, rooms: dict[str, Room], redis: Redis, mode: str
) -> None:
    """For each kind of request, and with rules, webhooks, disguises and proxies."""
    room = rooms["tried"]
    await room.change({"mode": mode}, who="test")
    async with site.client(APP) as client:

        async def followed() -> bool:
            line = (await client.get("/__waitroom/tried/line")).json()
            return bool(line["mode"] == mode) and room.rules.mode == mode

        await eventually(followed)
    wrong = []
    for case in CASES:
        said, done = tried(court, *case, "tried.example"), await asked(site, *case, "tried.example")
        if said.fate is not done:
            wrong.append((case, said.fate, done))
    assert [] == wrong


async def test_it_tells_of_each_rule_why_it_does_not_count(court: Court) -> None:
    """And of the room, the kind and the address, as the gate knows them."""
    said = tried(court, "POST", "/tried/static/app.css", {"accept": "image/*"}, "127.0.0.1", "tried.example")
    assert [("static", "another method"), ("office", "another address")] == [
        (verdict.rule, verdict.miss) for verdict in said.verdicts
    ]
    assert ("tried", "127.0.0.1") == (said.room, said.address)
    proxied = tried(court, "GET", "/tried/a", {"x-forwarded-for": "127.0.0.2"}, "127.0.0.2", "tried.example")
    assert proxied.address is None
    passed = tried(court, "GET", "/tried/static/a", {}, "127.0.0.1", "tried.example")
    assert (Fate.SHOP, "static") == (passed.fate, passed.rule)


async def test_a_pass_and_tickets_can_be_imagined(court: Court, rooms: dict[str, Room]) -> None:
    """Or brought for real: those of the gateway are known."""
    await rooms["tried"].change({"mode": "queue"}, who="test")
    fates = [
        tried(court, "GET", "/tried/a", {}, "127.0.0.1", "tried.example", holds=holds).fate
        for holds in ("pass", "waiting", "called", "nothing")
    ]
    assert [Fate.SHOP, Fate.WAITS, Fate.ENTERS, Fate.WAITS] == fates


async def test_a_real_pass_is_known(site: Gateway, court: Court, rooms: dict[str, Room]) -> None:
    """That which a visitor was given; a forged one counts for nothing."""
    await rooms["tried"].change({"mode": "pass"}, who="test")
    async with site.client({**APP, "host": "tried.example"}) as client:

        async def inside() -> bool:
            return (await client.get("/tried/a")).status_code < 500 and bool(client.cookies)

        await eventually(inside)
        cookie = "; ".join(f"{name}={value}" for name, value in client.cookies.items())
    await rooms["tried"].change({"mode": "closed"}, who="test")
    said = tried(court, "GET", "/tried/a", {"cookie": cookie}, "127.0.0.1", "tried.example")
    assert (Fate.SHOP, "a pass") == (said.fate, said.by)
    forged = tried(court, "GET", "/tried/a", {"cookie": cookie + "x"}, "127.0.0.1", "tried.example")
    assert Fate.CLOSED is forged.fate


async def test_a_room_by_invitation_only_says_so(site: Gateway, court: Court) -> None:
    """To a page and to an app."""
    for headers in (PAGE, APP):
        case = ("GET", "/a", headers, "127.0.0.1")
        assert Fate.UNINVITED is await asked(site, *case, "invited.example")
        assert Fate.UNINVITED is tried(court, *case, "invited.example").fate


async def test_a_crawler_can_be_imagined(settings: Settings, rooms: dict[str, Room]) -> None:
    """Without a question to DNS."""
    rule = BypassSettings(name="search", crawlers=("google",))
    court = Court(settings.model_copy(update={"bypass": (rule,)}), rooms, (SECRET,))
    case: tuple[str, str, dict[str, str], str, str] = ("GET", "/tried/a", {}, "127.0.0.1", "tried.example")
    assert "search" == tried(court, *case, crawler="google").rule
    assert "" == tried(court, *case, crawler="bing").rule
