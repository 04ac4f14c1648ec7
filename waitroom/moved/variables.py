"""The variables of Cloudflare's templates: those of its ``cfWaitingRoom`` document."""

from __future__ import annotations

VARIABLES = frozenset(
    {
        "inWaitingRoom", "waitTimeKnown", "waitTime", "waitTimeHours", "waitTimeHourMinutes", "waitTime25Percentile",
        "waitTime50Percentile", "waitTime75Percentile", "waitTimeFormatted", "queueIsFull", "queueAll", "lastUpdated",
        "refreshIntervalSeconds", "queueingMethod", "isFIFOQueue", "isRandomQueue", "isPassthroughQueue",
        "isRejectQueue", "isEventActive", "isEventPrequeueing", "timeUntilEventStart", "timeUntilEventStartFormatted",
        "timeUntilEventEnd", "timeUntilEventEndFormatted", "shuffleAtEventStart", "turnstile", "infiniteQueue",
    }
)  # fmt: skip
"""All that a page may name. Two are of templates alone: ``waitTimeHours`` is ``floor(waitTime / 60)``, and
``waitTimeHourMinutes`` what is above them."""


def with_hours(members: dict[str, str | int | bool]) -> dict[str, str | int | bool]:
    """The members of the document, and those of templates alone."""
    hours, minutes = divmod(int(members["waitTime"]), 60)
    return {**members, "waitTimeHours": hours, "waitTimeHourMinutes": minutes}
