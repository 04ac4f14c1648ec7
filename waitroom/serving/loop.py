"""The event loop of a worker."""

from __future__ import annotations

import asyncio
import socket
import ssl as tls
from collections.abc import Callable
from typing import Any, Final

import uvloop

from waitroom.serving.helping import Helper
from waitroom.serving.listen import queue_of

HANDSHAKE_SECONDS: Final = 15.0
"""For a visitor's TLS handshake. Until it is done the connection is the event loop's alone, which would wait a minute,
and no limit of ours applies to it."""


class Loop(uvloop.Loop):
    """uvloop, with less patience for those who connect and say nothing.

    Of the listening sockets that it is given, the first is this worker's own; at the others it helps
    (:class:`~waitroom.serving.workers.Workers`).
    """

    _listener: socket.socket | None = None

    def queue(self) -> int:
        """How many connections wait for this worker to accept them."""
        return 0 if self._listener is None else queue_of(self._listener)

    async def create_server(  # type: ignore[override] # all is passed on as it is
        self,
        protocol_factory: Callable[[], asyncio.BaseProtocol],
        *args: Any,
        sock: socket.socket | None = None,
        ssl: tls.SSLContext | None = None,
        **options: Any,
    ) -> asyncio.AbstractServer | Helper:
        """As the event loop's own."""
        if sock is not None and self._listener is not None:
            seconds = HANDSHAKE_SECONDS if ssl is not None else None
            return Helper(self, sock, protocol_factory, tls=ssl, handshake_seconds=seconds)
        self._listener = sock
        if ssl is not None:
            options.setdefault("ssl_handshake_timeout", HANDSHAKE_SECONDS)
        return await super().create_server(protocol_factory, *args, sock=sock, ssl=ssl, **options)
