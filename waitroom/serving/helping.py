"""Helping a worker that does not serve those who have come to it."""

from __future__ import annotations

import asyncio
import select
import socket
import ssl
from collections.abc import Callable
from contextlib import suppress
from typing import Final

LOOK_SECONDS: Final = 0.1
LOOK_AGAIN_SECONDS: Final = 0.02
"""While there is something to help with."""
AT_A_TIME: Final = 64


class Helper:
    """Takes in who waits at the listening socket of another worker for longer than one look; to uvicorn, a server.

    A worker that hangs, has ended, or does not run yet leaves its queue unserved. A connection that waits at two looks
    in a row need not be the same one: then its owner is busy, and does not mind.

    Args:
        loop: which looks, and serves them.
        listener: the other worker's socket.
        protocol_factory: makes what speaks with each.
        tls: for a listener that speaks TLS.
        handshake_seconds: how long a TLS handshake may take.
    """

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        listener: socket.socket,
        protocol_factory: Callable[[], asyncio.BaseProtocol],
        *,
        tls: ssl.SSLContext | None = None,
        handshake_seconds: float | None = None,
    ) -> None:
        self._loop = loop
        self._listener = listener
        self._factory = protocol_factory
        self._tls = tls
        self._handshake_seconds = handshake_seconds
        self._someone_waited = False
        self._poll = select.poll()
        self._taken: set[asyncio.Task[None]] = set()
        listener.settimeout(0)
        self._poll.register(listener, select.POLLIN)
        self._timer: asyncio.TimerHandle | None = loop.call_later(LOOK_SECONDS, self._look)

    def close(self) -> None:
        """Helps no more; those whom it took in stay."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    async def wait_closed(self) -> None:
        """Returns: nothing is to be waited for."""

    def _look(self) -> None:
        someone_waits = bool(self._poll.poll(0))
        helps = someone_waits and self._someone_waited
        if helps:
            self._take()
        self._someone_waited = someone_waits
        self._timer = self._loop.call_later(LOOK_AGAIN_SECONDS if helps else LOOK_SECONDS, self._look)

    def _take(self) -> None:
        with suppress(OSError):  # nobody is left; or it has no file left, and cannot help
            for _ in range(AT_A_TIME):
                connection, _address = self._listener.accept()
                connection.settimeout(0)
                task = self._loop.create_task(self._serve(connection))
                self._taken.add(task)
                task.add_done_callback(self._taken.discard)

    async def _serve(self, connection: socket.socket) -> None:
        try:
            await self._loop.connect_accepted_socket(
                self._factory, connection, ssl=self._tls, ssl_handshake_timeout=self._handshake_seconds
            )
        except OSError:  # TLS errors and a handshake that takes too long are such
            connection.close()
