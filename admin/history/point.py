"""One room in one stretch of time, and several of them as one. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from admin.standing import Standing
from waitroom.telemetry.families import ADMISSIONS, JOINS, SHOP_ANSWERS
from waitroom.telemetry.histogram import SHOP_SECONDS
from waitroom.telemetry.totals import Rise


@dataclass(frozen=True, slots=True)
class Point:
    """A room in one stretch of time. None: not known, as the latency of a shop that nobody asked anything."""

    at: int
    """When it begins, in seconds since 1970."""
    waiting: float
    """Those in line who were present, on the average."""
    waiting_most: float
    inside: float
    inside_most: float
    joins: float | None
    """A minute."""
    admissions: float | None
    """A minute."""
    target: float | None
    """Admissions a minute that were wanted; None: as many as came."""
    limited_by: str
    """What held admission back for most of it, in one word."""
    p50: float | None
    """Seconds within which half of the shop's answers began."""
    p95: float | None
    p99: float | None
    errors: float | None
    """Of the requests to the shop, the part that it failed."""
    requests: float | None
    """Requests to the shop, a second."""
    newcomer: float | None
    """Seconds that a newcomer was told."""


def point_of(at: int, standing: Standing, limited_by: str, rise: Rise) -> Point:
    """A room at one moment, with what was counted until then."""
    figures = Point(
        at=at,
        waiting=standing.waiting,
        waiting_most=standing.waiting,
        inside=standing.inside,
        inside_most=standing.inside,
        joins=None,
        admissions=None,
        target=standing.target_per_minute,
        limited_by=limited_by,
        p50=None,
        p95=None,
        p99=None,
        errors=None,
        requests=None,
        newcomer=standing.newcomer_seconds,
    )
    return counted(figures, rise)


def counted(point: Point, rise: Rise) -> Point:
    """The same with the figures that come of counting: exact, however long the stretch."""
    if rise.seconds <= 0:
        return point
    return replace(
        point,
        joins=rise.per_minute(JOINS),
        admissions=rise.per_minute(ADMISSIONS),
        p50=rise.quantile(0.5, SHOP_SECONDS),
        p95=rise.quantile(0.95, SHOP_SECONDS),
        p99=rise.quantile(0.99, SHOP_SECONDS),
        errors=rise.error_share,
        requests=rise.of(SHOP_ANSWERS) / rise.seconds,
    )


def merged(at: int, points: Sequence[Point]) -> Point:
    """Several points in a row as one: means, the highest of what is a highest, and of the latencies beyond the middle
    the worst, so that no spike is smoothed away."""

    def over(choose: Callable[[list[float]], float], name: str) -> float | None:
        known = [value for point in points if (value := getattr(point, name)) is not None]
        return choose(known) if known else None

    return Point(
        at=at,
        waiting=_mean([point.waiting for point in points]),
        waiting_most=max(point.waiting_most for point in points),
        inside=_mean([point.inside for point in points]),
        inside_most=max(point.inside_most for point in points),
        joins=over(_mean, "joins"),
        admissions=over(_mean, "admissions"),
        target=over(_mean, "target"),
        limited_by=_commonest(point.limited_by for point in points),
        p50=over(_mean, "p50"),
        p95=over(max, "p95"),
        p99=over(max, "p99"),
        errors=over(_mean, "errors"),
        requests=over(_mean, "requests"),
        newcomer=over(_mean, "newcomer"),
    )


def _mean(values: list[float]) -> float:
    return sum(values) / len(values)


def _commonest(words: Iterable[str]) -> str:
    return Counter(words).most_common(1)[0][0]
