"""Spans of the requests that go to the shop, as a collector gets them and as the shop hears of them."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from tests.contract.harness import APP, Gateway, eventually
from tests.contract.recording_shop import RecordingShop, served
from tests.telemetry.conftest import Launch

pytestmark = pytest.mark.anyio
WITHIN = 30.0
TRACE, PARENT = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"
SENT = {"traceparent": f"00-{TRACE}-{PARENT}-01", "tracestate": "other=1"}
PROXY = "127.0.0.2"
"""The one that the gateways of these tests trust."""


class Collector:
    """An OTLP collector: an HTTP server that keeps the spans it is sent."""

    def __init__(self) -> None:
        self.url = ""
        self.service = ""
        self.spans: list[Span] = []
        self._tasks: set[asyncio.Task[None]] = set()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection."""
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        with suppress(asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                fields = dict(line.lower().split(b": ", 1) for line in head.split(b"\r\n")[1:-2])
                told = ExportTraceServiceRequest.FromString(
                    await reader.readexactly(int(fields[b"content-length"]))
                )
                for resource in told.resource_spans:
                    self.service = _attributes(resource.resource)["service.name"]
                    self.spans += [span for scope in resource.scope_spans for span in scope.spans]
                writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n")
        writer.close()
        self._tasks.discard(task)

    async def aclose(self) -> None:
        """Ends all connections."""
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def span(self, path: str) -> Span:
        """That of the request for this path, once it has come."""

        async def has_come() -> bool:
            return any(_attributes(span)["url.path"] == path for span in self.spans)

        await eventually(has_come, within=WITHIN)
        (found,) = [span for span in self.spans if _attributes(span)["url.path"] == path]
        return found


def _attributes(of: object) -> dict[str, str]:
    return {
        each.key: str(getattr(each.value, each.value.WhichOneof("value")))
        for each in of.attributes  # type: ignore[attr-defined]
    }


@asynccontextmanager
async def collecting() -> AsyncIterator[Collector]:
    """A collector on a free port."""
    collector = Collector()
    server = await asyncio.start_server(collector.serve, "127.0.0.1", 0)
    collector.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1/traces"
    try:
        yield collector
    finally:
        server.close()
        await collector.aclose()


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """The gateways of these tests send spans after 0.1 s."""
    monkeypatch.setenv("OTEL_BSP_SCHEDULE_DELAY", "100")


@pytest.fixture
def recording() -> Iterator[RecordingShop]:
    """A shop that writes down what reaches it."""
    shop = RecordingShop()
    with served(shop):
        yield shop


def is_sampled(traceparent: str) -> bool:
    """Its flag that says so (W3C Trace Context, section 3.2.2.5)."""
    return bool(int(traceparent[-2:], 16) & 1)


def start(launch: Launch, shop: str, room: str, endpoint: str = "", sample: float = 1) -> Gateway:
    """A gateway whose one room lets everyone pass, and that traces where there is an endpoint."""
    tracing = (
        {"tracing": {"endpoint": endpoint, "sample": sample, "service": "our-gateway"}} if endpoint else {}
    )
    return launch(shop, {"name": room, "mode": "pass"}, **tracing)


async def test_each_request_to_the_shop_is_a_span(launch: Launch, recording: RecordingShop) -> None:
    """With what was asked, as whom, and what came of it; the shop is told the same trace."""
    async with collecting() as collector:
        gateway = start(launch, recording.url, "traced", collector.url)
        recording.answers += [200, 503]
        async with gateway.client(APP) as visitor:
            assert 200 == (await visitor.get("/well?secret=1")).status_code
            assert 503 == (await visitor.get("/failing")).status_code
        well, failing = await collector.span("/well"), await collector.span("/failing")
        attributes = _attributes(well)
        assert {
            "http.request.method": "GET",
            "http.response.status_code": "200",
            "url.path": "/well",
            "url.scheme": "http",
            "waitroom.room": "traced",
            "waitroom.way": "visit",
        }.items() <= attributes.items()
        assert ("our-gateway", Span.SpanKind.SPAN_KIND_SERVER) == (collector.service, well.kind)
        assert not any("secret" in value for value in attributes.values())
        assert (["answer"], 0) == ([event.name for event in well.events], well.status.code)
        assert well.start_time_unix_nano <= well.events[0].time_unix_nano <= well.end_time_unix_nano
        assert ("503", 2) == (_attributes(failing)["error.type"], failing.status.code)
        for span, target in ((well, "/well?secret=1"), (failing, "/failing")):
            (seen,) = (seen for seen in recording.seen if seen.target == target)
            (traceparent,) = seen.all("traceparent")
            assert f"00-{span.trace_id.hex()}-{span.span_id.hex()}" == traceparent[:-3]
            assert is_sampled(traceparent)


async def test_only_a_trusted_proxy_continues_a_trace(launch: Launch, recording: RecordingShop) -> None:
    """A visitor's own would let them have all of their requests traced, and mix them up with others'."""
    async with collecting() as collector:
        gateway = start(launch, recording.url, "parents", collector.url, sample=0)
        async with gateway.client({**APP, **SENT}) as visitor:
            await visitor.get("/theirs")
        async with gateway.client({**APP, **SENT}, local_address=PROXY) as proxy:
            await proxy.get("/proxied")
        span = await collector.span("/proxied")
        assert (TRACE, PARENT) == (span.trace_id.hex(), span.parent_span_id.hex())
        theirs, proxied = recording.seen
        assert [f"00-{TRACE}-{span.span_id.hex()}-01"] == proxied.all("traceparent")
        assert ["other=1"] == proxied.all("tracestate")
        (traceparent,) = theirs.all("traceparent")
        assert TRACE not in traceparent
        assert not is_sampled(traceparent)
        assert [] == theirs.all("tracestate")
        assert 1 == len(collector.spans)


async def test_a_shop_that_is_away_is_an_error(launch: Launch) -> None:
    """The span says which."""
    async with collecting() as collector:
        gateway = start(launch, "http://127.0.0.1:1", "away", collector.url)
        async with gateway.client(APP) as visitor:
            assert 502 == (await visitor.get("/nobody")).status_code
        span = await collector.span("/nobody")
        assert ("OriginUnreachableError", 2) == (_attributes(span)["error.type"], span.status.code)


async def test_without_it_traces_pass_unchanged(launch: Launch, recording: RecordingShop) -> None:
    """Off, the gateway has no part in anybody's trace."""
    gateway = start(launch, recording.url, "untraced")
    async with gateway.client({**APP, **SENT}) as visitor:
        await visitor.get("/plain")
    (seen,) = recording.seen
    assert ([SENT["traceparent"]], [SENT["tracestate"]]) == (seen.all("traceparent"), seen.all("tracestate"))


async def test_a_collector_that_is_away_costs_nothing_but_spans(
    launch: Launch, recording: RecordingShop
) -> None:
    """Requests go on, and a stop does not wait for it."""
    gateway = start(launch, recording.url, "uncollected", "http://127.0.0.1:1/v1/traces")
    async with gateway.client(APP) as visitor:
        for _ in range(5):
            assert 200 == (await visitor.get("/")).status_code
    begun = time.monotonic()
    gateway.stop()
    assert time.monotonic() - begun < WITHIN
