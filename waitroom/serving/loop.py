"""The event loop of a worker."""

from __future__ import annotations

import asyncio
from typing import Any, Final

import uvloop

HANDSHAKE_SECONDS: Final = 15.0
"""For a visitor's TLS handshake. Until it is done the connection is the event loop's alone, which would wait a minute,
and no limit of ours applies to it."""


class Loop(uvloop.Loop):
    """uvloop, with less patience for those who connect and say nothing."""

    async def create_server(  # type: ignore[override] # all is passed on as it is
        self, *args: Any, ssl: Any = None, **options: Any
    ) -> asyncio.AbstractServer:
        """As the event loop's own."""
        if ssl is not None:
            options.setdefault("ssl_handshake_timeout", HANDSHAKE_SECONDS)
        return await super().create_server(*args, ssl=ssl, **options)
