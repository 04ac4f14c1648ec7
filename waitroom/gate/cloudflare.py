"""The document that Cloudflare's waiting rooms give to apps, so that one that reads it can move over.

Source: ``json_response_enabled`` in Cloudflare's API reference, "Create waiting room"; its fields 1 to 25. Where a room
here knows more than the document can say, the nearest truth is told; what cannot be known is said to be unknown.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime

from pydantic_core import to_json

from waitroom.gate.answers import Header
from waitroom.gate.state import State
from waitroom.line.plan import StepKind
from waitroom.line.room import Room
from waitroom.line.rules import Mode, SoldOut

_UNAVAILABLE = "unavailable"
_METHODS = {Mode.CLOSED: "reject", Mode.PASS: "passthrough"}


def asks_for_cloudflares(headers: Iterable[Header]) -> bool:
    """Whether ``Accept`` is exactly what Cloudflare wants it to be."""
    return [value.strip().lower() for name, value in headers if name == b"accept"] == [b"application/json"]


def cloudflares(room: Room, state: State, now: float) -> bytes:
    """The document for somebody who is held. ``now`` is in seconds since 1970."""
    return to_json({"cfWaitingRoom": members(room, state, now)})


def members(room: Room, state: State, now: float) -> dict[str, str | int | bool]:
    """The document's members, which are the variables of Cloudflare's templates as well."""
    mode, eta = room.rules.mode, state.eta
    method = _METHODS.get(mode, "fifo")
    minutes = -(-eta.seconds // 60) if eta else 0
    before = room.is_before_opening
    closes = _closes_ms(room)
    # an event that nothing ends is the room as it is from its opening on
    is_event = bool(room.event.name) and (before or closes is not None)
    until_start = _minutes_until(state.opens_at, now) if is_event and before else None
    until_end = _minutes_until(closes, now) if is_event else None
    return {
        "inWaitingRoom": True,
        "waitTimeKnown": eta is not None,
        "waitTime": minutes,
        # those of a random queue; nobody's turn is a matter of chance here once it is given
        "waitTime25Percentile": 0,
        "waitTime50Percentile": 0,
        "waitTime75Percentile": 0,
        "waitTimeFormatted": _formatted(minutes if eta else None),
        # a line has no end here: who comes gets a place, unless all is sold out; a closed room is "reject"
        "queueIsFull": room.rules.sold_out is SoldOut.YES and room.rules.is_halted,
        "queueAll": room.rules.is_halted,
        "lastUpdated": datetime.fromtimestamp(now, UTC)
        .isoformat(timespec="milliseconds")
        .replace("+00:00", "Z"),
        "refreshIntervalSeconds": 0 if method == "reject" else state.refresh_after,
        "queueingMethod": method,
        "isFIFOQueue": method == "fifo",
        "isRandomQueue": False,
        "isPassthroughQueue": method == "passthrough",
        "isRejectQueue": method == "reject",
        "isEventActive": is_event,
        "isEventPrequeueing": is_event and before,
        "timeUntilEventStart": until_start or 0,
        "timeUntilEventStartFormatted": _formatted(until_start),
        "timeUntilEventEnd": until_end or 0,
        "timeUntilEventEndFormatted": _formatted(until_end),
        "shuffleAtEventStart": is_event and bool(room.event.commitment),
        "turnstile": "",
        "infiniteQueue": False,
    }


def _closes_ms(room: Room) -> int | None:
    """When the event closes that the room is in; None: it is over, or never does by itself."""
    for step in room.plan.steps:
        if step.kind is StepKind.SET and step.event == room.event.name and "mode" in step.changes:
            return step.at_ms
    return None


def _minutes_until(at_ms: int | None, now: float) -> int | None:
    return None if at_ms is None else max(-int((now * 1000 - at_ms) // 60_000), 0)


def _formatted(minutes: int | None) -> str:
    """In English words, as "10 minutes"."""
    if minutes is None:
        return _UNAVAILABLE
    hours, rest = divmod(minutes, 60)
    parts = ((hours, "hour"), (rest, "minute"))
    words = [f"{count} {unit}{'' if count == 1 else 's'}" for count, unit in parts if count]
    return " ".join(words) or "0 minutes"
