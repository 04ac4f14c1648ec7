"""One request and its answer, as ASGI sees them."""

from __future__ import annotations

import asyncio
import logging
import re
from typing import TYPE_CHECKING, Final

from starlette.types import ASGIApp, Message, Scope

from waitroom.complaints import Complaints
from waitroom.serving.http1.answer import AnswerHead, Framing, answer_head
from waitroom.serving.http1.chunked import ChunkedDecoder
from waitroom.serving.http1.head import Head, RefusedError
from waitroom.serving.http1.limits import Limits

if TYPE_CHECKING:
    from waitroom.serving.http1.connection import HttpConnection

logger = logging.getLogger("waitroom.serving")
_complaints = Complaints(logger)

HIGH_WATER: Final = 65_536
"""Bytes of a request's body that wait for the application before the visitor is no longer read from."""
_DISCONNECT: Final[Message] = {"type": "http.disconnect"}
_BREAKS_OUT: Final = re.compile(rb"[\r\n\x00]")
"""What would end a field early."""
_NO_BODY: Final[Message] = {"type": "http.request", "body": b"", "more_body": False}


class Cycle:
    """Carries the body of one request to the application, and its answer to the connection."""

    task: asyncio.Task[None] | None = None
    started = False
    """Some of the answer was written."""
    answered = False
    """All of it was."""
    gone = False
    """The visitor has left, or is not listened to any more."""
    received = 0
    """Bytes of the body that have arrived."""
    _starved_since: float | None = None
    _starved_seconds = 0.0
    _decoder: ChunkedDecoder | None = None
    _buffered = 0
    _given = False
    _waiter: asyncio.Future[None] | None = None
    _head: AnswerHead | None = None
    _framing = Framing.NONE
    _written = 0
    _awaits_trailers = False

    def __init__(
        self, connection: HttpConnection, request: Head, scope: Scope, *, now: float, most_body_bytes: int
    ) -> None:
        length = request.block.length
        self.method = request.method
        self.version = request.version
        self.keep_alive = request.keep_alive
        self.scope = scope
        self.began = now
        """In the event loop's time."""
        self.body_complete = length == 0
        """All of the request has arrived."""
        self._connection = connection
        self._left = length
        self._most = most_body_bytes
        self._expects_continue = request.block.expects_continue and request.version == "1.1"
        self._pieces: list[bytes] = []
        if length < 0:
            self._decoder = ChunkedDecoder()

    @property
    def is_tunnel(self) -> bool:
        """The protocol has changed: bytes pass as they are."""
        return self._framing is Framing.TUNNEL

    @property
    def ends_with_connection(self) -> bool:
        """Nothing but the connection's end tells the visitor where the answer ends."""
        return self._framing is Framing.UNTIL_CLOSE

    def is_too_slow(self, now: float, limits: Limits) -> bool:
        """Whether the visitor takes too long to send the body. Only the time counts in which it is waited for."""
        if self.body_complete or self.is_tunnel or self._starved_since is None:
            return False
        pause = now - self._starved_since
        waited = self._starved_seconds + pause
        return (
            pause > limits.stall_seconds
            or now - self.began > limits.body_seconds
            or (waited - limits.rate_grace_seconds) * limits.body_rate > self.received
        )

    async def run(self, app: ASGIApp) -> None:
        """Let the application answer. An answer that it leaves unfinished is cut off visibly."""
        try:
            await app(self.scope, self.receive, self.send)
        except asyncio.CancelledError:
            self._connection.ended(self)
            raise
        except Exception as error:
            target = self.scope["waitroom.target"][:200].decode("latin-1")
            _complaints.exception(type(error).__name__, "%s %r failed", self.method, target)
            if not (self.answered or self.gone or self.started):
                self._connection.refuse(RefusedError(500, "The gateway failed on this request."))
        self._connection.ended(self)

    def feed(self, data: bytes) -> bytes:
        """Take bytes of the body; return what came after its end. Raises :class:`RefusedError`."""
        if self.is_tunnel:
            rest, pieces = b"", [data]
        elif self._decoder is not None:
            pieces = self._decoder.feed(data)
            rest, self.body_complete = self._decoder.rest, self._decoder.complete
        else:
            rest = data[self._left :]
            pieces = [data[: self._left] if rest else data]
            self._left -= len(pieces[0])
            self.body_complete = self._left == 0
        size = sum(map(len, pieces))
        self.received += size
        if 0 < self._most < self.received and not self.is_tunnel:
            raise RefusedError(413, f"The body is longer than {self._most} bytes.")
        if not self.answered:
            self._pieces += pieces
            self._buffered += size
            if self._buffered >= HIGH_WATER:
                self._connection.pause_reading()
        self._wake()
        return rest

    def leave(self) -> None:
        """The visitor has gone: the application is told, if it listens."""
        self.gone = True
        self._wake()

    async def receive(self) -> Message:
        """The application's ``receive``."""
        if self._expects_continue and not self._pieces and not self.started and not self.gone:
            self._expects_continue = False
            self._connection.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        while not self._pieces:
            if self.gone or self.answered:
                return _DISCONNECT
            if self.body_complete and not self._given and not self.is_tunnel:
                self._given = True
                return _NO_BODY
            await self._wait()
        body = self._pieces[0] if len(self._pieces) == 1 else b"".join(self._pieces)
        self._pieces = []
        self._buffered = 0
        self._connection.resume_reading()
        self._given = self.body_complete
        return {
            "type": "http.request",
            "body": body,
            "more_body": self.is_tunnel or not self.body_complete,
        }

    async def send(self, message: Message) -> None:
        """The application's ``send``. What comes after the visitor has left is dropped."""
        kind = message["type"]
        if kind == "http.response.body":
            body, more = message.get("body", b""), message.get("more_body", False)
            if self.gone or self.answered:
                return
            self._write(body, more=more)
            if not self._connection.writable:
                await self._connection.drained()
        elif kind == "http.response.start":
            self._start(message)
        elif kind == "http.response.early_hint":
            links = [link for link in message["links"] if not _BREAKS_OUT.search(link)]
            if links and not self.started and not self.gone and self.version == "1.1":
                fields = b"".join(b"link: %b\r\n" % link for link in links)
                self._connection.write(b"HTTP/1.1 103 Early Hints\r\n%b\r\n" % fields)
                await self._connection.drained()
        elif kind == "http.response.trailers":
            self._trailers(message["headers"])
            await self._connection.drained()

    def _start(self, message: Message) -> None:
        """Hold the head back until the first piece of the body, as ASGI has it: both leave in one packet."""
        if self._head is not None:
            raise RuntimeError("the answer has begun already")
        self._head = head = answer_head(
            message["status"],
            message["headers"],
            to_head=self.method == "HEAD",
            version=self.version,
            # who was not told to go on may send the body or not: what comes next would be anybody's guess
            keep_alive=self.keep_alive
            and not self._connection.is_closing
            and (self.body_complete or not self._expects_continue),
        )
        self._framing = head.framing
        if head.framing is Framing.TUNNEL:
            self._connection.tunnelled(self)
        if message.get("trailers") and head.framing is Framing.CHUNKED:
            self._awaits_trailers = True

    def _write(self, body: bytes, *, more: bool) -> None:
        head = self._head
        if head is None:
            raise RuntimeError("a body before its head")
        framing = self._framing
        if framing is Framing.LENGTH:
            self._written += len(body)
            if self._written > head.length:
                raise RuntimeError(f"the answer is longer than the {head.length} bytes that it announces")
        elif framing is Framing.CHUNKED:
            if body:
                body = b"%x\r\n%b\r\n" % (len(body), body)
            if not more and not self._awaits_trailers:
                body += b"0\r\n\r\n"
        elif framing is Framing.NONE:
            body = b""
        if not self.started:
            self.started = True
            body = head.data + body
        if body:
            self._connection.write(body)
        if not more and not self._awaits_trailers:
            complete = framing is not Framing.LENGTH or self._written == head.length
            self._finish(keep_alive=head.keep_alive and complete)

    def _trailers(self, headers: list[tuple[bytes, bytes]]) -> None:
        if self.gone or self.answered or not self._awaits_trailers or self._head is None:
            return
        fields = b"".join(b"%b: %b\r\n" % header for header in headers)
        if fields.count(b"\n") == fields.count(b"\r") == len(headers):
            self._connection.write(b"0\r\n%b\r\n" % fields)
        self._finish(keep_alive=self._head.keep_alive)

    def _finish(self, *, keep_alive: bool) -> None:
        self.answered = True
        self._pieces = []
        if self._waiter is not None:
            self._wake()
        self._connection.answered(self, keep_alive=keep_alive)

    async def _wait(self) -> None:
        loop = self._connection.loop
        if not self.body_complete:
            self._starved_since = loop.time()
        self._waiter = loop.create_future()
        try:
            await self._waiter
        finally:
            self._waiter = None
            if self._starved_since is not None:
                self._starved_seconds += loop.time() - self._starved_since
                self._starved_since = None

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)
