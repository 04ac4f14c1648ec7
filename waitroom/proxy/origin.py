"""The shop behind the gateway."""

from __future__ import annotations

import asyncio
import logging
import ssl
from collections.abc import Awaitable, Callable, Sequence
from typing import Final

from starlette.types import Message, Receive, Scope, Send

from waitroom.complaints import Complaints
from waitroom.errors import ClientGoneError, OriginError, OriginProtocolError
from waitroom.proxy.address import OriginAddress
from waitroom.proxy.answer import Answer
from waitroom.proxy.balance import Balancer
from waitroom.proxy.declined import Declined
from waitroom.proxy.exchange import EARLY_HINT, Exchange
from waitroom.proxy.fields import Header
from waitroom.proxy.handshake import UPGRADE
from waitroom.proxy.headers import announced_trailers
from waitroom.proxy.limits import PoolLimits
from waitroom.proxy.pool import Pool
from waitroom.proxy.probe import Probe, probe
from waitroom.proxy.request import Request
from waitroom.proxy.supply import Supply
from waitroom.proxy.timeouts import OriginTimeouts
from waitroom.proxy.tunnel import Tunnel, unless_gone
from waitroom.proxy.watch import Watch

Edit = Callable[[int, list[Header]], list[Header]]
"""Given the status and the headers of the origin's answer, returns the headers for the visitor."""

_TRAILERS: Final = "http.response.trailers"
"""An extension of ASGI, where the server has it."""
_complaints = Complaints(logging.getLogger("waitroom.proxy"))


class Origin:
    """The shop behind the gateway: kept-alive HTTP/1.1 connections to its one address, or to its several.

    It belongs to the event loop in which it is first used.

    Args:
        urls: each ``http://host[:port]``, ``https://host[:port]`` or ``unix:///path/to.sock``. Of several,
            a request goes to the one with the fewest under way.
        tls: how the certificates of ``https`` addresses are checked; left out, as :func:`tls_to_origin` says.
        server_name: the name that they must prove to have; left out, the host in each URL.
        timeouts: patience with the origin.
        max_connections: how many requests may be with an address at once; others wait in order of arrival.
        max_idle: how many unused connections to an address are kept.

    Raises:
        ValueError: a URL or a limit is wrong.
    """

    def __init__(
        self,
        *urls: str,
        tls: ssl.SSLContext | None = None,
        server_name: str | None = None,
        timeouts: OriginTimeouts | None = None,
        max_connections: int = 256,
        max_idle: int = 64,
    ) -> None:
        if not urls:
            raise ValueError("the origin has no address")
        self._timeouts = timeouts or OriginTimeouts()
        limits = PoolLimits(self._timeouts.connect, self._timeouts.keep_alive, max_connections, max_idle)
        self._addresses = tuple(OriginAddress.parse(url, tls=tls, server_name=server_name) for url in urls)
        self._watch = Watch()
        self._pool: Supply = (
            Pool(self._addresses[0], limits) if len(urls) == 1 else Balancer(self._addresses, limits)
        )

    def __repr__(self) -> str:
        return f"<Origin {self._pool!r}>"

    def forward(
        self,
        scope: Scope,
        receive: Receive,
        send: Send,
        *,
        headers: Sequence[Header],
        edit: Edit,
    ) -> Awaitable[None]:
        """Stream one request to the origin and its answer back, each no faster than the other side takes it.

        Where the origin breaks off after its answer has begun, this returns without the last piece of the
        body: the server below then closes the visitor's connection, and the answer is visibly incomplete.

        Args:
            scope: an ASGI ``http`` scope; method, ``raw_path`` and ``query_string`` are used.
            headers: for the origin, names in lower case, as :func:`to_origin` makes them. They say how the
                body is framed: ``content-length``, ``transfer-encoding: chunked``, or neither without a body.
            edit: called once, with all of the answer's headers, so it must end in :func:`from_origin`.

        Raises:
            OriginError: there was no proper answer; nothing was sent to the visitor.
            ClientGoneError: the visitor left before anything was sent.
            ValueError: target or headers contain what would smuggle a second request in.
        """
        request = Request.build(scope, headers)
        exchange = Exchange(self._pool, self._timeouts, self._watch, request, receive)
        if EARLY_HINT in scope.get("extensions", ()):
            exchange.early = send
        return _relay(exchange, scope, send, edit)

    async def tunnel(
        self,
        scope: Scope,
        receive: Receive,
        send: Send,
        *,
        headers: Sequence[Header],
        edit: Edit,
    ) -> None:
        """Do the opening handshake of a WebSocket with the origin and the visitor, then carry their bytes.

        An origin that does not switch protocols is answered for as by :meth:`forward`. The connection counts
        as one of the pool's as long as the WebSocket lasts.

        Args:
            scope: one with the extension ``waitroom.tunnel``: after an answer of status 101, the bodies that
                ``send`` takes and ``receive`` gives are bytes of the new protocol.
            headers: as for :meth:`forward`, with the ``Sec-WebSocket-*`` fields of the visitor.
            edit: as for :meth:`forward`; the status may be 101.

        Raises:
            OriginError: there was no proper answer, or a 101 that does not answer this handshake.
            ClientGoneError: the visitor left before the origin had answered.
            ValueError: the visitor's headers are no proper handshake, or would smuggle a second request in.
        """
        tunnel = Tunnel(self._pool, self._timeouts, scope, headers)
        try:
            theirs = await unless_gone(receive, tunnel.ask())
            if theirs is None:
                declined = Declined(tunnel.link, tunnel.head, idle_seconds=self._timeouts.idle)
                await unless_gone(receive, _relay(declined, scope, send, edit))
                return
            answer = [*edit(101, theirs), *UPGRADE]
            await send({"type": "http.response.start", "status": 101, "headers": answer})
            # Servers hold the head back until the first piece: the visitor waits for it before it speaks.
            await send({"type": "http.response.body", "body": b"", "more_body": True})
            await tunnel.carry(receive, send)
        finally:
            tunnel.close()

    async def probe(self) -> int:
        """Ask for the head of ``/``, and return the status of the first proper answer of any address.

        Raises:
            OriginError: no address gave one in time; it tells the reason of each.
        """
        reasons: list[OriginError] = []
        asked = [asyncio.ensure_future(probe(address, self._timeouts)) for address in self._addresses]
        try:
            for next_one in asyncio.as_completed(asked):
                outcome = (await next_one).outcome
                if not isinstance(outcome, OriginError):
                    return outcome
                reasons.append(outcome)
        finally:
            for task in asked:
                task.cancel()
            await asyncio.gather(*asked, return_exceptions=True)
        if len(reasons) == 1:
            raise reasons[0]
        raise type(reasons[-1])("; ".join(map(str, reasons)))

    async def probe_each(self) -> list[Probe]:
        """Ask each address for the head of ``/``, all at once, and return what each said, in their order."""
        return await asyncio.gather(*(probe(address, self._timeouts) for address in self._addresses))

    async def aclose(self) -> None:
        """Drop all connections. Requests under way fail."""
        await self._pool.aclose()


async def _relay(exchange: Exchange | Declined, scope: Scope, send: Send, edit: Edit) -> None:
    """Send the answer on, as it comes."""
    begun = False
    try:
        answer = await exchange.answer()
        start = _start(answer, edit, to_head=scope["method"] == "HEAD")
        announced = None
        if answer.chunked and _TRAILERS in scope.get("extensions", ()):
            announced = announced_trailers(answer.headers)
        if announced:
            start["trailers"] = True
            start["headers"] = [*start["headers"], (b"trailer", b", ".join(sorted(announced)))]
        body = answer.take()
        complete = answer.complete
        if complete:
            exchange.finish()
        try:
            await send(start)
        except ValueError as error:  # servers check what they write
            raise OriginProtocolError(f"the origin's answer cannot be passed on: {error}") from error
        begun = True
        # an empty piece says that no more is there yet: servers hold the head back until the first
        await send({"type": "http.response.body", "body": body, "more_body": not complete})
        while not complete:
            body = await exchange.more()
            complete = answer.complete
            if complete:
                exchange.finish()
            await send({"type": "http.response.body", "body": body, "more_body": not complete})
        if announced:
            trailers = [field for field in answer.trailers if field[0] in announced]
            await send({"type": _TRAILERS, "headers": trailers, "more_trailers": False})
    except ClientGoneError:
        if not begun:
            raise
    except OriginError as error:
        if not begun:
            raise
        target = scope["raw_path"].decode("latin-1")[:200]
        _complaints.warn(type(error).__name__, "%s %s: %s", scope["method"], target, error)
    finally:
        exchange.close()


def _start(answer: Answer, edit: Edit, *, to_head: bool) -> Message:
    if answer.failure is not None:
        raise answer.failure
    if answer.stray and not to_head:
        raise OriginProtocolError("the origin sent more than one answer")
    headers = edit(answer.status, answer.headers)
    if answer.status == 204:
        # RFC 9110 8.6: it has no length, whatever the origin says
        headers = [header for header in headers if header[0] != b"content-length"]
    return {"type": "http.response.start", "status": answer.status, "headers": headers}
