"""The feedback of a room, read for its report."""

from __future__ import annotations

import time
from typing import Annotated

from fastapi import Query

from admin.console import Console
from waitroom.feedback.ledger import HOUR_SECONDS, FeedbackLedger
from waitroom.feedback.report import DAY_HOURS, Report, report, running_hour
from waitroom.settings import RoomSettings

MOST_DAYS = 365
DEFAULT_DAYS = 7

Days = Annotated[
    int,
    Query(
        ge=1, le=MOST_DAYS, description="So many days in UTC, with the present one; as far back as is kept."
    ),
]


def first_hour(days: int, now: float) -> int:
    """The number of the hour with which the first of so many days begins."""
    return (int(now // HOUR_SECONDS) // DAY_HOURS - days + 1) * DAY_HOURS


async def report_of(console: Console, room: RoomSettings, days: int) -> Report:
    """The report of a room. Raises :class:`~waitroom.errors.LineUnavailableError`."""
    feedback, now = room.feedback, time.time()
    ledger = FeedbackLedger(console.redis, room.name, feedback.keep)
    hours = await ledger.hours(first_hour(days, now), int(now // HOUR_SECONDS))
    return report(hours, feedback.kind, least=feedback.least, running=running_hour(now))
