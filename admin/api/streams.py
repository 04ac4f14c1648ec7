"""Server-sent events (WHATWG HTML, section 9.2): what happens in the console, pushed to those who look."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator

from fastapi import Request
from fastapi.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

from admin.auth.access import actor_of
from admin.auth.actor import Actor
from admin.auth.roles import Role
from admin.console import console_of
from admin.open_streams import OpenStreams, TooManyStreamsError
from admin.problems import Problem
from admin.store import StoreError

MEDIA_TYPE = "text/event-stream"
KEEP_ALIVE_SECONDS = 15.0
"""A stream is never silent for longer, so that a dead connection is found out."""
LOOK_SECONDS = 5.0
"""Between two looks at whether the one who listens still may."""
ALIVE = b": alive\n\n"
RETRY_AFTER_SECONDS = "5"
RETRY = b"retry: 2000\n\n"


def wants_stream(request: Request) -> bool:
    """Whether the client asks for a stream rather than a document."""
    return MEDIA_TYPE in request.headers.get("accept", "").lower()


def event(data: bytes, event_id: str = "") -> bytes:
    """One event; ``data`` is a text without line ends."""
    head = f"id: {event_id}\n".encode() if event_id else b""
    return b"%bdata: %b\n\n" % (head, data)


class EventStream(StreamingResponse):
    """The answer that goes on for as long as there are events; a problem with status 503 where too many are open."""

    def __init__(self, streams: OpenStreams, whose: str, events: AsyncIterator[bytes]) -> None:
        headers = {"cache-control": "no-store", "x-accel-buffering": "no"}
        super().__init__(events, media_type=MEDIA_TYPE, headers=headers)
        self._streams = streams
        self._whose = whose

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers, and counts as open until the answer ends, however that comes about."""
        try:
            with self._streams.one(self._whose):
                await super().__call__(scope, receive, send)
        except TooManyStreamsError as error:
            problem = Problem(503, "too-many-streams", str(error), {"retry-after": RETRY_AFTER_SECONDS})
            await problem.response()(scope, receive, send)


def stream(request: Request, actor: Actor, events: AsyncIterator[bytes]) -> EventStream:
    """The answer to somebody who listens."""
    whose = actor.session or actor.token_id or actor.name
    return EventStream(console_of(request).streams, whose, events)


class Listener:
    """Whoever listens to a stream: for as long as they may, and the console runs."""

    def __init__(self, request: Request, needed: Role = Role.VIEWER) -> None:
        self._request = request
        self._needed = needed
        self._looked = self._told = time.monotonic()

    @property
    def is_due(self) -> bool:
        """Whether the stream was silent for long enough that it should say that it is alive."""
        return time.monotonic() - self._told >= KEEP_ALIVE_SECONDS

    def told(self) -> None:
        """Something was sent."""
        self._told = time.monotonic()

    async def may_listen(self) -> bool:
        """False once a token or session has ended, or the console stops."""
        if console_of(self._request).over.is_set():
            return False
        now = time.monotonic()
        if now - self._looked < LOOK_SECONDS:
            return True
        self._looked = now
        try:
            actor = await actor_of(self._request)
        except (Problem, StoreError):
            return False
        return actor.role.allows(self._needed)
