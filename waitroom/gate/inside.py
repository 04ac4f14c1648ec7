"""The requests of those who are let in: to the shop, with their visit."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Coroutine, Sequence
from typing import Protocol

from waitroom.errors import ClientGoneError, LineUnavailableError, OriginError, WaitroomError
from waitroom.gate.answers import Header
from waitroom.gate.negotiate import Kind
from waitroom.gate.observed import Observed
from waitroom.gate.request import Request
from waitroom.gate.said import said
from waitroom.gate.sockets import NOTED_SECONDS, is_handshake, noting
from waitroom.gate.stock import Stock
from waitroom.gate.tokens import Pass, Ticket, wants_renewal
from waitroom.gate.visitor import Tokens
from waitroom.line.room import Room
from waitroom.proxy import Edit

logger = logging.getLogger("waitroom.gate")

_SIGNS_OF_LIFE = (Kind.NAVIGATION, Kind.CALL)
"""By the answers to these a shop shows that it is back: a picture may come from elsewhere."""
_CACHING = frozenset((b"expires", b"pragma", b"surrogate-control", b"x-accel-expires"))
"""What a cache may obey besides ``Cache-Control`` and its targeted kin (RFC 9213), which end in that name."""


class Way(Protocol):
    """Where somebody goes who is let in: to the shop, or to what stands for it."""

    def bring(self, request: Request, admission: Pass | None) -> Awaitable[None]:
        """Takes a request of the visit that ``admission`` stands for there; None: of nobody in particular."""
        ...


class Inside:
    """Brings the visitors of one room to the shop."""

    def __init__(self, room: Room, tokens: Tokens, passage: Observed) -> None:
        self._room = room
        self._tokens = tokens
        self._passage = passage
        self._name: Header = (b"waitroom-room", room.name.encode())
        self._tasks: set[asyncio.Task[None]] = set()
        self._losses = room.visits.losses
        self._looking = False
        self._stock = Stock(room, self._begin)
        room.on_change(self._keep_visits)

    def bring(self, request: Request, admission: Pass | None) -> Awaitable[None]:
        """Forwards a request of the visit that ``admission`` stands for; None: of nobody in particular."""
        if admission is None:
            return self._passage.through(request, (self._name,), self._nobodys)
        session = admission.session
        if is_handshake(request.scope):
            self._note(request, session)
        return self._passage.through(
            request,
            (self._name, (b"waitroom-visitor", session.encode())),
            self._editor(request, admission),
            who=(self._room.name, session),
            failed=lambda error: self._failed(request, admission, error),
        )

    def _nobodys(self, _: int, theirs: list[Header]) -> list[Header]:
        says = said(theirs)
        if says.stock is not None:
            self._stock.heard(says.stock)
        return says.headers

    def _failed(self, request: Request, admission: Pass, error: WaitroomError) -> None:
        """A visit loses nothing by what the shop does not do."""
        if isinstance(error, OriginError):
            self._losses.failed(admission.session)
        else:
            # whoever waited in the gateway, or has had enough of waiting for the shop, was there until now
            self._room.visits.active(admission.session)
        if not isinstance(error, ClientGoneError):
            self._make_good(request, admission)

    def _make_good(self, request: Request, admission: Pass) -> None:
        """Date the pass anew at the end of a request that failed: it may have taken longer than the visit lasts."""
        room = self._room
        if wants_renewal(admission, now_ms=room.clock_ms, session_ms=room.rules.session_ms):
            by_header = self._tokens.read(request.scope).by_header
            request.gifts = self._tokens.redated(
                request.gifts, admission, secure=request.secure, by_header=by_header
            )

    def _note(self, request: Request, session: str) -> None:
        """Have what comes through a WebSocket renew the visit, well before it would end."""
        every = min(NOTED_SECONDS, self._room.rules.session_ms / 4000)
        request.receive = noting(
            request.receive, lambda: self._room.visits.active(session), every_seconds=every
        )

    def _keep_visits(self) -> None:
        """Whom the shop failed may come back to another worker, or not at all: this one must ask for itself."""
        if self._losses.keep(self._room.rules.session_ms / 1000) and not self._looking:
            self._looking = True
            self._begin(self._look_for_the_shop())

    async def _look_for_the_shop(self) -> None:
        try:
            if await self._passage.origin.probe() < 500:
                self._losses.answered()
        except OriginError:
            pass  # not yet
        finally:
            self._looking = False

    def _begin(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _editor(self, request: Request, admission: Pass) -> Edit:
        def edit(status: int, theirs: list[Header]) -> list[Header]:
            says = said(theirs)
            if says.stock is not None:
                self._stock.heard(says.stock)
            if status >= 500:
                self._losses.failed(admission.session)
                self._make_good(request, admission)
            elif self._losses and request.kind in _SIGNS_OF_LIFE:
                self._losses.answered()
            ours = request.gifts
            if says.done:
                self._finish(admission)
                ours = self._tokens.take_back(
                    _ticket_of(admission), secure=request.secure, beside=request.beside
                )
            return [*_uncacheable(says.headers), *ours] if ours else says.headers

        return edit

    def _finish(self, admission: Pass) -> None:
        async def tell() -> None:
            try:
                await self._room.finish(admission.session)
            except LineUnavailableError:
                # it ends by itself, `session` after its last request
                logger.warning("room %s: a finished visit could not be told to Redis", self._room.name)

        self._begin(tell())


def _ticket_of(held: Pass) -> Ticket | None:
    if held.is_guest:
        return None
    return Ticket(held.room, held.epoch, held.lane, held.number, held.at, held.hand, held.waited)


def _uncacheable(headers: Sequence[Header]) -> list[Header]:
    """An answer that carries a visitor's own cookie must not be shared, whatever the shop says of it."""
    kept = [
        header for header in headers if header[0] not in _CACHING and not header[0].endswith(b"cache-control")
    ]
    return [*kept, (b"cache-control", b"private, no-cache")]
