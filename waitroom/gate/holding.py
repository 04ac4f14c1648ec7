"""For how long a request holds its slot: while the shop works on it, which ends before the visitor has the answer."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Sequence

from starlette.types import Message, Send

from waitroom.gate.answers import Header
from waitroom.shaping.flows import Phase, Slot
from waitroom.shaping.limiter import Limiter

STREAM_SECONDS = 10.0
"""An answer that is not whole so long after its head is a stream, whatever it calls itself."""
PATIENCE_SECONDS = 1.0
"""For so long in all is the visitor waited for, before it is for them that the answer takes its time."""


class Holding:
    """``send`` of a request that holds a slot, which it gives back as soon as the shop has done its work.

    That is when the gateway has all of the answer; or, where it comes in pieces, when it turns out to be an event
    stream or a WebSocket, to take longer than ``STREAM_SECONDS``, or to wait for a slow visitor.
    """

    _start: Message | None = None
    _timer: asyncio.TimerHandle | None = None
    _waited = 0.0

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
        begun = loop.time()
        patience = loop.call_later(PATIENCE_SECONDS - self._waited, self.give_back)
        try:
            await self._send(message)
        finally:
            patience.cancel()
            self._waited += loop.time() - begun


def _is_stream(start: Message) -> bool:
    headers: Sequence[Header] = start["headers"]
    return start["status"] == 101 or any(
        name == b"content-type" and value.lstrip()[:17].lower() == b"text/event-stream"
        for name, value in headers
    )
