"""uvicorn's HTTP/1.1 protocol, with what the gateway needs of the connection itself."""

from __future__ import annotations

import asyncio

import httptools
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from waitroom.gate.app import OWN
from waitroom.serving.joined import JoinedWrites

MAX_HEAD_BYTES = 65_536
"""Of a request's head as a whole."""
_EVENTS = "/events"


class GateProtocol(HttpToolsProtocol):
    """Refuses targets that are no paths of this site and heads without end, and ends event streams when the
    server stops."""

    _head_bytes = 0
    _in_head = True

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """A visitor connected."""
        super().connection_made(JoinedWrites(transport, self.loop))

    def data_received(self, data: bytes) -> None:
        """Bytes came. The parser itself would take a head of any size."""
        if self._in_head:
            self._head_bytes += len(data)
        super().data_received(data)
        if self._in_head and self._head_bytes > MAX_HEAD_BYTES:
            self.send_400_response("The head of the request is too large.")

    def on_message_begin(self) -> None:
        """A request begins."""
        self._in_head, self._head_bytes = True, 0
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        """A request head was read. What is raised here becomes a 400 and closes the connection."""
        self._in_head, self._head_bytes = False, 0
        # an absolute-form target could name another host than Host does; the scope does not show it
        if not self.url.startswith(b"/") and self.url != b"*":
            raise httptools.HttpParserInvalidURLError("the target must be a path")
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """A request was read whole: what comes next is the head of another."""
        self._in_head = True
        super().on_message_complete()

    def shutdown(self) -> None:
        """The server stops. A request under way may end; an event stream never would."""
        if self.cycle is not None and not self.cycle.response_complete:
            path = self.cycle.scope["path"]
            if path.startswith(OWN) and path.endswith(_EVENTS):
                self.transport.close()
                return
        super().shutdown()
