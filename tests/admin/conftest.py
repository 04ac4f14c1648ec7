"""The console's own API, in this process, with a real Redis and a real file."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import httpx
import pytest
import uvicorn
from fastapi import FastAPI
from redis.asyncio import Redis

from admin.app import build_console
from admin.auth.roles import Role
from admin.console import Console
from tests.admin.people import BASE, Browser
from waitroom.assembly.redis import connect
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

[rooms.lanes.members]
weight = 3

[[rooms]]
name = "late-sale"
mode = "pause"
timezone = "Europe/Riga"

[rooms.lanes.members]
weight = 3
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


@dataclass(frozen=True, slots=True)
class Served:
    """A console that listens, in a thread of its own."""

    url: str
    console: Console

    def token(self, role: Role, made_by: str = "test") -> str:
        """A new token of that role."""
        return self.console.tokens.make(role, label=f"test {role}", made_by=made_by)

    def headers(self, role: Role, made_by: str = "test") -> dict[str, str]:
        """The header fields of whoever has that role."""
        return {"authorization": f"Bearer {self.token(role, made_by)}"}


@contextmanager
def serving(settings: Settings) -> Iterator[Served]:
    """A console that really listens: what streams, and what blocks, needs one."""
    app = build_console(settings, connect(settings.redis_url or ""), [SECRET])
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning", ws="none"))
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        thread = threading.Thread(target=server.run, args=([listener],))
        thread.start()
        try:
            for _ in range(600):
                if server.started or not thread.is_alive():
                    break
                time.sleep(0.05)
            assert server.started
            yield Served(f"http://127.0.0.1:{listener.getsockname()[1]}", app.state.console)
        finally:
            app.state.console.over.set()
            server.should_exit = True
            thread.join(20)


@pytest.fixture
def served(settings: Settings, redis: Redis) -> Iterator[Served]:
    """A console that really listens; its Redis was empty."""
    with serving(settings) as running:
        yield running
