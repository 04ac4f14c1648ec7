"""The metrics of a site, as prometheus-client's families."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import accumulate, product

from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    Metric,
    StateSetMetricFamily,
)
from prometheus_client.registry import Collector
from prometheus_client.utils import floatToGoString

from admin.metrics.gauges import ALWAYS, GAUGES, STATES, Gauge, States
from admin.metrics.site import Site
from waitroom.telemetry.families import FAMILIES, Family
from waitroom.telemetry.histogram import HISTOGRAMS, Histogram

PREFIX = "waitroom_"


class SiteCollector(Collector):
    """Tells of a site as it is at one moment."""

    def __init__(self, site: Site) -> None:
        self._site = site

    def collect(self) -> Iterator[Metric]:
        """All families; those of which nothing is known without samples."""
        site = self._site
        for gauge in ALWAYS:
            yield _gauge(gauge, site)
        if site.is_redis_up:
            for gauge in GAUGES:
                yield _gauge(gauge, site)
            for states in STATES:
                yield _states(states, site)
        for family in FAMILIES:
            yield _counter(family, site)
        for histogram in HISTOGRAMS:
            yield _histogram(histogram, site)


def _gauge(gauge: Gauge, site: Site) -> Metric:
    metric = GaugeMetricFamily(gauge.name, gauge.help, labels=gauge.labels)
    for labels, value in gauge.read(site):
        metric.add_metric(labels, value)
    return metric


def _states(states: States, site: Site) -> Metric:
    metric = StateSetMetricFamily(states.name, states.help, labels=("room",))
    for room in site.rooms:
        now = states.read(room)
        metric.add_metric((room.name,), {state: state == now for state in states.states})
    return metric


def _counter(family: Family, site: Site) -> Metric:
    """The totals of a family. What has never happened in a room is told as 0: of what is not there yet, a rate would
    miss the first step."""
    metric = CounterMetricFamily(f"{PREFIX}{family.name}", family.help, labels=("room", *family.labels))
    lanes = {room.name: tuple(room.lanes) for room in site.rooms}
    for total in site.totals:
        counts = dict(total.each(family))
        possible: Iterable[tuple[str, ...]] = ()
        if total.room in lanes:
            of_label = (lanes[total.room] if label == "lane" else family.values for label in family.labels)
            possible = product(*of_label)
        for labels in sorted({*counts, *possible}):
            metric.add_metric((total.room, *labels), counts.get(labels, 0))
    return metric


def _histogram(histogram: Histogram, site: Site) -> Metric:
    metric = HistogramMetricFamily(f"{PREFIX}{histogram.name}", histogram.help, labels=("room",))
    bounds = [*map(floatToGoString, histogram.bounds), "+Inf"]
    for total in site.totals:
        counts = accumulate(histogram.counts(total.counts))
        buckets = list(zip(bounds, counts, strict=True))
        metric.add_metric((total.room,), buckets, histogram.seconds(total.counts))
    return metric
