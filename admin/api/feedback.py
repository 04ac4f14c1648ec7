"""When people leave the line, and what those say who waited."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from fastapi import APIRouter, Query, Request
from pydantic import JsonValue

from admin.api.rooms.path import SeenOfPath
from admin.auth.access import Viewer
from admin.console import console_of
from admin.documented import AS_CSV, both
from admin.export import Format, FormatOfQuery, table
from admin.feedback.reading import DEFAULT_DAYS, Days, report_of
from admin.feedback.state import FeedbackState

router = APIRouter(prefix="/api/rooms/{room}", tags=["rooms"])


class Part(StrEnum):
    """What a table has a row for."""

    WAITS = "waits"
    """A bucket of waiting time, with the curve."""
    OPINIONS = "opinions"
    """Waits that are about as long, with what is said of them."""
    PERIODS = "periods"
    """Some hours."""


@router.get(
    "/feedback", operation_id="getFeedback", response_model=FeedbackState, responses={200: both(AS_CSV)}
)
async def get_feedback(
    request: Request,
    _: Viewer,
    seen: SeenOfPath,
    days: Days = DEFAULT_DAYS,
    form: FormatOfQuery = Format.JSON,
    rows: Annotated[Part, Query(description="Of CSV: what has a row.")] = Part.WAITS,
) -> object:
    """After how long people leave, and what they say of the wait: sums of whole hours, with no answer told alone."""
    found = await report_of(console_of(request), seen.settings, days)
    state = FeedbackState.of(seen.room.name, seen.settings.feedback.least, found)
    if form is Format.CSV:
        return table(f"{seen.room.name}-feedback-{rows}.csv", _rows(state, rows))
    return state


def _rows(state: FeedbackState, part: Part) -> list[dict[str, JsonValue]]:
    match part:
        case Part.OPINIONS:
            names = ("from_seconds", "to_seconds", "answers", "mean", "score")
            told = [each.model_dump(mode="json") for each in state.by_wait]
            return [{name: each[name] for name in names} for each in told]
        case Part.PERIODS:
            return [_period(each.model_dump(mode="json")) for each in state.periods]
    points = {point.seconds: point for point in state.curve}
    rows: list[dict[str, JsonValue]] = []
    for wait in state.waits:
        point = points.get(wait.to_seconds or 0)
        rows.append(
            wait.model_dump(mode="json")
            | {
                "staying": point.staying if point else None,
                "low": point.low if point else None,
                "high": point.high if point else None,
            }
        )
    return rows


def _period(told: dict[str, JsonValue]) -> dict[str, JsonValue]:
    """With a column for each figure, where there is no opinion as well."""
    return told | {"opinion": told["opinion"] or {"answers": None, "mean": None, "score": None}}
