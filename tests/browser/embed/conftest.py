"""A single-page shop on one host, its API behind the gateway on another, and a real Chromium between them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import pytest
from playwright.async_api import Browser, BrowserContext, ConsoleMessage, Page, async_playwright, expect
from starlette.types import Receive, Scope, Send

from tests.admin.pages.conftest import DESK
from tests.browser.embed.network import Network
from tests.contract.harness import Gateway, start_gateway
from tests.contract.recording_shop import RecordingShop, served
from tests.needs import CHROMIUM_FLAGS, program

_NAMES = "--host-resolver-rules=MAP *.shop.example 127.0.0.1, MAP *.elsewhere.example 127.0.0.1"
expect.set_options(timeout=20_000)

EXAMPLE = Path(__file__).parents[3] / "docs" / "examples" / "page.html"
DEFAULTS = {"mode": "pause", "presence": "60s", "keep": "10m"}
ROOMS: Mapping[str, Mapping[str, object]] = {
    "buy": {}, "plain": {}, "xhr": {}, "leave": {}, "hide": {}, "lost": {}, "live": {}, "closed": {"mode": "closed"},
    "look": {"mode": "queue", "rate": 1, "presence": "10m"},
    "work": {"mode": "queue", "challenge": {"when": "always", "bits": 8}},
    "ask": {"mode": "pause", "feedback": {"ask": "csat"}},
    "basket": {}, "soon": {"message": "New stock at noon", "cloudflare_json": True},
}  # fmt: skip
"""One for each test, by the first part of the path."""

PAGE = """<!doctype html><html lang=en><head><meta charset=utf-8>
<meta name=viewport content="width=device-width, initial-scale=1"><meta name=color-scheme content="light dark">
<title>A shop</title><link rel=stylesheet href=/shop.css>
<script src="{api}/__waitroom/embed.js" {attributes}></script>{more}<script src=/shop.js defer></script></head>
<body><main><h1>Shoes</h1><p>{products}</p><button id=buy>Buy</button><pre id=log></pre></main></body></html>"""
STYLE = "body{font:16px/1.5 system-ui;margin:2rem;max-width:40rem} div,p,dialog,button{letter-spacing:.02em}"
SCRIPT = """
const log = document.getElementById("log");
const say = (text) => (log.textContent += text + "\\n");
for (const name of ["admitted", "left"])
  addEventListener("waitroom:" + name, (event) => say(name + " " + event.detail.room));
const api = new URL(document.querySelector("script").src).origin;
const path = new URL(location).searchParams.get("call");
document.getElementById("buy").onclick = async () => {
  if (path.startsWith("/xhr")) {
    const request = new XMLHttpRequest();
    request.open("POST", api + path);
    request.withCredentials = true;
    request.onload = () => say("answer " + request.status);
    return request.send("one pair");
  }
  const headers = { "content-type": "application/json", accept: "application/json" };
  const request = new Request(api + path, { method: "POST", credentials: "include", body: '{"pairs":1}', headers });
  const answer = await fetch(request);
  say("answer " + answer.status);
};
"""


@dataclass
class Spa:
    """The pages of the shop: one page, with the policy of a careful shop."""

    url: str = ""
    api: str = ""
    attributes: str = "data-retry"
    more: str = ""
    """What else stands in the page's head."""

    @property
    def port(self) -> str:
        """Where it listens."""
        return self.url.rpartition(":")[2]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """The page, its script, its style."""
        bodies = {"/shop.js": (b"text/javascript", SCRIPT), "/shop.css": (b"text/css", STYLE)}
        more = self.more.format(api=self.api)
        page = PAGE.format(
            api=self.api, attributes=self.attributes, more=more, products="Leather, blue. " * 40
        )
        if scope["path"] == "/example.html":
            example = EXAMPLE.read_text().replace("https://api.shop.example", self.api)
            await _send(send, b"text/html; charset=utf-8", example, ())
            return
        kind, body = bodies.get(scope["path"], (b"text/html; charset=utf-8", page))
        policy = (
            f"default-src 'none'; script-src 'self' {self.api}; connect-src {self.api}; style-src 'self'; "
            "img-src 'self'; base-uri 'none'; require-trusted-types-for 'script'"
        )
        await _send(send, kind, body, [(b"content-security-policy", policy.encode())])


async def _send(send: Send, kind: bytes, body: str, headers: Sequence[tuple[bytes, bytes]]) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", kind), *headers]})
    await send({"type": "http.response.body", "body": body.encode()})


@pytest.fixture(scope="module")
def spa() -> Iterator[Spa]:
    """The single-page shop."""
    running = Spa()
    with served(running):
        yield running


@pytest.fixture(scope="module")
async def network() -> AsyncIterator[Network]:
    """What browsers reach the gateway by."""
    made = Network()
    await made.up()
    yield made
    await made.down()


@pytest.fixture(scope="module")
def api(
    network: Network, spa: Spa, redis_url: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Gateway]:
    """The gateway in front of the shop's API."""
    shop = RecordingShop()
    origin = f"http://www.shop.example:{spa.port}"
    shop.headers = [
        ("access-control-allow-origin", origin), ("access-control-allow-credentials", "true"),
        ("access-control-allow-headers", "content-type"),
    ]  # fmt: skip
    folder = tmp_path_factory.mktemp("embed")
    rooms = [
        {"name": name, "paths": [f"/{name}/*"], **DEFAULTS, **options} for name, options in ROOMS.items()
    ]
    with served(shop):
        started = start_gateway(folder, redis_url, shop.url, rooms, cors_origins=[origin])
        network.leads_to = started.port
        spa.api = f"http://api.shop.example:{network.port}"
        try:
            yield started
            started.stop()
        finally:
            started.kill()


@pytest.fixture(scope="module")
async def chromium() -> AsyncIterator[Browser]:
    """A Chromium that finds the hosts of the tests on this machine."""
    path = program("chromium")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=path, args=[*CHROMIUM_FLAGS, _NAMES])
        yield browser
        await browser.close()


class Open(Protocol):
    """Opens the shop's page, whose button calls this path of the API."""

    async def __call__(
        self,
        call: str,
        *,
        attributes: str = "data-retry",
        size: tuple[int, int] = DESK,
        theme: str = "light",
    ) -> Page: ...


@pytest.fixture
async def open_shop(chromium: Browser, spa: Spa, api: Gateway) -> AsyncIterator[Open]:
    """Opens pages. What the policy forbids, or a script stumbles over, fails the test."""
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def heard(message: ConsoleMessage) -> None:
        if message.type == "error" and not message.text.startswith("Failed to load resource"):
            complaints.append(message.text)

    async def open_one(
        call: str,
        *,
        attributes: str = "data-retry",
        size: tuple[int, int] = DESK,
        theme: str = "light",
    ) -> Page:
        spa.attributes = attributes
        context = await chromium.new_context(
            viewport={"width": size[0], "height": size[1]},
            color_scheme="dark" if theme == "dark" else "light",
            reduced_motion="reduce",
            timezone_id="Europe/Riga",
            locale="en-GB",
        )
        contexts.append(context)
        page = await context.new_page()
        page.on("console", heard)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        await page.goto(f"http://www.shop.example:{spa.port}/?call={call}")
        return page

    yield open_one
    for context in contexts:
        await context.close()
    assert [] == complaints
