"""Nobody's address, browser, cookies, forms, queries or name is left anywhere in the clear."""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx
import pytest
from redis.asyncio import Redis

from tests.admin.people import PASSWORD
from tests.contract.harness import APP, PAGE, Gateway, eventually, start_gateway
from tests.privacy import marks
from waitroom.gate.logged import LoggedAddresses
from waitroom.invitations import mint
from waitroom.settings.privacy import LoggedAddress
from waitroom.shaping.challenge import Puzzle, solve

pytestmark = pytest.mark.anyio

PROXY = "127.0.0.2"
CALL = {**APP, "sec-fetch-mode": "cors", "sec-fetch-dest": "empty"}
FORM = {"sec-fetch-site": "same-origin"}
LOUD = (
    "import logging\nlogging.basicConfig(level=logging.DEBUG, format='%(levelname)s %(name)s: %(message)s')\n"
)
ROOMS: list[dict[str, object]] = [
    {
        "name": "held", "mode": "queue", "rate": 0, "hosts": ["held.example"],
        "forms": {"paths": ["/order"]},
        "lanes": {"members": {"weight": 1}}, "join_limit": {"per_address": 40, "per_network": 40, "window": "2h"},
    },
    {
        "name": "hard", "hosts": ["hard.example"], "mode": "queue", "rate": 0,
        "challenge": {"when": "always", "bits": 8}, "join_limit": {"per_address": 1},
    },
    {"name": "open", "mode": "pass", "hosts": ["open.example"], "sharing": {"networks": 9, "window": "10m"}},
    {"name": "invited", "hosts": ["invited.example"], "invite_only": True},
]  # fmt: skip


class Collector:
    """Takes the spans that an OpenTelemetry exporter sends."""

    def __init__(self) -> None:
        bodies = self.bodies = []  # type: list[bytes]

        class Taking(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                bodies.append(self.rfile.read(int(self.headers["content-length"])))
                self.send_response(200)
                self.send_header("content-length", "0")
                self.end_headers()

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Taking)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        """Where spans are sent."""
        return f"http://127.0.0.1:{self.server.server_port}/v1/traces"


@pytest.fixture(scope="module")
def collector() -> Iterator[Collector]:
    """A collector of spans."""
    made = Collector()
    yield made
    made.server.shutdown()
    made.server.server_close()


class Site:
    """A gateway with its console, all that it has said, and where it keeps what."""

    def __init__(self, gateway: Gateway) -> None:
        self.gateway = gateway
        self.said: list[str] = []
        self.cookies: set[str] = set()
        """The names of those that the gateway has set."""
        process = gateway.process
        assert process.stdout is not None and process.stderr is not None
        console = process.stdout.readline()
        self.console = console.split()[-1]
        self.first_link = process.stdout.readline().split()[-1]
        self._listeners = [
            threading.Thread(target=self.said.extend, args=(stream,), daemon=True)
            for stream in (process.stdout, process.stderr)
        ]
        for listener in self._listeners:
            listener.start()

    def client(self, room: str, address: str = marks.ADDRESS, **fields: str) -> httpx.AsyncClient:
        """This person's browser in a room."""
        headers = {**PAGE, **marks.fields(address), "host": f"{room}.example", **fields}
        client = self.gateway.client(headers, local_address=PROXY)
        client.event_hooks["response"].append(self._note_cookies)
        return client

    async def _note_cookies(self, answer: httpx.Response) -> None:
        names = {cookie.partition("=")[0] for cookie in answer.headers.get_list("set-cookie")}
        self.cookies |= {name for name in names if "waitroom" in name}

    def stop(self) -> None:
        """Ends it, and hears all that it has to say."""
        self.gateway.process.terminate()
        for listener in self._listeners:
            listener.join(timeout=20)
        self.gateway.process.wait(timeout=20)


@pytest.fixture(scope="module")
def site(
    shop: str, scratch_url: str, collector: Collector, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Site]:
    """A site that logs all that there is to log, and traces each request."""
    folder = tmp_path_factory.mktemp("site")
    loud = tmp_path_factory.mktemp("loud")
    (loud / "sitecustomize.py").write_text(LOUD)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", str(loud))
        gateway = start_gateway(
            folder,
            scratch_url,
            shop,
            ROOMS,
            console=True,
            origin_response_timeout="1s",
            webhooks=[
                {"name": "pay", "paths": ["/hooks/*"], "style": "shopify", "secret": "a secret of a provider"}
            ],
            bypass=[{"name": "office", "networks": ["192.0.2.0/24"]}],
            tracing={"endpoint": collector.url, "sample": 1.0},
        )
    try:
        yield Site(gateway)
    finally:
        gateway.kill()


async def test_nothing_of_a_person_is_left_in_the_clear(
    redis: Redis, site: Site, collector: Collector
) -> None:
    """After a whole journey by everything that a visitor can do, and with a console that looks on: neither in Redis,
    nor in the logs at any level, metrics and traces, nor in any file."""
    await wait_and_leave(site)
    await be_challenged(site)
    await go_in(site, redis)
    await be_invited(site)
    metrics = await look_on(site)
    tickets = {
        "waitroom_ticket_held",
        "waitroom_ticket_hard",
        "waitroom_ticket_open",
        "waitroom_ticket_invited",
    }
    passes = {name.replace("ticket", "pass") for name in tickets}
    assert tickets <= site.cookies <= tickets | passes

    async def traced() -> bool:
        return b"url.path" in b"".join(collector.bodies)

    await eventually(traced)
    left = await marks.everything_in(redis)
    site.stop()
    left |= marks.files_in([site.gateway.config.parent])
    left |= {
        "the logs": "".join(site.said).encode(),
        "the metrics": metrics,
        "the spans": b"".join(collector.bodies),
    }
    kept = sqlite3.connect(site.gateway.config.parent / "data" / "console.db")
    left["console.db"] = "\n".join(kept.iterdump()).encode()
    kept.close()
    # all of it is there to be looked through
    assert any(":joins:address:" in place for place in left)
    assert any(":networks:" in place for place in left)
    assert any(":forms:" in place for place in left)
    assert b"DEBUG" in left["the logs"] and b"/lab/slow" in left["the logs"]
    assert b"url.path" in left["the spans"] and b"waitroom_requests_total" in left["the metrics"]
    assert 'INSERT INTO "audit"' in left["console.db"].decode()
    assert [] == marks.found_in(left)


async def wait_and_leave(site: Site) -> None:
    """Wait, ask, take along with a wrong code, leave, undo, let pass, tell the language, get a receipt."""
    own = "/__waitroom/held"
    async with site.client("held") as visitor:
        held = await visitor.get(f"/checkout?mail={marks.MAIL}")
        assert 503 == held.status_code
        ticket = held.headers["set-cookie"].partition(";")[0]
        jar = {"cookie": f"{ticket}; shop_session={marks.COOKIE}", **FORM}
        for address in ("status", "receipt", "draw", "line", "language", "privacy"):
            await visitor.get(f"{own}/{address}?mail={marks.MAIL}", headers=jar)
        await visitor.post("/order", data={"name": marks.FORM, "mail": marks.MAIL}, headers=jar)
        await visitor.post(f"{own}/move", data={"code": f"0008-{marks.FORM}", "to": "/"}, headers=FORM)
        await visitor.post(f"{own}/code", data={"code": "QXVN-7K2Q-9MXA", "to": "/"}, headers=FORM)
        for action in ("rest", "ready", "offer"):
            await visitor.post(f"{own}/{action}", data={"target": f"/?mail={marks.MAIL}"}, headers=jar)
        await visitor.post(f"{own}/leave", data={"target": f"/?mail={marks.MAIL}"}, headers=jar)
        await visitor.post("/hooks/pay?mail=" + marks.MAIL, content=marks.FORM.encode(), headers=CALL)
    # somebody who says for whom they come, and is not believed
    async with site.gateway.client({**PAGE, **marks.fields(), "host": "held.example"}) as other:
        await other.get("/")
    async with site.client("held", marks.ADDRESS_6) as other:
        await other.get(f"/?mail={marks.MAIL}")
        kept = await other.post("/order", data={"name": marks.FORM, "mail": marks.MAIL}, headers=FORM)
        assert "Your form is kept" in kept.text


async def be_challenged(site: Site) -> None:
    """Be asked to solve something, forge an answer, wait instead, and come too often."""
    async with site.client("hard", **CALL) as app:
        asked = (await app.get("/")).json()
        puzzle = Puzzle(asked["bits"], asked["salt"], asked["target"])
        answer = f"{asked['challenge']}~{solve(puzzle)}"
        for each in (f"{asked['challenge']}~1", marks.FORM, answer, answer):
            await app.get("/", headers={"waitroom-challenge": each})
        await app.get("/", headers={"waitroom-ticket": f"hard:{marks.FORM}"})


async def go_in(site: Site, redis: Redis) -> None:
    """Use one pass from several networks, have the shop fail and hang up, end the visit."""
    async with site.client("open", **CALL) as app:
        held: dict[str, str] = {}

        async def entered() -> bool:
            # a Redis that is slow to answer lets somebody through without a pass in this mode
            answer = await app.get(f"/lab/echo?mail={marks.MAIL}")
            held.update({name: text for name, text in answer.headers.items() if name == "waitroom-pass"})
            return bool(held)

        await eventually(entered)
        for network in (marks.ADDRESS, "198.51.101.1", "198.51.102.1", marks.ADDRESS_6):
            await app.get("/lab/echo", headers={**held, "x-forwarded-for": network})
        await app.get("/lab/status/500?mail=" + marks.MAIL, headers=held)
        late = await app.get("/lab/slow?seconds=3&mail=" + marks.MAIL, headers=held)
        assert 504 == late.status_code
        with suppress(httpx.RemoteProtocolError):
            await app.get("/lab/cut?mail=" + marks.MAIL, headers=held)
        await app.post("/cart", data={"note": marks.FORM}, headers=held)

        async def told() -> bool:
            # networks are told of now and again, where a visit has moved
            await app.get("/lab/echo", headers={**held, "x-forwarded-for": "198.51.101.2"})
            await app.get("/lab/echo", headers=held)
            return bool(await redis.keys("waitroom:1:{open}:networks:*"))

        await eventually(told)
        await app.get("/lab/set-headers?waitroom-command=done", headers=held)


async def be_invited(site: Site) -> None:
    """Come by an invitation of a member, and with one that is none."""
    (invited,) = mint(
        site.gateway.config,
        room="invited",
        lane="general",
        members=[marks.MEMBER],
        base="https://shop.example",
    )
    token = httpx.URL(invited.link).params["i"]
    async with site.client("invited", **CALL) as app:
        await app.get(f"/lab/echo?mail={marks.MAIL}", headers={"waitroom-invitation": token})
        await app.get(f"/__waitroom/invited/enter?i={marks.FORM}")
    async with site.client("invited") as browser:
        await browser.post("/__waitroom/invited/enter", data={"i": token, "to": "/"}, headers=FORM)


async def look_on(site: Site) -> bytes:
    """Somebody of the staff signs in with this browser, after a wrong password; and looks at the metrics."""
    headers = {**marks.fields(), "accept": "text/html", **FORM}
    del headers["authorization"], headers["cookie"]
    async with httpx.AsyncClient(base_url=site.console, headers=headers, trust_env=False) as staff:
        await staff.post("/sign-in", data={"name": "nobody", "password": marks.FORM})
        link = site.first_link.partition("=")[2]
        welcome = await staff.post("/welcome", data={"link": link, "name": "staff", "password": PASSWORD})
        assert 303 == welcome.status_code, welcome.text
        assert 200 == (await staff.get("/account")).status_code
        metrics = await staff.get("/metrics")
        assert 200 == metrics.status_code
        return metrics.content


def test_an_address_is_logged_only_as_it_is_set() -> None:
    """Not at all; as its network; as a keyed hash that tomorrow is another one."""
    day = 86_400.0
    assert "" == LoggedAddresses().of(marks.ADDRESS)
    assert " from 198.51.100.0/24" == LoggedAddresses(LoggedAddress.NETWORK).of(marks.ADDRESS)
    assert " from 2001:db8:77::/48" == LoggedAddresses(LoggedAddress.NETWORK).of(marks.ADDRESS_6)
    now = [time.time() // day * day]
    hashed = LoggedAddresses(LoggedAddress.HASH, "a secret", lambda: now[0])
    first = hashed.of(marks.ADDRESS)
    assert first.startswith(" from #") and first == hashed.of(marks.ADDRESS) != hashed.of("198.51.100.78")
    assert first != LoggedAddresses(LoggedAddress.HASH, "another one", lambda: now[0]).of(marks.ADDRESS)
    now[0] += day
    assert first != hashed.of(marks.ADDRESS)
    assert "" == hashed.of("unix:")
