"""The answer to Prometheus."""

from __future__ import annotations

from dataclasses import dataclass

from prometheus_client import CollectorRegistry, ProcessCollector
from prometheus_client.exposition import choose_encoder

from admin.metrics.collector import SiteCollector
from admin.metrics.site import Site


@dataclass(frozen=True, slots=True)
class Exposition:
    """All metrics as text."""

    body: bytes
    content_type: str


def exposition(site: Site, accept: str = "") -> Exposition:
    """The metrics of a site, in the format that ``accept``, the header of the request, asks for: OpenMetrics, or the
    text format of Prometheus. The usual ``process_…`` metrics are those of the console."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(SiteCollector(site))
    ProcessCollector(registry=registry)
    try:
        encode, content_type = choose_encoder(accept)
    except (TypeError, ValueError):  # a version that is no number
        encode, content_type = choose_encoder("")
    return Exposition(encode(registry), content_type)
