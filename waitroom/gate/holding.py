"""For how long a request holds its slot: while the shop works on it, and not while the visitor is waited for."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Sequence
from typing import TypeVar

from starlette.types import Message, Receive, Send

from waitroom.gate.answers import Header
from waitroom.shaping.flows import Phase, Slot
from waitroom.shaping.limiter import Limiter

STREAM_SECONDS = 10.0
"""An answer that is not whole so long after its head is a stream, whatever it calls itself."""
PATIENCE_SECONDS = 1.0
"""For so long in all may the visitor be waited for: to send the body, and to read the answer."""


T = TypeVar("T")


class Holding:
    """``send`` and ``receive`` of a request that holds a slot, given back as soon as the shop has done its work.

    That is when the gateway has all of the answer; or, where it comes in pieces, when it turns out to be an event
    stream or a WebSocket, or to take longer than ``STREAM_SECONDS``. It is also given back when the shop has to wait
    for a visitor who is slow to send the body or to read the answer: the request goes on without.
    """

    _body: Receive | None = None

    _start: Message | None = None
    _timer: asyncio.TimerHandle | None = None
    _waited = 0.0
    _body_came = False

    def __init__(self, limiter: Limiter, slot: Slot, send: Send) -> None:
        self._limiter = limiter
        self._slot = slot
        self._send = send

    def send(self, message: Message) -> Awaitable[None]:
        """Sends a message of the answer to the visitor."""
        kind = message["type"]
        if kind == "http.response.start":
            self._start = message
        elif kind == "http.response.body" and self._slot.phase is Phase.HELD:
            if not message.get("more_body", False):
                self.give_back()
            else:
                return self._piece(message)
        return self._send(message)

    def body(self, receive: Receive) -> Receive:
        """A ``receive`` of the same that tells how long the visitor takes to send the body."""
        self._body = receive
        return self._receive

    def give_back(self) -> None:
        """The shop has done its work, or will do none."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        self._limiter.leave(self._slot)

    async def _piece(self, message: Message) -> None:
        loop = asyncio.get_running_loop()
        if self._timer is None:
            if self._start is not None and _is_stream(self._start):
                self.give_back()
                await self._send(message)
                return
            self._timer = loop.call_later(STREAM_SECONDS, self.give_back)
        await self._patiently(self._send(message))

    async def _receive(self) -> Message:
        receive, slot = self._body, self._slot
        assert receive is not None
        if self._body_came or slot.phase is not Phase.HELD:
            return await receive()
        message = await self._patiently(receive())
        # what comes behind the body is waited for in order to hear whether the visitor leaves
        self._body_came = not message.get("more_body", False)
        return message

    async def _patiently(self, visitor: Awaitable[T]) -> T:
        """Wait for the visitor, who may use up the patience there is."""
        loop = asyncio.get_running_loop()
        begun = loop.time()
        patience = loop.call_later(PATIENCE_SECONDS - self._waited, self.give_back)
        try:
            return await visitor
        finally:
            patience.cancel()
            self._waited += loop.time() - begun


def _is_stream(start: Message) -> bool:
    headers: Sequence[Header] = start["headers"]
    return start["status"] == 101 or any(
        name == b"content-type" and value.lstrip()[:17].lower() == b"text/event-stream"
        for name, value in headers
    )
