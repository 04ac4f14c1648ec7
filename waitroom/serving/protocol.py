"""uvicorn's HTTP/1.1 protocol, with what the gateway needs of the connection itself."""

from __future__ import annotations

import httptools
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from waitroom.gate.app import OWN

_EVENTS = "/events"


class GateProtocol(HttpToolsProtocol):
    """Refuses targets that are no paths of this site, and ends event streams when the server stops."""

    def on_headers_complete(self) -> None:
        """A request head was read. What is raised here becomes a 400 and closes the connection."""
        # an absolute-form target could name another host than Host does; the scope does not show it
        if not self.url.startswith(b"/") and self.url != b"*":
            raise httptools.HttpParserInvalidURLError("the target must be a path")
        super().on_headers_complete()

    def shutdown(self) -> None:
        """The server stops. A request under way may end; an event stream never would."""
        if self.cycle is not None and not self.cycle.response_complete:
            path = self.cycle.scope["path"]
            if path.startswith(OWN) and path.endswith(_EVENTS):
                self.transport.close()
                return
        super().shutdown()
