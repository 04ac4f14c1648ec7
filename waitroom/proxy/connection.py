"""One connection to the origin."""

from __future__ import annotations

import asyncio
import select
from collections.abc import Callable
from typing import cast

from waitroom.proxy.answer import Answer
from waitroom.proxy.request import Request


class Connection(asyncio.Protocol):
    """A socket that carries one request and its answer at a time.

    Args:
        on_lost: called once, when the origin or the network ended the connection while it was unused.
    """

    __slots__ = (
        "_answer",
        "_arrived",
        "_drained",
        "_on_lost",
        "_transport",
        "_writable",
        "answered",
        "closed",
        "idle_since",
        "requests",
    )

    def __init__(self, on_lost: Callable[[Connection], None]) -> None:
        self.closed = False
        """No request can be sent any more."""
        self.requests = 0
        """How many were sent."""
        self.answered = False
        """The origin has begun to answer the last of them."""
        self.idle_since = 0.0
        """When it was last given back, in the event loop's time."""
        self._arrived = select.poll()
        self._on_lost = on_lost
        self._answer: Answer | None = None
        self._transport: asyncio.Transport
        self._writable = True
        self._drained: asyncio.Future[None] | None = None

    def __repr__(self) -> str:
        state = "closed" if self.closed else "idle" if self._answer is None else "busy"
        return f"<Connection {state}, requests: {self.requests}>"

    def send(self, request: Request) -> Answer:
        """Write the head of a request, and return the answer that will come."""
        self.requests += 1
        self.answered = False
        answer = self._answer = Answer(self._transport, to_head=request.to_head)
        if self.closed:
            # it was lost on the way from the pool
            answer.ended(None)
        else:
            self._transport.write(request.head)
        return answer

    def write(self, data: bytes) -> None:
        """Write a piece of the request's body."""
        self._transport.write(data)

    async def drain(self) -> None:
        """Wait until the origin took most of what was written, or is gone."""
        if self._writable or self.closed:
            return
        self._drained = asyncio.get_running_loop().create_future()
        try:
            await self._drained
        finally:
            self._drained = None

    def finish(self) -> bool:
        """End an exchange whose request was sent whole; return whether the connection can carry another.

        It can when the answer was complete, nothing followed it, all that was written has left, and neither
        side wants to close.
        """
        answer = self._answer
        self._answer = None
        if answer is None:
            return False
        answer.dismiss()
        return (
            answer.complete
            and answer.keep_alive
            and not answer.stray
            and not answer.paused
            and answer.failure is None
            and not self.closed
            and self._transport.get_write_buffer_size() == 0
        )

    def hand_over(self, protocol: asyncio.Protocol) -> asyncio.Transport:
        """Let another protocol have the socket for good, for a request that it will send.

        :meth:`abort` and :meth:`cut` still end it. Where it is ``closed`` already, the protocol is told nothing.
        """
        self.requests += 1
        self.answered = False
        if not self.closed:
            self._transport.set_protocol(protocol)
        return self._transport

    def quiet(self) -> bool:
        """Whether nothing has arrived unasked that the event loop has not seen yet: bytes, or the end.

        Without this look, what a lying origin sent after its answer could become the answer to the next
        request, and a request that cannot be repeated could be lost on a connection that is already closed.
        """
        return not self.closed and not self._arrived.poll(0)

    def cut(self) -> None:
        """End the connection as if the origin had gone, so that who waits for its answer is told."""
        self._ended(ConnectionAbortedError())
        self._transport.abort()

    def abort(self) -> None:
        """Drop the connection at once, whatever is under way."""
        self.closed = True
        if self._answer is not None:
            self._answer.dismiss()
            self._answer = None
        self._transport.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Transport callback."""
        self._transport = cast("asyncio.Transport", transport)
        self._arrived.register(transport.get_extra_info("socket").fileno(), select.POLLIN)

    def data_received(self, data: bytes) -> None:
        """Transport callback."""
        if self._answer is not None:
            self.answered = True
            self._answer.feed(data)
        else:
            # Nobody asked: whatever this is, it must not become the answer to the next request.
            self.abort()
            self._on_lost(self)

    def eof_received(self) -> None:
        """Transport callback; the transport then closes itself."""
        self._ended(None)

    def connection_lost(self, exc: Exception | None) -> None:
        """Transport callback."""
        self._ended(exc)

    def pause_writing(self) -> None:
        """Transport callback."""
        self._writable = False

    def resume_writing(self) -> None:
        """Transport callback."""
        self._writable = True
        self._release_writer()

    def _ended(self, exc: Exception | None) -> None:
        first = not self.closed
        self.closed = True
        self._release_writer()
        if self._answer is not None:
            self._answer.ended(exc)
        elif first:
            self._on_lost(self)

    def _release_writer(self) -> None:
        if self._drained is not None and not self._drained.done():
            self._drained.set_result(None)
