"""The shop behind the gateway."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from typing import Final

from starlette.types import Message, Receive, Scope, Send

from waitroom.errors import ClientGoneError, OriginError, OriginProtocolError, OriginTimeoutError
from waitroom.proxy.address import OriginAddress
from waitroom.proxy.answer import Answer
from waitroom.proxy.exchange import Exchange
from waitroom.proxy.headers import Header, end_to_end
from waitroom.proxy.pool import Pool
from waitroom.proxy.request import Request
from waitroom.proxy.timeouts import OriginTimeouts

Edit = Callable[[int, list[Header]], list[Header]]
"""Given the status and the end-to-end headers of the origin's answer, returns the headers for the visitor."""

_logger = logging.getLogger("waitroom.proxy")
_BODILESS: Final = frozenset({204, 304})


class Origin:
    """The shop behind the gateway: a pool of kept-alive HTTP/1.1 connections to one address.

    It belongs to the event loop in which it is first used.

    Args:
        url: ``http://host[:port]`` or ``https://host[:port]``, without a path.
        timeouts: patience with the origin.
        max_connections: how many requests may be with the origin at once; others wait in order of arrival.
        max_idle: how many unused connections are kept.

    Raises:
        ValueError: the URL or a limit is wrong.
    """

    def __init__(
        self,
        url: str,
        *,
        timeouts: OriginTimeouts | None = None,
        max_connections: int = 256,
        max_idle: int = 64,
    ) -> None:
        self._timeouts = timeouts or OriginTimeouts()
        self._address = OriginAddress.parse(url)
        self._pool = Pool(
            self._address,
            connect_seconds=self._timeouts.connect,
            keep_alive_seconds=self._timeouts.keep_alive,
            max_connections=max_connections,
            max_idle=max_idle,
        )

    def __repr__(self) -> str:
        return f"<Origin {self._pool!r}>"

    async def forward(
        self,
        scope: Scope,
        receive: Receive,
        send: Send,
        *,
        headers: Sequence[Header],
        edit: Edit,
    ) -> None:
        """Stream one request to the origin and its answer back, each no faster than the other side takes it.

        Where the origin breaks off after its answer has begun, this returns without the last piece of the
        body: the server below then closes the visitor's connection, and the answer is visibly incomplete.

        Args:
            scope: an ASGI ``http`` scope; method, ``raw_path`` and ``query_string`` are used.
            headers: for the origin, names in lower case, as :func:`to_origin` makes them. They say how the
                body is framed: ``content-length``, ``transfer-encoding: chunked``, or neither without a body.
            edit: called once, with what :func:`end_to_end` leaves of the answer's headers; ``Waitroom-*`` is
                still among them, so it commonly ends in :func:`from_origin`.

        Raises:
            OriginError: there was no proper answer; nothing was sent to the visitor.
            ClientGoneError: the visitor left before anything was sent.
            ValueError: target or headers contain what would smuggle a second request in.
        """
        exchange = Exchange(self._pool, self._timeouts, Request.build(scope, headers), receive)
        begun = False
        try:
            answer = await exchange.answer()
            start = _start(answer, edit, to_head=scope["method"] == "HEAD")
            body = answer.take()
            complete = answer.complete
            if complete:
                exchange.finish()
            begun = True
            await send(start)
            if body or complete:
                await send({"type": "http.response.body", "body": body, "more_body": not complete})
            while not complete:
                body = await exchange.more()
                complete = answer.complete
                if complete:
                    exchange.finish()
                await send({"type": "http.response.body", "body": body, "more_body": not complete})
        except ClientGoneError:
            if not begun:
                raise
        except OriginError as error:
            if not begun:
                raise
            _logger.warning("%s %s: %s", scope["method"], scope["raw_path"].decode("latin-1"), error)
        finally:
            exchange.close()

    async def probe(self) -> int:
        """Ask the origin for the head of ``/``, and return the status of its answer.

        Raises:
            OriginError: there was no proper answer in time.
        """
        statuses: list[int] = []

        async def listen() -> Message:
            await asyncio.Event().wait()
            raise AssertionError

        async def note(message: Message) -> None:
            if message["type"] == "http.response.start":
                statuses.append(message["status"])

        scope = {"type": "http", "method": "HEAD", "path": "/", "raw_path": b"/", "query_string": b""}
        headers = [(b"host", self._address.authority.encode("ascii")), (b"user-agent", b"waitroom")]
        try:
            async with asyncio.timeout(self._timeouts.probe):
                await self.forward(scope, listen, note, headers=headers, edit=lambda _, theirs: theirs)
        except TimeoutError as error:
            raise OriginTimeoutError(
                f"no answer from {self._address} within {self._timeouts.probe:g} s"
            ) from error
        return statuses[0]

    async def aclose(self) -> None:
        """Drop all connections. Requests under way fail."""
        await self._pool.aclose()


def _start(answer: Answer, edit: Edit, *, to_head: bool) -> Message:
    if answer.failure is not None:
        raise answer.failure
    if answer.stray and not to_head:
        raise OriginProtocolError("the origin sent more than one answer")
    headers = edit(answer.status, end_to_end(answer.headers))
    if answer.status in _BODILESS:
        # A 304 may tell the length of what it does not send, and servers take every length for a promise.
        headers = [header for header in headers if header[0] != b"content-length"]
    return {"type": "http.response.start", "status": answer.status, "headers": headers}
