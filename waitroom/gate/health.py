"""Health: is the process alive, and can it keep its lines?"""

from __future__ import annotations

import json
from collections.abc import Iterable

from waitroom.gate.answers import JSON, NO_STORE, answer
from waitroom.gate.request import Request
from waitroom.line.room import Room


async def live(request: Request) -> None:
    """200 as long as the event loop turns."""
    await answer(request.scope, request.send, 200, JSON, b'{"status":"ok"}', [NO_STORE])


async def ready(request: Request, rooms: Iterable[Room]) -> None:
    """200 when every room reaches its line, 503 with the reasons otherwise."""
    reasons = [f"room {room.name}: {room.down_reason}" for room in rooms if room.down_since is not None]
    status = 503 if reasons else 200
    body = json.dumps({"status": "unavailable" if reasons else "ok", "reasons": reasons}).encode()
    await answer(request.scope, request.send, status, JSON, body, [NO_STORE])
