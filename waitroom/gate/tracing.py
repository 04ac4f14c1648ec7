"""The way to the shop, with a span for each request (OpenTelemetry; W3C Trace Context)."""

from __future__ import annotations

from collections.abc import Sequence
from time import time_ns
from typing import Final

from opentelemetry.context import Context
from opentelemetry.trace import Span, SpanKind, Status, StatusCode, Tracer, set_span_in_context
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator
from starlette.types import Send

from waitroom.errors import ClientGoneError, WaitroomError
from waitroom.gate.answers import Header
from waitroom.gate.passage import Passage
from waitroom.gate.request import Request
from waitroom.gate.shaper import Shaper
from waitroom.gate.shares import Shares
from waitroom.proxy import Edit, Fields, Origin, TrustedProxies

_FIELDS: Final = (b"traceparent", b"tracestate")
_CONTEXT: Final = TraceContextTextMapPropagator()


class TracedPassage(Passage):
    """Begins a span when a request goes to the shop, tells the shop of it, and ends it with the answer.

    Of a ``traceparent`` that comes with the request only that of a trusted proxy counts: visitors could have
    all of theirs traced, or mix them up with others'. The shop gets ours in any case. What a span says is named as in
    OpenTelemetry's conventions for HTTP; of the address, the path without the query.
    """

    def __init__(
        self,
        origin: Origin,
        trusted: TrustedProxies,
        shares: Shares,
        shaper: Shaper | None,
        tracer: Tracer,
    ) -> None:
        super().__init__(origin, trusted, shares, shaper)
        self._tracer = tracer
        self._spans: dict[Request, Span] = {}
        """Of the requests that are being sent."""

    async def _carry(self, request: Request, extra: tuple[Header, ...], edit: Edit, send: Send) -> None:
        span = self._begin(request, extra)

        def noted(status: int, theirs: list[Header]) -> list[Header]:
            span.set_attribute("http.response.status_code", status)
            span.add_event("answer", timestamp=time_ns())
            if status >= 500:
                span.set_status(Status(StatusCode.ERROR))
                span.set_attribute("error.type", str(status))
            return edit(status, theirs)

        self._spans[request] = span
        try:
            await super()._carry(request, extra, noted, send)
        except WaitroomError as error:
            if not isinstance(error, ClientGoneError):
                span.set_status(Status(StatusCode.ERROR, str(error)))
            span.set_attribute("error.type", type(error).__name__)
            raise
        finally:
            del self._spans[request]
            span.set_attribute("waitroom.way", request.way.partition(":")[2])
            span.end()

    def _headers(self, request: Request, extra: tuple[Header, ...]) -> Fields:
        ours: dict[str, str] = {}
        _CONTEXT.inject(ours, set_span_in_context(self._spans[request], Context()))
        kept = [header for header in super()._headers(request, extra) if header[0] not in _FIELDS]
        return Fields([*kept, *((name.encode(), value.encode()) for name, value in ours.items())])

    def _begin(self, request: Request, extra: tuple[Header, ...]) -> Span:
        scope = request.scope
        attributes = {
            "http.request.method": scope["method"],
            "url.scheme": request.visitor.scheme,
            "url.path": request.path,
            "server.address": request.visitor.host.decode("latin-1"),
        }
        attributes |= {
            name.decode().replace("-", "."): value.decode()
            for name, value in extra
            if name == b"waitroom-room"
        }
        return self._tracer.start_span(
            scope["method"],
            context=self._parent(scope["headers"], scope["client"]),
            kind=SpanKind.SERVER,
            attributes=attributes,
        )

    def _parent(self, headers: Sequence[Header], client: tuple[str, int] | None) -> Context:
        if not self.trusted.believes(client):
            return Context()
        carrier = {name.decode(): value.decode("latin-1") for name, value in headers if name in _FIELDS}
        return _CONTEXT.extract(carrier, Context())
