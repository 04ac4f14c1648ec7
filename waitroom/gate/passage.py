"""The way to the shop and back: what crosses the gateway, in each direction."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Hashable, Sequence
from time import perf_counter

from starlette.types import Send

from waitroom.errors import BusyError, ClientGoneError, OriginError, WaitroomError
from waitroom.gate.answers import Header
from waitroom.gate.request import Request
from waitroom.gate.shaper import Shaper
from waitroom.gate.shares import Shares
from waitroom.gate.sockets import is_handshake
from waitroom.gate.timing import is_quick
from waitroom.proxy import Edit, Fields, Origin, TrustedProxies, from_origin, remembered, to_origin
from waitroom.telemetry.families import VISIT


class Passage:
    """Forwards requests to the origin, with what the gateway adds and takes out."""

    def __init__(
        self, origin: Origin, trusted: TrustedProxies, shares: Shares, shaper: Shaper | None = None
    ) -> None:
        self.origin = origin
        self.trusted = trusted
        self.shaper = shaper
        """What keeps the traffic within limits; None where there are none."""
        self._shares = shares

    async def through(
        self,
        request: Request,
        extra: tuple[Header, ...] = (),
        edit: Edit = lambda _, theirs: from_origin(theirs),
        *,
        who: Hashable = None,
        failed: Callable[[WaitroomError], None] | None = None,
    ) -> None:
        """Streams the request to the shop and its answer back.

        ``extra`` are headers for the shop. ``edit`` makes the headers for the visitor out of the shop's; it
        must end in :func:`~waitroom.proxy.from_origin`. ``who`` is the visitor, where more than the address is
        known, and has a share of what is under way. ``failed`` is told when the shop did not answer or had no place
        free, or the visitor left, before that is raised. Raises what :meth:`~waitroom.proxy.Origin.forward` and
        :meth:`~waitroom.gate.shaper.Shaper.carry` raise, and :class:`~waitroom.gate.shares.TooManyRequestsError`.
        """
        if who is not None:
            self._shares.take(who)
            request.way = VISIT
        try:
            if self.shaper is None:
                await self._carry(request, extra, edit, request.send)
            else:
                await self.shaper.carry(request, who, self._carry, extra, edit)
        except (OriginError, BusyError, ClientGoneError) as error:
            if request.sent_at:
                request.counters.failed(error, perf_counter() - request.sent_at)
            if failed is not None:
                failed(error)
            raise
        finally:
            if who is not None:
                self._shares.give_back(who)

    def _carry(self, request: Request, extra: tuple[Header, ...], edit: Edit, send: Send) -> Awaitable[None]:
        scope, counters = request.scope, request.counters
        is_tunnel = is_handshake(scope)
        is_timed = not is_tunnel and is_quick(scope)
        carry = self.origin.tunnel if is_tunnel else self.origin.forward
        counters[request.way] += 1
        request.sent_at = sent_at = perf_counter()

        def counted(status: int, theirs: list[Header]) -> list[Header]:
            counters.answered(status, perf_counter() - sent_at if is_timed else None)
            request.of_shop = True
            return edit(status, theirs)

        return carry(scope, request.receive, send, headers=self._headers(request, extra), edit=counted)

    def _headers(self, request: Request, extra: tuple[Header, ...]) -> Fields:
        visitor, client = request.visitor, request.scope["client"]
        address = client and client[0]
        return remembered(
            request.scope["headers"],
            _for_shop,
            self.trusted,
            address,
            visitor.scheme,
            visitor.host,
            extra,
        )


def _for_shop(
    headers: Sequence[Header],
    trusted: TrustedProxies,
    address: str | None,
    scheme: str,
    host: bytes,
    extra: tuple[Header, ...],
) -> Fields:
    client = None if address is None else (address, 0)
    return Fields(to_origin(headers, client=client, scheme=scheme, host=host, trusted=trusted, extra=extra))
