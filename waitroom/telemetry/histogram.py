"""Times in fixed buckets, which add up over workers, and what can be read from them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import inf

from waitroom.record.live import WAIT_SECONDS


@dataclass(frozen=True, slots=True)
class Histogram:
    """How long something took. Each bucket has a field of its own in Redis, and so has the sum, in microseconds."""

    name: str
    help: str
    bounds: tuple[float, ...]
    """The upper ends of the buckets in seconds; a last bucket has what is longer."""

    @property
    def fields(self) -> tuple[str, ...]:
        """The field of each bucket, the last one included."""
        return tuple(f"{self.name}:{at}" for at in range(len(self.bounds) + 1))

    @property
    def sum_field(self) -> str:
        """The field of the sum."""
        return f"{self.name}:us"

    def counts(self, counts: Mapping[str, int]) -> list[int]:
        """How many fell into each bucket."""
        return [counts.get(name, 0) for name in self.fields]

    def seconds(self, counts: Mapping[str, int]) -> float:
        """The sum of all times."""
        return counts.get(self.sum_field, 0) / 1e6


def log_spaced(least: float, most: float, *, a_decade: int) -> tuple[float, ...]:
    """Bounds from ``least`` to ``most`` or just beyond, so many to each factor of ten, to two digits."""
    bounds: list[float] = []
    while not bounds or bounds[-1] < most:
        bounds.append(float(f"{least * 10 ** (len(bounds) / a_decade):.2g}"))
    return tuple(bounds)


def quantile(share: float, bounds: Sequence[float], counts: Sequence[int]) -> float | None:
    """The time within which ``share`` of the times lie; None where there are none.

    Within its bucket it is interpolated along the logarithm, for the buckets are even there (in the first one, from
    half its bound); beyond the last bound nothing is known, and the bound is told.
    """
    total = sum(counts)
    if not total:
        return None
    rank, seen = share * total, 0
    for at, ((low, high), count) in enumerate(
        zip(pairwise((bounds[0] / 2, *bounds, inf)), counts, strict=True)
    ):
        if count and seen + count >= rank:
            if at == len(bounds):
                return bounds[-1]
            return float(low * (high / low) ** ((rank - seen) / count))
        seen += count
    return bounds[-1]


SHOP_SECONDS = Histogram(
    "shop_response_seconds",
    "From the moment a request goes to the shop until its answer begins, or until it has taken too long. WebSockets, "
    "event streams and requests with a body of 100 kB or more are left out: there the visitor is waited for.",
    log_spaced(0.001, 60, a_decade=4),
)
LINE_SECONDS = Histogram(
    "line_wait_seconds",
    "How long those stood in line who were let in from it.",
    tuple(map(float, WAIT_SECONDS)),
)
HISTOGRAMS = (SHOP_SECONDS, LINE_SECONDS)
