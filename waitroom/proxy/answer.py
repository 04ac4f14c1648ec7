"""One answer of the origin while it is being read."""

from __future__ import annotations

import asyncio
from typing import Final

import httptools

from waitroom.errors import OriginError, OriginProtocolError
from waitroom.proxy.known import LONGEST_HEAD, KnownHead, KnownHeads

HIGH_WATER: Final = 65_536
"""Bytes of body that may wait for the visitor before the origin is no longer read from."""

MOST_SILENT_BYTES: Final = 65_536
"""Bytes that the origin may send without getting on with its answer: in an endless header, for one."""

_known: Final = KnownHeads()


class Answer:
    """The parser's callbacks for exactly one response, and what it has given so far.

    Every request has an answer and a parser of its own, so that nothing of one can be left over for the next.
    """

    status = 0
    started = False
    """The header is complete."""
    complete = False
    """So is the body."""
    keep_alive = False
    """The origin would take another request."""
    stray = False
    """The origin sent more than its answer."""
    untouched = True
    """Not one byte has arrived."""
    failure: OriginError | None = None
    hints: tuple[bytes, ...] = ()
    """Links of a 103 (RFC 8297) that nobody has taken yet."""
    waiter: asyncio.Future[None] | None = None
    """Set by who waits for progress."""
    paused = False
    buffered = 0
    chunked = False
    """The body comes in chunks."""
    _over = False
    _silent = 0
    _interim = False
    _tail = b""
    _parser: httptools.HttpResponseParser | None = None

    def __init__(self, transport: asyncio.Transport, *, to_head: bool) -> None:
        self.headers: list[tuple[bytes, bytes]] = []
        """With names in lower case, hop-by-hop fields among them."""
        self.trailers: list[tuple[bytes, bytes]] = []
        self._body: list[bytes] = []
        self._to_head = to_head
        self._transport = transport

    def feed(self, data: bytes) -> None:
        """Take what the origin sent."""
        if self._over:
            self.stray = True
        elif not self.untouched:
            self._read(data)
        elif self._to_head:
            self._begin(data)
        else:
            head = data[: data.find(b"\r\n\r\n", 0, LONGEST_HEAD) + 4]
            known = _known.get(head)
            if known is not None and known.size == len(data):
                self._recognise(known, data[len(head) :])
            else:
                self._begin(data)
                self._learn(head, len(data))
        self.wake()

    def _recognise(self, known: KnownHead, body: bytes) -> None:
        """Take a whole answer whose head has been read before."""
        self.untouched = False
        self.started = self.complete = self._over = True
        self.status, self.headers, self.keep_alive, _ = known
        self._body.append(body)

    def _learn(self, head: bytes, size: int) -> None:
        """Remember the head of a whole answer, if nothing but its length told where that ends. The first head of some
        is that of an interim answer: there the lengths do not add up."""
        if (
            self.complete
            and len(head) + self.buffered == size
            and not (self.chunked or self.stray or self.failure)
        ):
            _known.learn(head, size, self.status, self.headers, keep_alive=self.keep_alive)

    def _begin(self, data: bytes) -> None:
        self.untouched = False
        self._parser = httptools.HttpResponseParser(self)
        if not data.startswith(b"H"):
            self._fail("the origin did not speak HTTP/1.1")  # the parser knows RTSP, too
        self._read(data)

    def _read(self, data: bytes) -> None:
        assert self._parser is not None
        self._silent += len(data)
        if self._to_head:
            self._tail = (self._tail + data)[-4:]
        try:
            self._parser.feed_data(data)
        except (httptools.HttpParserError, httptools.HttpParserUpgrade) as error:
            if self.complete:
                self.stray = True
            else:
                self._fail(f"the origin did not speak HTTP/1.1: {error}")
        if self.complete:
            # llhttp cannot be told that this was a HEAD request: what follows the header is recognised here.
            self.stray = self.stray or (self._to_head and self._tail != b"\r\n\r\n")
        elif self._silent > MOST_SILENT_BYTES:
            self._fail(f"the origin sent {self._silent} bytes without getting on with its answer")
        elif self.buffered >= HIGH_WATER and not self.paused:
            self.paused = True
            self._transport.pause_reading()

    def ended(self, error: Exception | None) -> None:
        """Take note that the origin will send no more."""
        if self.complete or self.failure is not None:
            return
        if self.started and error is None and self._until_the_end():
            self.complete = True
        elif self.started:
            self._fail("the origin broke off its answer")
        elif self.untouched:
            self._fail("the origin closed the connection without an answer")
        else:
            self._fail("the origin broke off within the header of its answer")
        self.wake()

    def take(self) -> bytes:
        """Take all of the body that has arrived, and let more of it come."""
        body = self._body
        if not body:
            return b""
        self._body = []
        self.buffered = 0
        if self.paused:
            self.paused = False
            self._transport.resume_reading()
        return body[0] if len(body) == 1 else b"".join(body)

    def wake(self) -> None:
        """Tell who waits that something happened."""
        waiter = self.waiter
        if waiter is not None and not waiter.done():
            waiter.set_result(None)

    def dismiss(self) -> None:
        """Let go of the parser: the two hold each other, which only garbage collection would end."""
        self._over = True
        self._parser = None

    def on_message_begin(self) -> None:
        """Parser callback."""
        if self.complete:
            self.stray = True
        self._interim = False

    def on_status(self, reason: bytes) -> None:
        """Parser callback."""
        if b"\0" in reason:
            self._fail("the origin sent a NUL in its status line")

    def on_header(self, name: bytes, value: bytes) -> None:
        """Parser callback: a field of the header, or of the trailer."""
        name, value = name.lower(), value.rstrip(b" \t")
        if self.started:
            if not self.complete:  # else it is of another answer, which nobody asked for
                self.trailers.append((name, value))
            return
        if name == b"transfer-encoding":
            if value.lower() != b"chunked" or self.chunked:
                self._fail(f"the origin used the transfer coding {value[:40]!r}, which was not asked for")
            self.chunked = True
        self.headers.append((name, value))

    def on_headers_complete(self) -> None:
        """Parser callback."""
        if self.complete:
            return
        assert self._parser is not None
        if self._parser.get_http_version() not in ("1.1", "1.0"):
            self._fail("the origin did not speak HTTP/1.1")
        status = self._parser.get_status_code()
        if 200 <= status < 600:
            self._silent = 0
            self.status = status
            self.started = True
            self.keep_alive = self._parser.should_keep_alive()
            if self._to_head:
                # Without a length llhttp expects a body up to the end; a HEAD request has none.
                self.keep_alive = self._keeps_alive_after_head(self._parser.get_http_version())
                self.complete = True
        elif 100 <= status < 200 and status != 101:
            self._interim = True
            if status == 103:
                self.hints += tuple(value for name, value in self.headers if name == b"link")
            self.chunked = False
            self.headers = []
        else:
            self._fail(f"the origin answered with the status {status}, which was not asked for")

    def on_body(self, body: bytes) -> None:
        """Parser callback."""
        if self.complete or self._interim:
            self.stray = True
            return
        self._silent = 0
        self.buffered += len(body)
        self._body.append(body)

    def on_message_complete(self) -> None:
        """Parser callback."""
        if not self._interim:
            self.complete = True
            if self._to_head and self.chunked:
                self.stray = True  # the last chunk of a body that may not be

    def _fail(self, message: str) -> None:
        if self.failure is None:
            self.failure = OriginProtocolError(message)

    def _until_the_end(self) -> bool:
        """Whether the body lasts until the connection is closed (RFC 9112 6.3, the last case)."""
        return not any(name in (b"content-length", b"transfer-encoding") for name, _ in self.headers)

    def _keeps_alive_after_head(self, version: str) -> bool:
        options = [value.lower() for name, value in self.headers if name == b"connection"]
        return version == "1.1" and not any(b"close" in option for option in options)
