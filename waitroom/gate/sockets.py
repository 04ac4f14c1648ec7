"""WebSockets at the gate. Their handshake is judged as any call; what is special stands here."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping

from starlette.types import Message, Receive, Scope

TUNNEL = "waitroom.tunnel"
"""The ASGI extension by which the server says that a request is the opening handshake of a WebSocket, and that
an answer of status 101 makes its connection a tunnel."""
NOTED_SECONDS = 10.0
"""How often at most an open WebSocket renews its visit."""


def is_handshake(scope: Scope) -> bool:
    """Whether a request would open a WebSocket."""
    extensions: Mapping[str, object] = scope.get("extensions") or {}
    return TUNNEL in extensions


def noting(
    receive: Receive,
    note: Callable[[], None],
    *,
    every_seconds: float = NOTED_SECONDS,
    clock: Callable[[], float] = time.monotonic,
) -> Receive:
    """``receive`` of a WebSocket that calls ``note`` when the visitor sends something, now and then."""
    noted = clock()  # the handshake has just been

    async def received() -> Message:
        nonlocal noted
        message = await receive()
        now = clock()
        if message.get("body") and now - noted >= every_seconds:
            noted = now
            note()
        return message

    return received
