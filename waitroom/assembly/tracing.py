"""Traces, where they are set: what makes spans and sends them. Imported only then."""

from __future__ import annotations

import asyncio
import threading
from contextlib import suppress

from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.sdk.trace.sampling import ParentBased, TraceIdRatioBased
from opentelemetry.trace import Tracer

from waitroom import __version__
from waitroom.settings.tracing import TracingSettings

LAST_SECONDS = 3.0
"""For so long is a collector waited for when the gateway stops."""
_TIMEOUT_SECONDS = 5


class Tracing:
    """The spans of one worker, sent by a thread of its own. A collector that is away costs spans, and nothing else."""

    def __init__(self, settings: TracingSettings) -> None:
        resource = Resource.create({"service.name": settings.service, "service.version": __version__})
        sampler = ParentBased(TraceIdRatioBased(settings.sample))
        self._provider = TracerProvider(sampler=sampler, resource=resource, shutdown_on_exit=False)
        self._provider.add_span_processor(
            BatchSpanProcessor(OTLPSpanExporter(settings.endpoint, timeout=_TIMEOUT_SECONDS))
        )

    @property
    def tracer(self) -> Tracer:
        """What begins spans."""
        return self._provider.get_tracer("waitroom", __version__)

    async def finish(self) -> None:
        """Sends what is left. A collector that does not take it is not waited for."""
        loop = asyncio.get_running_loop()
        sent = asyncio.Event()

        def send() -> None:
            self._provider.shutdown()
            with suppress(RuntimeError):  # the loop has ended meanwhile
                loop.call_soon_threadsafe(sent.set)

        # a thread that nobody waits for: one of the loop's own would hold up the end of the process
        threading.Thread(target=send, name="waitroom-traces", daemon=True).start()
        with suppress(TimeoutError):
            async with asyncio.timeout(LAST_SECONDS):
                await sent.wait()
