"""What a chart draws: the points of one room at even distances. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from math import ceil

from pydantic import BaseModel, Field

from admin.history.point import Point, merged
from admin.history.resolution import COARSE, FINE, MIDDLE, Resolution

MOST_POINTS = 900
"""Of one series: a chart has no more room."""
LATE_STEPS = 2
"""So many points may be missing in a row and are drawn as the one before: a look that came late is no gap."""
_DIGITS = 4

Line = list[float | None]


class Span(StrEnum):
    """How far back a chart goes."""

    QUARTER = "15m"
    HOURS = "3h"
    EVENT = "event"
    """All that is kept: up to seven days."""

    @property
    def resolution(self) -> Resolution:
        """What it is made of."""
        return {Span.QUARTER: FINE, Span.HOURS: MIDDLE, Span.EVENT: COARSE}[self]


class Series(BaseModel):
    """A room over time. Each list has one value for each step; null: nothing is known of it."""

    room: str
    span: Span
    begin: int = Field(description="When the first step begins, in seconds since 1970.")
    step_seconds: int
    waiting: Line = Field(description="Those in line who were present.")
    waiting_most: Line
    inside: Line = Field(description="Those inside, with those who were called and were about to enter.")
    inside_most: Line
    joins: Line = Field(description="A minute.")
    admissions: Line = Field(description="A minute.")
    target: Line = Field(
        description="Admissions a minute that were wanted; null too where everyone might enter."
    )
    limited_by: list[str | None] = Field(description="What held admission back.")
    p50: Line = Field(description="Seconds within which half of the shop's answers began.")
    p95: Line
    p99: Line
    errors: Line = Field(description="Of the requests to the shop, the part that it failed, from 0 to 1.")
    requests: Line = Field(description="Requests to the shop, a second.")
    newcomer: Line = Field(description="Seconds that a newcomer was told.")


_LINES = tuple(
    name
    for name in Series.model_fields
    if name not in ("room", "span", "begin", "step_seconds", "limited_by")
)


def series_of(room: str, span: Span, points: Mapping[int, Point], begin: float, now: float) -> Series:
    """The series from ``begin`` to ``now``, of points by the time at which they begin; of an event, from the first one
    on, and in longer steps where there are too many for a chart."""
    resolution = span.resolution
    step, first = resolution.step_seconds, resolution.begin(begin)
    if span is Span.EVENT:
        first = max(first, min(points, default=int(now)))
        step *= max(ceil((now - first) / step / MOST_POINTS), 1)
        points, first = _in_steps(step, points), first // step * step
    last = int(now) // step * step
    if last not in points:
        last -= step  # it is under way, and no gap
    first = max(first, last - MOST_POINTS * step + step)
    found = _filled([points.get(at) for at in range(first, last + step, step)])
    lines = {
        name: [None if point is None else _short(getattr(point, name)) for point in found] for name in _LINES
    }
    return Series(
        room=room,
        span=span,
        begin=first,
        step_seconds=step,
        limited_by=[None if point is None else point.limited_by for point in found],
        **lines,
    )


def _in_steps(step: int, points: Mapping[int, Point]) -> Mapping[int, Point]:
    """The points in longer steps."""
    groups: dict[int, list[Point]] = {}
    for at in sorted(points):
        groups.setdefault(at // step * step, []).append(points[at])
    return {at: merged(at, group) for at, group in groups.items()}


def _filled(points: list[Point | None]) -> list[Point | None]:
    filled, known = list(points), None
    for at, point in enumerate(points):
        if point is None:
            continue
        if known is not None and at - known - 1 <= LATE_STEPS:
            filled[known + 1 : at] = [points[known]] * (at - known - 1)
        known = at
    return filled


def _short(value: float | None) -> float | None:
    return None if value is None else round(value, _DIGITS)
