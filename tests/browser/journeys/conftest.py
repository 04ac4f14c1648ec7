"""A shopper's browser before a real gateway: what a journey is made of."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Protocol

import pytest
from playwright.async_api import (
    Browser,
    BrowserContext,
    Page,
    Playwright,
    async_playwright,
    expect,
)
from redis.asyncio import Redis
from starlette.types import Receive, Scope, Send

from tests.contract.harness import Gateway, start_gateway
from tests.contract.recording_shop import served
from tests.needs import CHROMIUM_FLAGS, program
from waitroom.line.store import LineStore

expect.set_options(timeout=20_000)
PHONE, DESK = (390, 844), (1440, 900)
SHUT = {"mode": "queue", "rate": 0, "presence": "15s", "keep": "60s", "session": "60s", "burst": "1s"}
"""A room in which everybody waits until the test says otherwise. A page without a script asks every five seconds."""
ROOMS = 40
"""Rooms of the gateway that all tests share: each has one for itself."""


@dataclass
class Shop:
    """A shop whose every page has the same words, and what a test puts on it."""

    url: str = ""
    more: str = ""
    """HTML at the end of each page."""
    targets: list[str] = field(default_factory=list)
    """What was asked for."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serves one request."""
        self.targets.append(scope["path"])
        kind = [(b"content-type", b"text/html; charset=utf-8")]
        await send({"type": "http.response.start", "status": 200, "headers": kind})
        page = f"<!doctype html><title>Shop</title><h1 id=shop>The shop</h1>{self.more}"
        await send({"type": "http.response.body", "body": page.encode()})


@pytest.fixture(scope="session")
def shop() -> Iterator[Shop]:
    """The shop behind the gateways of these tests."""
    running = Shop()
    with served(running):
        yield running


@pytest.fixture(scope="session")
def gateway(shop: Shop, redis_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    """A gateway with a room for each test."""
    rooms = [{**SHUT, "name": f"j{each}", "paths": [f"/j{each}/*"]} for each in range(ROOMS)]
    started = start_gateway(tmp_path_factory.mktemp("journeys"), redis_url, shop.url, rooms)
    try:
        yield started
        started.stop()
    finally:
        started.kill()


class Room:
    """The room that a test has for itself."""

    def __init__(self, gateway: Gateway, name: str, redis: Redis, path: str) -> None:
        self.gateway = gateway
        self.name = name
        self.store = LineStore(redis, name)
        self.url = f"{gateway.url}{path}"

    def own(self, action: str) -> str:
        """An address of the room's own."""
        return f"{self.gateway.url}/__waitroom/{self.name}/{action}"

    async def configure(self, **changes: str) -> None:
        """Changes live settings."""
        await self.store.configure(changes, source="live", who="test")

    async def notices_absence_soon(self) -> None:
        """Whoever is away is noticed after some three seconds."""
        await self.configure(presence_ms="3000")

    async def let_in(self, rate: int = 6000) -> None:
        """From now on people are let in."""
        await self.configure(rate=str(rate))

    async def others(self, count: int) -> Sequence[int]:
        """So many more people join, and are there."""
        joined = await self.store.join(count)
        numbers = range(joined.first, joined.first + count)
        await self.store.see(numbers)
        return numbers

    async def has_called(self, number: int) -> bool:
        """Whether the line has come to this number."""
        return (await self.store.view(0)).head.called >= number

    async def issued(self) -> int:
        """How many places were given out."""
        return (await self.store.view(0)).head.issued


class Wire:
    """A network between a browser and a gateway, which can be cut: nothing gets through then."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._is_cut = False
        self._flows = asyncio.Event()
        self._flows.set()
        self._carrying: set[asyncio.Task[None]] = set()
        self.url = ""

    async def carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection of the browser's."""
        task = asyncio.current_task()
        assert task is not None
        self._carrying.add(task)
        ends = [writer]
        try:
            if not self._is_cut:
                from_gateway, to_gateway = await asyncio.open_connection("127.0.0.1", self._port)
                ends.append(to_gateway)
                both = {self._pump(reader, to_gateway), self._pump(from_gateway, writer)}
                await asyncio.gather(*both)
        except (OSError, asyncio.CancelledError):
            pass  # it is over, by whichever end
        finally:
            self._carrying.discard(task)
            for end in ends:
                end.transport.abort()

    def cut(self) -> None:
        """Cuts it."""
        self._is_cut = True
        for task in self._carrying:
            task.cancel()

    def mend(self) -> None:
        """From now on it carries again."""
        self._is_cut = False

    def stall(self) -> None:
        """Every connection stands, and nothing goes through it."""
        self._flows.clear()

    def flow(self) -> None:
        """It all goes through now."""
        self._flows.set()

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while piece := await reader.read(65536):
            await self._flows.wait()
            writer.write(piece)
        if writer.can_write_eof():
            writer.write_eof()

    async def ended(self) -> None:
        """Waits until no connection is left."""
        while self._carrying:  # noqa: ASYNC110 - tasks of a server
            await asyncio.sleep(0.01)


@pytest.fixture
async def wire(gateway: Gateway) -> AsyncIterator[Wire]:
    """A network to the shared gateway."""
    made = Wire(gateway.port)
    server = await asyncio.start_server(made.carry, "127.0.0.1", 0)
    made.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    yield made
    server.close()
    made.cut()
    await made.ended()
    await asyncio.sleep(0.05)  # aborted transports are closed in the next round of the loop


@pytest.fixture
async def redis(redis_url: str) -> AsyncIterator[Redis]:
    """A client of the Redis of the shared gateway."""
    client = Redis.from_url(redis_url)
    yield client
    await client.aclose()


@pytest.fixture(scope="session")
def numbers() -> Iterator[int]:
    """Hands out the rooms."""
    return iter(range(ROOMS))


@pytest.fixture
def room(gateway: Gateway, redis: Redis, numbers: Iterator[int]) -> Room:
    """A room of the test's own, in which nobody is let in yet."""
    each = next(numbers)
    return Room(gateway, f"j{each}", redis, f"/j{each}/shoes?size=42")


@pytest.fixture(scope="session")
async def playwright() -> AsyncIterator[Playwright]:
    """What drives the browsers."""
    async with async_playwright() as driver:
        yield driver


@pytest.fixture(scope="session")
def executable() -> str:
    """Where Chromium is."""
    return program("chromium")


@pytest.fixture(scope="session")
async def chromium(playwright: Playwright, executable: str) -> AsyncIterator[Browser]:
    """A Chromium, started once."""
    browser = await playwright.chromium.launch(executable_path=executable, args=CHROMIUM_FLAGS)
    yield browser
    await browser.close()


class Device(Protocol):
    """Opens a browser of its own: another cookie jar, another person's or another device."""

    async def __call__(
        self, *, scripts: bool = True, size: tuple[int, int] = PHONE, theme: str = "light"
    ) -> BrowserContext: ...


@pytest.fixture
async def device(chromium: Browser) -> AsyncIterator[Device]:
    """Opens browsers. An uncaught error of a script fails the test."""
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    async def opened(
        *, scripts: bool = True, size: tuple[int, int] = PHONE, theme: str = "light"
    ) -> BrowserContext:
        context = await chromium.new_context(
            viewport={"width": size[0], "height": size[1]},
            color_scheme="dark" if theme == "dark" else "light",
            java_script_enabled=scripts,
            reduced_motion="reduce",
            locale="en-GB",
            timezone_id="Europe/Riga",
        )
        context.set_default_timeout(20_000)
        context.on("weberror", lambda error: complaints.append(str(error.error)))
        contexts.append(context)
        return context

    yield opened
    for context in contexts:
        with suppress(Exception):
            await context.close()
    assert [] == complaints


async def place_of(page: Page) -> str:
    """The code of the place that a page shows."""
    await expect(page.locator("footer code")).to_be_visible()
    return str(await page.locator("footer code").inner_text())


async def waits(page: Page, url: str) -> str:
    """Goes there, finds the line, and returns the code of the place."""
    await page.goto(url)
    await expect(page.locator("#line")).to_be_visible()
    return await place_of(page)


async def is_inside(page: Page) -> None:
    """Waits until the page is the shop's."""
    await expect(page.locator("#shop")).to_be_visible()


def restarted(gateway: Gateway) -> Gateway:
    """The same gateway, started anew at the same address."""
    command = [sys.executable, "-m", "waitroom", "serve", "--config", str(gateway.config)]
    process = subprocess.Popen(
        [*command, "--port", str(gateway.port), "--workers", str(gateway.workers)],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    return Gateway(gateway.url, gateway.workers, gateway.config, gateway.redis_url, process)
