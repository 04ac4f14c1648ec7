"""The console's own API, in this process, with a real Redis and a real file."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Protocol

import httpx
import pytest
from fastapi import FastAPI
from redis.asyncio import Redis

from admin.app import build_console
from admin.auth.roles import Role
from admin.console import Console
from tests.admin.people import BASE, Browser
from waitroom.assembly.line import connect
from waitroom.settings import Settings, load

SECRET = "a secret for tests only"
CONFIG = """
secret = "{secret}"
redis_url = "{redis_url}"
data_dir = "{data_dir}"
origin = "http://127.0.0.1:9"

[[rooms]]
name = "drop"
hosts = ["drop.example"]
rate = 120

[[rooms]]
name = "late-sale"
mode = "pause"
"""


class Client(Protocol):
    """Makes clients: with a token of a role, or with none."""

    def __call__(self, role: Role | None = None) -> httpx.AsyncClient: ...


@pytest.fixture
def settings(tmp_path: Path, scratch_url: str) -> Settings:
    """A site with two rooms."""
    config = tmp_path / "waitroom.toml"
    config.write_text(CONFIG.format(secret=SECRET, redis_url=scratch_url, data_dir=tmp_path / "data"))
    return load(config, environ={})


@pytest.fixture
async def app(settings: Settings, redis: Redis) -> AsyncIterator[FastAPI]:
    """A running console; `redis` is another client of its Redis, which was empty."""
    made = build_console(settings, connect(settings.redis_url or ""), [SECRET])
    async with made.router.lifespan_context(made):
        yield made


@pytest.fixture
def console(app: FastAPI) -> Console:
    """What the routes of the running console share."""
    found: Console = app.state.console
    return found


@pytest.fixture
async def client(app: FastAPI, console: Console) -> AsyncIterator[Client]:
    """Makes clients: with a token of a role, or with none."""
    made: list[httpx.AsyncClient] = []

    def make(role: Role | None = None) -> httpx.AsyncClient:
        headers = {}
        if role is not None:
            token = console.tokens.make(role, label=f"test {role}", made_by="test")
            headers["authorization"] = f"Bearer {token}"
        transport = httpx.ASGITransport(app)
        made.append(httpx.AsyncClient(transport=transport, base_url="http://console.test", headers=headers))
        return made[-1]

    yield make
    for each in made:
        await each.aclose()


@pytest.fixture
async def browser(app: FastAPI) -> AsyncIterator[Browser]:
    """Makes browsers: they say that a request comes from the console's own pages, and keep cookies."""
    made: list[httpx.AsyncClient] = []

    def make(base_url: str = BASE, *, address: str = "192.0.2.7") -> httpx.AsyncClient:
        headers = {"accept": "text/html", "sec-fetch-site": "same-origin", "user-agent": "Mozilla/5.0 (test)"}
        transport = httpx.ASGITransport(app, client=(address, 50_000))
        made.append(httpx.AsyncClient(transport=transport, base_url=base_url, headers=headers))
        return made[-1]

    yield make
    for each in made:
        await each.aclose()
