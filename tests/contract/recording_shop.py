"""A shop that writes down what reaches it, and answers as it is told."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Protocol

import uvicorn
from starlette.types import Receive, Scope, Send


@dataclass(frozen=True)
class Seen:
    """One request as the shop saw it."""

    method: str
    target: str
    headers: list[tuple[bytes, bytes]]
    body: bytes

    def all(self, name: str) -> list[str]:
        """The values of a field."""
        return [value.decode("latin-1") for known, value in self.headers if known == name.encode()]


class Site(Protocol):
    """An ASGI application that knows its address."""

    url: str

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None: ...


@dataclass
class RecordingShop:
    """Runs in a thread of its own; what a test sets counts from the next request on."""

    url: str = ""
    seen: list[Seen] = field(default_factory=list)
    answers: list[int] = field(default_factory=list)
    """The statuses of the next requests; then 200."""
    location: str = ""
    """Where it sends whoever posts something; empty: nowhere."""
    holding: bool = False
    """Whether requests wait for their answer."""
    answers_early: bool = False
    """Whether it answers before it has read a body."""
    headers: list[tuple[str, str]] = field(default_factory=list)
    """Further fields of its answers."""

    def begin_anew(self) -> None:
        """Forgets what was, and answers plainly."""
        self.seen.clear()
        self.answers.clear()
        self.headers = []
        self.location, self.holding, self.answers_early = "", False, False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serves one request."""
        body, more = b"", not self.answers_early
        while more:
            message = await receive()
            body += message.get("body", b"")
            more = message.get("more_body", False)
        target = scope["raw_path"].decode("latin-1")
        if scope["query_string"]:
            target += "?" + scope["query_string"].decode("latin-1")
        self.seen.append(Seen(scope["method"], target, list(scope["headers"]), body))
        while self.holding:  # noqa: ASYNC110 - told by another thread
            await asyncio.sleep(0.02)
        status = self.answers.pop(0) if self.answers else 200
        headers = [(b"content-type", b"text/html")]
        headers += [(name.encode(), value.encode()) for name, value in self.headers]
        if self.location and scope["method"] == "POST":
            status = 302
            headers.append((b"location", self.location.encode()))
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": b"<h1 id=shop>the shop</h1>"})


@contextmanager
def served(site: Site) -> Iterator[None]:
    """Serves it in a thread, on a free port of the loopback."""
    config = uvicorn.Config(site, port=0, lifespan="off", log_level="warning", timeout_graceful_shutdown=1)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        deadline = time.monotonic() + 20
        while not server.started:
            assert time.monotonic() < deadline
            time.sleep(0.01)
        site.url = f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
        yield
    finally:
        server.should_exit = True
        thread.join(20)
