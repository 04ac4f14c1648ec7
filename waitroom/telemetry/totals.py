"""The sums of a room at one moment, and what came to pass between two. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from waitroom.telemetry.families import FAILURES, SHOP_ANSWERS, Family
from waitroom.telemetry.histogram import Histogram, quantile


@dataclass(frozen=True, slots=True)
class Counts:
    """Counts by field."""

    counts: Mapping[str, int] = field(default_factory=dict)

    def of(self, family: Family, *labels: str) -> int:
        """One count, or with fewer labels than the family has, the sum of all that begin with these."""
        name = family.field(*labels)
        if len(labels) == len(family.labels):
            return self.counts.get(name, 0)
        return sum(count for each, count in self.counts.items() if each.startswith(f"{name}:"))

    def each(self, family: Family) -> Iterator[tuple[tuple[str, ...], int]]:
        """All counts of a family with their labels."""
        for name, count in self.counts.items():
            first, *labels = name.split(":")
            if first == family.name and len(labels) == len(family.labels):
                yield tuple(labels), count

    def quantile(self, share: float, of: Histogram) -> float | None:
        """The seconds within which ``share`` of the times lie; None where there are none."""
        return quantile(share, of.bounds, of.counts(self.counts))

    @property
    def error_share(self) -> float | None:
        """Of the requests to the shop whose fate is known, the part that it failed; None where there are none."""
        answers = dict(self.each(SHOP_ANSWERS))
        known = sum(count for (outcome,), count in answers.items() if outcome != "gone")
        return sum(answers.get((outcome,), 0) for outcome in FAILURES) / known if known else None


@dataclass(frozen=True, slots=True)
class Totals(Counts):
    """What all workers have counted of a room. The counts only rise, but for a Redis that lost everything: then they
    begin anew at 0."""

    room: str = ""
    at: float = 0.0
    """When they were read, in seconds since 1970 by Redis's clock."""
    since: float = 0.0
    """When they began, likewise; 0: nothing was counted yet."""

    def no_less_than(self, before: Totals) -> Totals:
        """The same, where Redis lost its last moments the counts of ``before``: what only rises must not fall a little,
        or whoever works out a rate takes it for a new beginning, and counts all there is a second time."""
        if self.since != before.since:
            return self
        counts = dict(self.counts)
        for name, count in before.counts.items():
            if counts.get(name, 0) < count:
                counts[name] = count
        return replace(self, counts=counts)


@dataclass(frozen=True, slots=True)
class Rise(Counts):
    """What was counted within ``seconds``."""

    seconds: float = 0.0

    def per_minute(self, family: Family, *labels: str) -> float | None:
        """How often a minute; None where no time has passed."""
        return self.of(family, *labels) * 60 / self.seconds if self.seconds > 0 else None


def difference(before: Totals, after: Totals) -> Rise:
    """What was counted between two moments. Where the totals began anew meanwhile it is what they have come to since,
    as with Prometheus' ``rate``: what was counted between the last look and the loss is not known."""
    seconds = max(after.at - before.at, 0.0)
    if after.since != before.since:
        return Rise(dict(after.counts), seconds)
    known = before.counts
    rises = {name: count - known.get(name, 0) for name, count in after.counts.items()}
    return Rise({name: rise for name, rise in rises.items() if rise > 0}, seconds)
