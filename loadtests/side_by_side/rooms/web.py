"""The little of a web framework that the plain rooms need."""

from __future__ import annotations

import asyncio
import json
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Mapping
from contextlib import suppress
from typing import NamedTuple
from urllib.parse import parse_qsl

from starlette.types import Receive, Scope, Send

TICK_SECONDS = 1.0


class Request(NamedTuple):
    """What was asked."""

    method: str
    path: str
    query: Mapping[str, str]
    cookie: str
    """The value of the one cookie that the room gives."""
    body: bytes


class Answer(NamedTuple):
    """A whole answer, or an event stream."""

    status: int
    members: Mapping[str, object]
    cookie: str = ""
    events: AsyncIterator[Mapping[str, object]] | None = None


class Room(ABC):
    """A plain room."""

    cookie_name = b"visitor="

    @abstractmethod
    async def answer(self, request: Request) -> Answer:
        """What a visitor gets."""

    @abstractmethod
    async def tick(self) -> None:
        """Once a second, in one process: admits."""

    async def serve(self) -> None:  # noqa: B027
        """What else goes on in each process until it is cancelled."""

    @abstractmethod
    async def close(self) -> None:
        """Lets go of Redis."""


class Application:
    """The ASGI application of a room; ``admits`` in the one process that ticks."""

    def __init__(self, room: Room, *, admits: bool) -> None:
        self._room = room
        self._admits = admits

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """A request, or the life of the process."""
        if scope["type"] == "lifespan":
            await self._live(receive, send)
            return
        cookie = b""
        for name, value in scope["headers"]:
            if name == b"cookie" and value.startswith(self._room.cookie_name):
                cookie = value[len(self._room.cookie_name) :]
        query = dict(parse_qsl(scope["query_string"].decode())) if scope["query_string"] else {}
        body = (await receive())["body"] if scope["method"] == "POST" else b""
        answer = await self._room.answer(
            Request(scope["method"], scope["path"], query, cookie.decode(), body)
        )
        await (_stream if answer.events else _whole)(self._room.cookie_name, answer, send)

    async def _live(self, receive: Receive, send: Send) -> None:
        await receive()
        tasks = [asyncio.create_task(self._room.serve())]
        if self._admits:
            tasks.append(asyncio.create_task(self._tick()))
        await send({"type": "lifespan.startup.complete"})
        await receive()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self._room.close()
        await send({"type": "lifespan.shutdown.complete"})

    async def _tick(self) -> None:
        due = asyncio.get_running_loop().time()
        while True:
            await self._room.tick()
            due += TICK_SECONDS
            await asyncio.sleep(max(0.0, due - asyncio.get_running_loop().time()))


async def _whole(cookie_name: bytes, answer: Answer, send: Send) -> None:
    body = json.dumps(answer.members).encode()
    headers = [
        (b"content-type", b"application/json"),
        (b"content-length", b"%d" % len(body)),
        (b"cache-control", b"no-store"),
    ]
    if answer.cookie:
        headers.append((b"set-cookie", cookie_name + answer.cookie.encode() + b"; Path=/; HttpOnly"))
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


async def _stream(_: bytes, answer: Answer, send: Send) -> None:
    assert answer.events is not None
    headers = [(b"content-type", b"text/event-stream"), (b"cache-control", b"no-store")]
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    with suppress(OSError):  # the visitor is gone
        async for members in answer.events:
            body = b"event: status\ndata: %s\n\n" % json.dumps(members).encode()
            await send({"type": "http.response.body", "body": body, "more_body": True})
        await send({"type": "http.response.body", "body": b""})
