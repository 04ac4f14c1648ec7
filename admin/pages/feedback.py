"""The page of a room's feedback: when people leave, and how they found the wait. Drawn here; it needs no script."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Request, Response

from admin.api.rooms.path import SeenOfPath
from admin.auth.access import Viewer
from admin.console import console_of
from admin.feedback.reading import DEFAULT_DAYS, report_of
from admin.pages.templates import page
from admin.pages.words import span
from waitroom.feedback.buckets import begin_of, end_of
from waitroom.feedback.question import Kind
from waitroom.feedback.report import Period, Report
from waitroom.feedback.survival import Point, Stood

router = APIRouter(include_in_schema=False)

SPANS = {1: "Today", 7: "7 days", 30: "30 days", 90: "90 days"}
"""What can be chosen, in days."""
MOST_PERIODS = 200
_TICKS = (60, 120, 300, 600, 900, 1800, 3600)


@dataclass(frozen=True, slots=True)
class Tick:
    """A place on an axis, in percent of it, and what stands there."""

    at: float
    text: str


@dataclass(frozen=True, slots=True)
class CurveDrawn:
    """The curve in a square of 100 by 100, the origin at its top left."""

    line: str
    band: str
    """Within which it lies nineteen times in twenty."""
    ticks: tuple[Tick, ...]
    last: Point


@dataclass(frozen=True, slots=True)
class WaitRow:
    """A bucket with its part of the curve."""

    words: str
    stood: Stood
    point: Point | None


@dataclass(frozen=True, slots=True)
class BarRow:
    """Those who waited for about as long: ``height`` is their mean, in percent of the best."""

    words: str
    begin: int
    """From how many minutes on."""
    answers: int
    mean: float
    score: float
    height: float


@dataclass(frozen=True, slots=True)
class PeriodRow:
    """Some hours, in the room's zone."""

    words: str
    period: Period


@router.get("/rooms/{room}/feedback", name="room-feedback")
async def feedback_page(request: Request, actor: Viewer, seen: SeenOfPath) -> Response:
    """The curve, the opinion by the length of the wait, and the hours."""
    given = request.query_params.get("days", "")
    days = next((each for each in SPANS if str(each) == given), DEFAULT_DAYS)
    found = await report_of(console_of(request), seen.settings, days)
    return page(
        request,
        "room-feedback.html",
        actor,
        here="room-feedback",
        room=seen.room.name,
        timezone=seen.settings.timezone,
        settings=seen.settings.feedback,
        spans=SPANS,
        days=days,
        report=found,
        curve=drawn(found.points),
        waits=waits(found),
        bars=bars(found),
        scores=found.kind.scores if found.kind else (),
        most_score=max(found.scores.values(), default=0),
        gone=found.total.gone,
        periods=[
            PeriodRow(hours_of(period, ZoneInfo(seen.settings.timezone)), period)
            for period in reversed(found.periods[-MOST_PERIODS:])
        ],
    )


def drawn(points: Sequence[Point]) -> CurveDrawn | None:
    """The curve as a picture; None where too little is known."""
    if len(points) < 2:
        return None
    last = points[-1]

    def at(seconds: float, share: float) -> str:
        return f"{100 * seconds / last.seconds:.2f},{100 - 100 * share:.2f}"

    upper = [at(point.seconds, point.high) for point in points]
    lower = [at(point.seconds, point.low) for point in reversed(points)]
    step = next((each for each in _TICKS if last.seconds / each <= 4), _TICKS[-1])
    ticks = tuple(Tick(100 * each / last.seconds, span(each)) for each in range(step, last.seconds + 1, step))
    return CurveDrawn(
        line=" ".join(at(point.seconds, point.staying) for point in points),
        band=" ".join(upper + lower),
        ticks=(Tick(0, "0"), *ticks),
        last=last,
    )


def waits(found: Report) -> list[WaitRow]:
    """The buckets up to the last one in which anybody stood."""
    points = {point.seconds: point for point in found.points}
    rows = [
        WaitRow(words_of(begin_of(bucket), end_of(bucket)), stood, points.get(end_of(bucket) or 0))
        for bucket, stood in enumerate(found.table)
    ]
    while rows and rows[-1].stood == Stood():
        rows.pop()
    return rows


def bars(found: Report) -> list[BarRow]:
    """The means by the length of the wait."""
    scores = (found.kind or Kind.CSAT).scores
    least, most = scores[0], scores[-1]
    return [
        BarRow(
            words_of(each.begin, each.end),
            each.begin // 60,
            each.opinion.answers,
            each.opinion.mean,
            each.opinion.score,
            100 * (each.opinion.mean - least) / (most - least),
        )
        for each in found.by_wait
    ]


def hours_of(period: Period, zone: ZoneInfo) -> str:
    """Some hours of a day: "Sun 22 Nov, 10:00 to 12:00"."""
    begin, end = (datetime.fromtimestamp(at, zone) for at in (period.begin, period.end))
    return f"{begin:%a} {begin.day} {begin:%b}, {begin:%H:%M} to {end:%H:%M}"


def words_of(begin: int, end: int | None) -> str:
    """A length of waiting: "2–5 min"."""
    if end is None:
        return f"over {span(begin)}" if begin else "any"
    if end <= 3600:
        return f"{begin // 60}–{end // 60} min"
    return f"{span(begin)}–{span(end)}"
