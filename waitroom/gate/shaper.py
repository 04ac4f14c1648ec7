"""The traffic of those inside, kept within its limits: how often they ask, and how much the shop has at once."""

from __future__ import annotations

import asyncio
import math
import random
import time
from collections.abc import Awaitable, Callable, Hashable
from functools import lru_cache

from starlette.types import Send

from waitroom.errors import BusyError, ClientGoneError, OwnShareError
from waitroom.gate.ahead import Ahead, may_listen
from waitroom.gate.answers import Header
from waitroom.gate.holding import Holding
from waitroom.gate.request import Request
from waitroom.gate.routes import Routes
from waitroom.gate.shares import TooManyRequestsError
from waitroom.gate.sockets import is_handshake
from waitroom.proxy import Edit, place_of
from waitroom.shaping.flows import Phase, Slot
from waitroom.shaping.limiter import Limiter
from waitroom.shaping.pace import Pace

_place_of = lru_cache(8192)(place_of)


class Shaper:
    """Lets the requests to the shop through, in their order and no more at once than it may have.

    Args:
        limiter: who gets a slot; None where there is no limit.
        routes: the classes of requests.
        wait_seconds: how long a request waits for a slot.
        visitors: how often a visitor may ask; None: as they like.
        addresses: the same, of requests that are of no visit.
    """

    def __init__(
        self,
        limiter: Limiter | None,
        routes: Routes,
        *,
        wait_seconds: float,
        visitors: Pace | None = None,
        addresses: Pace | None = None,
    ) -> None:
        self.limiter = limiter
        self._routes = routes
        self._wait_seconds = wait_seconds
        self._visitors = visitors
        self._addresses = addresses

    def __repr__(self) -> str:
        return f"<Shaper {self.limiter!r}, {self._visitors!r}, {self._addresses!r}>"

    async def carry(
        self,
        request: Request,
        who: Hashable,
        forward: Callable[[Request, tuple[Header, ...], Edit, Send], Awaitable[None]],
        extra: tuple[Header, ...],
        edit: Edit,
    ) -> None:
        """Have ``forward`` carry the request out when it is its turn, with the ``send`` that it is given.

        ``extra`` and ``edit`` are handed on to it. ``who`` is the visitor; None: nobody in particular, who counts by
        address. Raises :class:`TooManyRequestsError`, :class:`~waitroom.errors.BusyError`, and
        :class:`~waitroom.errors.ClientGoneError` for one who left meanwhile.
        """
        pace = self._visitors
        if who is None:
            who, pace = _place_of(request.visitor.address), self._addresses
        if pace is not None and (early := pace.take(who, time.monotonic())):
            raise TooManyRequestsError("You ask too often.", retry_after=math.ceil(early))
        limiter = self.limiter
        kind = None if limiter is None else self._routes.of(request.scope)
        if limiter is None or kind is None:
            await forward(request, extra, edit, request.send)
            return
        slot = limiter.ask(kind, who)
        holding = Holding(limiter, slot, request.send)
        try:
            if slot.phase is not Phase.HELD:
                await self._wait(limiter, slot, request)
            if not is_handshake(request.scope):
                request.receive = holding.body(request.receive)
            await forward(request, extra, edit, holding.send)
        finally:
            if slot.phase is not Phase.OVER:
                holding.give_back()

    async def _wait(self, limiter: Limiter, slot: Slot, request: Request) -> None:
        """Wait until the slot is there, while the visitor is."""
        if slot.phase is Phase.WAITING:
            ahead = Ahead(request.receive)
            await self._until_settled(slot, ahead, listening=may_listen(request.scope))
            request.receive = ahead.receive
            if ahead.gone:
                raise ClientGoneError("the visitor left while waiting for a slot")
        if slot.phase is not Phase.HELD:
            # Not all at the same time: they would meet again.
            spread = self._wait_seconds * (1 + random.random())  # noqa: S311 - no secret depends on it
            retry_after = max(1, math.ceil(spread))
            if limiter.is_own(slot):
                raise OwnShareError("You have too many requests at once.", retry_after=retry_after)
            raise BusyError("The shop has all that it can do just now.", retry_after=retry_after)

    async def _until_settled(self, slot: Slot, ahead: Ahead, *, listening: bool) -> None:
        loop = asyncio.get_running_loop()
        settled: asyncio.Future[None] = loop.create_future()

        def told() -> None:
            if not settled.done():
                settled.set_result(None)

        slot.told = told
        timer = loop.call_later(self._wait_seconds, told)
        listener = loop.create_task(ahead.listen(told)) if listening else None
        try:
            await settled
        finally:
            timer.cancel()
            if listener is not None:
                # it must have ended before anybody else listens
                listener.cancel()
                await asyncio.gather(listener, return_exceptions=True)
