"""Values for the page of a Cloudflare waiting room, for visitors who are not there."""

from __future__ import annotations

from datetime import datetime

from waitroom.moved.variables import with_hours
from waitroom.previews.samples import Sample

_MINUTES = 77
_UNKNOWN = "unavailable"


def values_of(sample: Sample, now: datetime) -> dict[str, str | int | bool]:
    """What the page is told in a state."""
    known = sample.state in ("waiting", "expired", "restarted")
    minutes = _MINUTES if known else 0
    rejects, before = sample.state == "closed", sample.state == "soon"
    method = "reject" if rejects else "fifo"
    starts = 13 if before else 0
    return with_hours(
        {
            "inWaitingRoom": True,
            "waitTimeKnown": known,
            "waitTime": minutes,
            "waitTime25Percentile": 0,
            "waitTime50Percentile": 0,
            "waitTime75Percentile": 0,
            "waitTimeFormatted": "1 hour 17 minutes" if known else _UNKNOWN,
            "queueIsFull": False,
            "queueAll": sample.state == "paused",
            "lastUpdated": now.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "refreshIntervalSeconds": 0 if rejects else 20,
            "queueingMethod": method,
            "isFIFOQueue": not rejects,
            "isRandomQueue": False,
            "isPassthroughQueue": False,
            "isRejectQueue": rejects,
            "isEventActive": before,
            "isEventPrequeueing": before,
            "timeUntilEventStart": starts,
            "timeUntilEventStartFormatted": f"{starts} minutes" if before else _UNKNOWN,
            "timeUntilEventEnd": 0,
            "timeUntilEventEndFormatted": _UNKNOWN,
            "shuffleAtEventStart": sample.drawn,
            "turnstile": "",
            "infiniteQueue": False,
        }
    )
