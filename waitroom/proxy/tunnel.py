"""A WebSocket through the gateway: a handshake with both sides, then whatever they say to each other."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Sequence
from typing import Final, TypeVar

from starlette.types import Receive, Scope, Send

from waitroom.errors import ClientGoneError
from waitroom.proxy.fields import Header
from waitroom.proxy.handshake import UPGRADE, Handshake, fields_of
from waitroom.proxy.link import Link, is_switching
from waitroom.proxy.request import Request
from waitroom.proxy.request_body import until_gone
from waitroom.proxy.splice import Splice
from waitroom.proxy.supply import Supply
from waitroom.proxy.timeouts import OriginTimeouts

T = TypeVar("T")

_MEANINGLESS: Final = frozenset({b"content-length", b"transfer-encoding"})
"""In a 101, which has no body (RFC 9110 15.2)."""


class Tunnel:
    """One WebSocket. Whatever happens, :meth:`close` must be called at the end.

    Raises:
        ValueError: the visitor's headers are no proper handshake, or would smuggle a second request in.
    """

    __slots__ = ("_handshake", "_request", "_timeouts", "head", "link")

    def __init__(
        self, pool: Supply, timeouts: OriginTimeouts, scope: Scope, headers: Sequence[Header]
    ) -> None:
        self._handshake = Handshake.of(headers)
        self._request = Request.build(scope, [*headers, *UPGRADE])
        self._timeouts = timeouts
        self.link = Link(pool, timeouts)
        self.head = b""
        """Of the origin's answer."""

    async def ask(self) -> list[Header] | None:
        """Ask the origin; return the end-to-end headers of its 101, or nothing when it gave another answer.

        Raises:
            OriginError: there is no proper answer, or a 101 that does not answer this handshake.
        """
        self.head = await self.link.ask(self._request.head)
        if not is_switching(self.head):
            return None
        headers = fields_of(self.head)
        self._handshake.check(headers)
        return [header for header in headers if header[0] not in _MEANINGLESS]

    async def carry(self, receive: Receive, send: Send) -> None:
        """Carry bytes both ways until one side ends or both are silent; the 101 was sent."""
        splice = Splice(
            self.link.reader,
            self.link.writer,
            receive,
            send,
            idle_seconds=self._timeouts.tunnel,
            stall_seconds=self._timeouts.idle,
        )
        await splice.run()

    def close(self) -> None:
        """Drop the connection to the origin."""
        self.link.close()


async def unless_gone(receive: Receive, work: Coroutine[None, None, T]) -> T:
    """Do ``work`` while the visitor is there; raise :class:`ClientGoneError` when they leave before its end."""
    working = asyncio.ensure_future(work)
    leaving = asyncio.ensure_future(until_gone(receive))
    try:
        await asyncio.wait((working, leaving), return_when=asyncio.FIRST_COMPLETED)
        if not working.done():
            raise ClientGoneError("the visitor left before the origin had answered")
        return working.result()
    finally:
        working.cancel()
        leaving.cancel()
        await asyncio.gather(working, leaving, return_exceptions=True)
