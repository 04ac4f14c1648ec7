"""The answer to Prometheus."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from prometheus_client import CollectorRegistry, ProcessCollector
from prometheus_client.core import Metric
from prometheus_client.exposition import choose_encoder
from prometheus_client.registry import Collector

from admin.metrics.collector import SiteCollector
from admin.metrics.site import Site


@dataclass(frozen=True, slots=True)
class Exposition:
    """All metrics as text."""

    body: bytes
    content_type: str


class _Collected(Collector):
    """Families that were collected before."""

    def __init__(self, families: Sequence[Metric]) -> None:
        self._families = families

    def collect(self) -> Sequence[Metric]:
        """As they are."""
        return self._families


async def exposition(site: Site, accept: str = "") -> Exposition:
    """The metrics of a site, in the format that ``accept``, the header of the request, asks for: OpenMetrics, or the
    text format of Prometheus. The usual ``process_…`` metrics are those of the console.

    With 50 rooms it takes 30 ms of a core. Others have the loop meanwhile: 12 ms of it go in pieces of up to 2 ms,
    the rest in a thread, which touches nothing that changes.
    """
    families = []
    for family in SiteCollector(site).collect():
        families.append(family)
        await asyncio.sleep(0)
    return await asyncio.to_thread(_written, families, accept)


def _written(families: Sequence[Metric], accept: str) -> Exposition:
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Collected(families))
    ProcessCollector(registry=registry)
    try:
        encode, content_type = choose_encoder(accept)
    except (TypeError, ValueError):  # a version that is no number
        encode, content_type = choose_encoder("")
    return Exposition(encode(registry), content_type)
