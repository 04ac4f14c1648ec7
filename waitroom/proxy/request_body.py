"""The visitor's half of an exchange: the body still to come, and whether anyone still listens."""

from __future__ import annotations

import asyncio
from typing import NoReturn

from starlette.types import Receive

from waitroom.errors import ClientGoneError, OriginTimeoutError
from waitroom.proxy.connection import Connection
from waitroom.proxy.request import Framing


class RequestBody:
    """Carries a request's body to the origin piece by piece, no faster than the origin takes it.

    Args:
        stall_seconds: how long the origin may refuse to take more.
    """

    __slots__ = ("_framing", "_receive", "_stall_seconds", "begun", "connection")

    def __init__(self, receive: Receive, framing: Framing, *, stall_seconds: float) -> None:
        self.connection: Connection | None = None
        """Where the body goes; it may be changed as long as nothing has begun."""
        self.begun = False
        """Some of the body was read, so the request cannot be repeated."""
        self._receive = receive
        self._framing = framing
        self._stall_seconds = stall_seconds

    async def send(self) -> None:
        """Send the whole body.

        Raises:
            ClientGoneError: the visitor left before its end.
            OriginTimeoutError: the origin took nothing for ``stall_seconds``.
        """
        more = True
        while more:
            message = await self._receive()
            if message["type"] == "http.disconnect":
                raise ClientGoneError("the visitor left while sending the request")
            self.begun = True
            more = message.get("more_body", False)
            await self._write(message.get("body", b""), last=not more)

    async def _write(self, data: bytes, *, last: bool) -> None:
        connection = self.connection
        assert connection is not None
        if self._framing is Framing.CHUNKED:
            # An empty chunk would be the last one.
            chunk = b"%x\r\n%b\r\n" % (len(data), data) if data else b""
            data = chunk + b"0\r\n\r\n" if last else chunk
        if not data or connection.closed:
            return
        connection.write(data)
        try:
            async with asyncio.timeout(self._stall_seconds):
                await connection.drain()
        except TimeoutError as error:
            raise OriginTimeoutError(
                f"the origin took nothing of the request for {self._stall_seconds:g} s"
            ) from error


async def until_gone(receive: Receive) -> NoReturn:
    """Wait until the visitor leaves: then, raise :class:`ClientGoneError`."""
    while (await receive())["type"] != "http.disconnect":
        pass
    raise ClientGoneError("the visitor left before the answer was complete")
