"""The way to the shop and back: what crosses the gateway, in each direction."""

from __future__ import annotations

from collections.abc import Sequence

from waitroom.gate.answers import Header
from waitroom.gate.request import Request
from waitroom.gate.sockets import is_handshake
from waitroom.proxy import Edit, Origin, TrustedProxies, from_origin, to_origin


class Passage:
    """Forwards requests to the origin, with what the gateway adds and takes out."""

    def __init__(self, origin: Origin, trusted: TrustedProxies) -> None:
        self.origin = origin
        self.trusted = trusted

    async def through(
        self,
        request: Request,
        extra: Sequence[Header] = (),
        edit: Edit = lambda _, theirs: from_origin(theirs),
    ) -> None:
        """Streams the request to the shop and its answer back.

        ``extra`` are headers for the shop. ``edit`` makes the headers for the visitor out of the shop's; it
        must end in :func:`~waitroom.proxy.from_origin`. Raises what :meth:`~waitroom.proxy.Origin.forward`
        raises.
        """
        scope, visitor = request.scope, request.visitor
        headers = to_origin(
            scope["headers"],
            client=scope["client"],
            scheme=visitor.scheme,
            host=visitor.host,
            trusted=self.trusted,
            extra=extra,
        )
        carry = self.origin.tunnel if is_handshake(scope) else self.origin.forward
        await carry(scope, request.receive, request.send, headers=headers, edit=edit)
