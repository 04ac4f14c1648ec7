"""The console's pages in a real Chromium, served by a real server."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Protocol

import pytest
import uvicorn
from fastapi import FastAPI
from playwright.async_api import Browser, BrowserContext, ConsoleMessage, Page, async_playwright, expect
from redis.asyncio import Redis

from admin.auth.roles import Role
from admin.console import Console
from tests.contract.harness import eventually
from tests.needs import CHROMIUM_FLAGS, program
from waitroom.line.store import LineStore

expect.set_options(timeout=20_000)
PHONE, DESK = (390, 844), (1440, 900)


@pytest.fixture(scope="session")
async def chromium() -> AsyncIterator[Browser]:
    """A Chromium, started once."""
    path = program("chromium")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=path, args=CHROMIUM_FLAGS)
        yield browser
        await browser.close()


@asynccontextmanager
async def serving(app: FastAPI, port: int = 0, *, certificate: Path | None = None) -> AsyncIterator[str]:
    """Serves a console that runs; the address. With a ``certificate`` (and its key) by HTTPS."""
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(("127.0.0.1", port))
        config = uvicorn.Config(
            app, lifespan="off", log_level="warning", access_log=False, ws="none", ssl_certfile=certificate
        )
        server = uvicorn.Server(config)
        task = asyncio.create_task(server.serve([listener]))

        async def started() -> bool:
            return server.started

        await eventually(started)
        yield f"{'https' if certificate else 'http'}://127.0.0.1:{listener.getsockname()[1]}"
        server.should_exit = server.force_exit = True
        await task
        for connection in list(server.server_state.connections):
            connection.transport.abort()  # streams that are under way


@pytest.fixture
async def address(app: FastAPI) -> AsyncIterator[str]:
    """The address of the running console."""
    async with serving(app) as url:
        yield url


class Open(Protocol):
    """Opens a page of the console in a browser of its own, by somebody with that role."""

    async def __call__(
        self,
        path: str,
        role: Role = Role.OPERATOR,
        *,
        who: str = "anna",
        size: tuple[int, int] = DESK,
        theme: str = "light",
        scripts: bool = True,
    ) -> Page: ...


@pytest.fixture
async def open_page(chromium: Browser, console: Console, address: str) -> AsyncIterator[Open]:
    """Opens pages. What their scripts complain of fails the test."""
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def heard(message: ConsoleMessage) -> None:
        # that a request was refused is what some tests are about
        if message.type == "error" and not message.text.startswith("Failed to load resource"):
            complaints.append(message.text)

    async def open_one(
        path: str,
        role: Role = Role.OPERATOR,
        *,
        who: str = "anna",
        size: tuple[int, int] = DESK,
        theme: str = "light",
        scripts: bool = True,
    ) -> Page:
        token = console.tokens.make(role, label=who, made_by=who)
        context = await chromium.new_context(
            base_url=address,
            viewport={"width": size[0], "height": size[1]},
            color_scheme="dark" if theme == "dark" else "light",
            reduced_motion="reduce",
            timezone_id="Europe/Riga",
            locale="en-GB",
            java_script_enabled=scripts,
            extra_http_headers={"authorization": f"Bearer {token}"},
        )
        context.set_default_timeout(20_000)
        contexts.append(context)
        page = await context.new_page()
        page.on("console", heard)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        await page.goto(path)
        return page

    yield open_one
    for context in contexts:
        with suppress(Exception):
            await context.close()
    assert [] == complaints


class Crowd(Protocol):
    """Puts visitors into a room's line, who are there."""

    async def __call__(self, count: int, room: str = "drop") -> Sequence[int]: ...


@pytest.fixture
async def crowd(redis: Redis) -> Crowd:
    """Puts visitors into a room's line."""

    async def join(count: int, room: str = "drop") -> Sequence[int]:
        line = LineStore(redis, room)
        joined = await line.join(count)
        numbers = range(joined.first, joined.first + count)
        for at in range(0, count, 100_000):
            await line.see(numbers[at : at + 100_000])
        return numbers

    return join
