"""One connection of a visitor: an asyncio protocol."""

from __future__ import annotations

import asyncio
import socket
import struct
from contextlib import suppress
from http import HTTPStatus
from typing import TYPE_CHECKING, Final, cast

from waitroom.gate.answers import NO_STORE, PROBLEM, problem
from waitroom.gate.sockets import is_handshake
from waitroom.serving.http1.answer import answer_head
from waitroom.serving.http1.cycle import Cycle
from waitroom.serving.http1.head import RefusedError, check_unfinished, parse_head
from waitroom.serving.http1.patience import Patience
from waitroom.serving.http1.scope import scope_of

if TYPE_CHECKING:
    from waitroom.serving.http1.server import HttpServer

LINGER_SECONDS: Final = 2.0
"""How long what a visitor still sends is read and dropped after the last answer: a reset would take the answer
away from under them (RFC 9112 section 9.6)."""
FIRST_SECONDS: Final = 1.0
"""How long a worker that is to stop waits for the first request of a connection."""
_MOST_HELD: Final = 65_536
"""Bytes of following requests that wait until the one before is answered. Whoever sends more is served that one
alone: to let them wait would be not to see when they leave."""
_MOST_EMPTY_LINES: Final = 4


class HttpConnection(asyncio.Protocol):
    """Reads one request after the other, and has each answered before it looks at the next."""

    __slots__ = (
        "_buffer",
        "_client",
        "_cycle",
        "_drain_waiters",
        "_is_fresh",
        "_lingers",
        "_local",
        "_patience",
        "_paused",
        "_scheme",
        "_server",
        "_transport",
        "is_closing",
        "loop",
        "place",
        "writable",
    )

    def __init__(self, server: HttpServer, loop: asyncio.AbstractEventLoop) -> None:
        self.loop = loop
        self.is_closing = False
        """No further request is taken."""
        self.writable = True
        """The visitor keeps up with what is written."""
        self.place: str | None = None
        """What it is counted under where connections are counted by address."""
        self._server = server
        self._transport: asyncio.Transport
        self._patience: Patience
        self._client: tuple[str, int] | None = None
        self._local: tuple[str, int] | None = None
        self._scheme = "http"
        self._buffer = b""
        self._cycle: Cycle | None = None
        self._is_fresh = True
        self._lingers = False
        self._paused = False
        self._drain_waiters: list[asyncio.Future[None]] = []

    def __repr__(self) -> str:
        state = (
            "lingering" if self._lingers else "busy" if self._cycle else "head" if self._buffer else "idle"
        )
        return f"<HttpConnection {state}, client: {self._client}>"

    # what the transport calls

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """A visitor connected."""
        self._transport = cast("asyncio.Transport", transport)
        peer, local = transport.get_extra_info("peername"), transport.get_extra_info("sockname")
        self._client = (peer[0], peer[1]) if isinstance(peer, tuple) else None
        self._local = (local[0], local[1]) if isinstance(local, tuple) else None
        self._scheme = "https" if transport.get_extra_info("sslcontext") else "http"
        self._patience = Patience(self._transport, self._server.limits, self.loop.time())
        if not self._server.opened(self, self._client):
            self.refuse(RefusedError(429, "There are too many connections from this address."))

    def data_received(self, data: bytes) -> None:
        """Bytes came."""
        cycle = self._cycle
        try:
            if cycle is None:
                if not self._lingers:
                    self._read_head(self._buffer + data if self._buffer else data)
            else:
                self._feed(cycle, data)
        except RefusedError as refusal:
            self.refuse(refusal)

    def eof_received(self) -> None:
        """The visitor sends no more. From here that looks as if they had left: what is under way for them ends, and
        the transport closes itself."""
        self.is_closing = self._lingers = True
        self._patience.since = self.loop.time()
        if self._cycle is not None:
            self._cycle.leave()
        self._release()

    def connection_lost(self, exc: Exception | None) -> None:
        """The visitor has gone."""
        self.is_closing = self._lingers = True
        self._server.closed(self)
        if self._cycle is not None:
            self._cycle.leave()
        self._release()

    def pause_writing(self) -> None:
        """The visitor does not keep up."""
        self.writable = False
        self._patience.fell_behind(self.loop.time())

    def resume_writing(self) -> None:
        """The visitor has caught up."""
        self._patience.caught_up(self.loop.time())
        self._release()

    # what its request calls

    def write(self, data: bytes) -> None:
        """Send bytes, as long as the connection is there."""
        if not self._transport.is_closing():
            self._patience.written += len(data)
            self._transport.write(data)

    async def drained(self) -> None:
        """Wait until the visitor has taken most of what was written, or has gone."""
        if self.writable:
            return
        waiter = self.loop.create_future()
        self._drain_waiters.append(waiter)
        await waiter

    def pause_reading(self) -> None:
        """Let the visitor wait."""
        if not self._paused and not self._transport.is_closing():
            self._paused = True
            self._transport.pause_reading()

    def resume_reading(self) -> None:
        """Read on."""
        if self._paused and not self._transport.is_closing():
            self._paused = False
            self._transport.resume_reading()

    def tunnelled(self, cycle: Cycle) -> None:
        """The protocol changes: what the visitor has sent meanwhile is of the new one."""
        data, self._buffer = self._buffer, b""
        self.resume_reading()
        if data:
            cycle.feed(data)

    def answered(self, cycle: Cycle, *, keep_alive: bool) -> None:
        """The answer was written whole."""
        if not keep_alive or self.is_closing:
            self._finish()
            return
        if self._paused:
            self.resume_reading()
        # a body that nobody wants any more is read to its end, if that comes soon
        self._patience.since = self.loop.time()
        if cycle.body_complete:
            self._next()

    def ended(self, cycle: Cycle) -> None:
        """The application is done with a request: what it left unfinished is cut off."""
        self._server.ended(cycle)
        if not cycle.answered and self._cycle is cycle:
            self._cycle = None
            if cycle.ends_with_connection:
                self._reset()
            else:
                self._close()

    def refuse(self, refusal: RefusedError) -> None:
        """Answer what is no proper request, and end the connection."""
        cycle = self._cycle
        if cycle is not None:
            self._cycle = None
            cycle.leave()
            if cycle.started:
                self._transport.abort()
                return
        status = refusal.status
        body = problem(status, "bad-request", refusal.detail)
        headers = [(b"content-type", PROBLEM), (b"content-length", b"%d" % len(body)), NO_STORE]
        if status is HTTPStatus.TOO_MANY_REQUESTS:
            headers.append((b"retry-after", b"1"))
        head = answer_head(status, headers, to_head=False, version="1.1", keep_alive=False)
        self.write(head.data + body)
        self._finish()

    # what the server calls

    def shutdown(self) -> None:
        """Take no further request, and end when the one under way is answered. The first of a connection that was made
        just now may be on its way: it is waited for, for a moment."""
        self.is_closing = True
        cycle = self._cycle
        if self._is_fresh:
            self._patience.since = self.loop.time()
        elif cycle is None or cycle.is_tunnel or self._server.never_ends(cycle.scope):
            self._close()

    def look(self, now: float) -> None:
        """See whether the visitor takes too long, at whatever it is."""
        limits, cycle, patience = self._server.limits, self._cycle, self._patience
        if self._is_behind():
            patience.fell_behind(now)
            if patience.is_at_an_end(now):
                self._transport.abort()
        elif self._lingers:
            if patience.has_lasted(now, LINGER_SECONDS):
                self._transport.abort()
        elif cycle is None:
            if self.is_closing and patience.has_lasted(now, FIRST_SECONDS):
                self._close()
            elif _has_begun(self._buffer) and patience.has_lasted(now, limits.head_seconds):
                self.refuse(RefusedError(408, "The request did not arrive in time."))
            elif patience.has_lasted(now, limits.keep_alive_seconds):
                self._close()
        elif cycle.answered:
            if patience.has_lasted(now, LINGER_SECONDS):
                self._finish()
        elif cycle.is_too_slow(now, limits):
            self.refuse(RefusedError(408, "The request's body did not arrive in time."))

    def _is_behind(self) -> bool:
        """Whether the connection waits for the visitor to take what was written."""
        if not self.writable:
            return True
        ends = self._lingers or self._transport.is_closing()
        return ends and self._transport.get_write_buffer_size() > 0

    def _release(self) -> None:
        self.writable = True
        for waiter in self._drain_waiters:
            if not waiter.done():
                waiter.set_result(None)
        self._drain_waiters.clear()

    def _read_head(self, data: bytes) -> None:
        if data[:1] == b"\r" and not (data := _without_empty_lines(data)):
            self._buffer = b""
            return
        limits = self._server.limits
        end = data.find(b"\r\n\r\n", 0, limits.head_bytes) + 4
        if end < 4:
            if _has_begun(data) and not _has_begun(self._buffer):
                self._patience.since = self.loop.time()
            self._buffer = data
            check_unfinished(data, limits)
            return
        self._buffer = b""
        self._is_fresh = False
        head = parse_head(data if end == len(data) else data[:end], limits)
        now = self.loop.time()
        self._patience.begin_answer()
        scope = scope_of(head, self._scheme, self._client, self._local)
        self._cycle = cycle = Cycle(self, head, scope, now=now, most_body_bytes=limits.body_bytes)
        if end < len(data):
            self._feed(cycle, data[end:])
        self._server.start(cycle, self.loop)

    def _feed(self, cycle: Cycle, data: bytes) -> None:
        rest = data if cycle.body_complete and not cycle.is_tunnel else cycle.feed(data)
        if cycle.answered and cycle.body_complete:
            self._buffer = rest
            self._next()
        elif rest:
            self._hold(cycle, rest)

    def _hold(self, cycle: Cycle, data: bytes) -> None:
        """Keep what follows a request until that is answered, if it is not too much. Raises :class:`RefusedError`."""
        changes_protocol = is_handshake(cycle.scope)
        if len(self._buffer) + len(data) > _MOST_HELD:
            if changes_protocol:
                raise RefusedError(400, "Too much came before the handshake was answered.")
            self.is_closing = True
        self._buffer = b"" if self.is_closing and not changes_protocol else self._buffer + data

    def _next(self) -> None:
        """Turn to the request that came meanwhile, if one did."""
        self._cycle = None
        if self._buffer:
            data, self._buffer = self._buffer, b""
            self.data_received(data)

    def _finish(self) -> None:
        """End the connection once everything written has left, and the visitor had time to read it."""
        self._cycle = None
        self.is_closing = True
        if self._transport.is_closing():
            return
        if not self._transport.can_write_eof():
            self._transport.close()
            return
        self._lingers = True
        self._patience.since = self.loop.time()
        self._buffer = b""
        self.resume_reading()
        self._transport.write_eof()

    def _reset(self) -> None:
        """End the connection so that it cannot be taken for the end of the answer."""
        wire = self._transport.get_extra_info("socket")
        with suppress(OSError):
            # to close with no time to linger is to reset
            wire.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self._transport.abort()

    def _close(self) -> None:
        self.is_closing = True
        self._transport.close()


def _without_empty_lines(data: bytes) -> bytes:
    """What follows the few empty lines that old clients send after a body (RFC 9112 section 2.2)."""
    for _ in range(_MOST_EMPTY_LINES):
        data = data.removeprefix(b"\r\n")
    return data


def _has_begun(data: bytes) -> bool:
    """Whether this is of a request: half an empty line is not yet."""
    return data not in (b"", b"\r")
