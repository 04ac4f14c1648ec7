"""The requests of those who are let in: to the shop, with their visit."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Sequence

from waitroom.errors import LineUnavailableError
from waitroom.gate.answers import Header
from waitroom.gate.observed import Observed
from waitroom.gate.request import Request
from waitroom.gate.sockets import NOTED_SECONDS, is_handshake, noting
from waitroom.gate.tokens import Pass
from waitroom.gate.visitor import Tokens
from waitroom.line.room import Room
from waitroom.proxy import Edit, from_origin

logger = logging.getLogger("waitroom.gate")

_COMMAND = b"waitroom-command"
_CACHING = frozenset((b"expires", b"pragma", b"surrogate-control", b"x-accel-expires"))
"""What a cache may obey besides ``Cache-Control`` and its targeted kin (RFC 9213), which end in that name."""


class Inside:
    """Brings the visitors of one room to the shop."""

    def __init__(self, room: Room, tokens: Tokens, passage: Observed) -> None:
        self._room = room
        self._tokens = tokens
        self._passage = passage
        self._name: Header = (b"waitroom-room", room.name.encode())
        self._finishing: set[asyncio.Task[None]] = set()

    def bring(self, request: Request, admission: Pass | None) -> Awaitable[None]:
        """Forwards a request of the visit that ``admission`` stands for; None: of nobody in particular."""
        if admission is None:
            return self._passage.through(request, (self._name,))
        session = admission.session
        if is_handshake(request.scope):
            self._note(request, session)
        extra = (self._name, (b"waitroom-visitor", session.encode()))
        return self._passage.through(
            request, extra, self._editor(request, admission), who=(self._room.name, session)
        )

    def _note(self, request: Request, session: str) -> None:
        """Have what comes through a WebSocket renew the visit, well before it would end."""
        every = min(NOTED_SECONDS, self._room.rules.session_ms / 4000)
        request.receive = noting(
            request.receive, lambda: self._room.visits.active(session), every_seconds=every
        )

    def _editor(self, request: Request, admission: Pass) -> Edit:
        def edit(_status: int, theirs: list[Header]) -> list[Header]:
            ours = request.gifts
            if _says_done(theirs):
                self._finish(admission)
                ours = self._tokens.take_back(secure=request.secure)
            headers = from_origin(theirs)
            return [*_uncacheable(headers), *ours] if ours else headers

        return edit

    def _finish(self, admission: Pass) -> None:
        async def tell() -> None:
            try:
                await self._room.finish(admission.session)
            except LineUnavailableError:
                # it ends by itself, `session` after its last request
                logger.warning("room %s: a finished visit could not be told to Redis", self._room.name)

        task = asyncio.create_task(tell())
        self._finishing.add(task)
        task.add_done_callback(self._finishing.discard)


def _says_done(headers: Sequence[Header]) -> bool:
    return b"done" in [value.strip().lower() for name, value in headers if name == _COMMAND]


def _uncacheable(headers: Sequence[Header]) -> list[Header]:
    """An answer that carries a visitor's own cookie must not be shared, whatever the shop says of it."""
    kept = [
        header for header in headers if header[0] not in _CACHING and not header[0].endswith(b"cache-control")
    ]
    return [*kept, (b"cache-control", b"private, no-cache")]
