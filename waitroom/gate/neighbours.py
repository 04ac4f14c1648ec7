"""Who shares an address, where a trusted proxy in front passes their requests on."""

from __future__ import annotations

from waitroom.gate.request import Request
from waitroom.proxy import TrustedProxies, place_of
from waitroom.proxy.trust import UNIX_PEER


class Neighbours:
    """Tells for which address a request counts. The server below counts connections; those of a proxy in front
    are not its own, so behind one the requests under way stand for them."""

    def __init__(self, trusted: TrustedProxies) -> None:
        self._trusted = trusted

    def place(self, request: Request) -> str | None:
        """The IPv4 address or IPv6 network of 64 bits that a proxy in front tells; None where none does."""
        client = request.scope["client"]
        if not self._trusted.believes(client):
            return None
        address = request.visitor.address
        if address == UNIX_PEER or self._trusted.believes((address, 0)):
            return None  # the proxy's own, such as its health checks
        return place_of(address)
