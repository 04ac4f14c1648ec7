"""What a browser says to the gateway, and how the gateway's own answers are told from the shop's."""

from __future__ import annotations

from collections.abc import Mapping

NAVIGATION: Mapping[str, str] = {
    "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
    "Sec-Fetch-Mode": "navigate",
    "Sec-Fetch-Dest": "document",
    "Sec-Fetch-Site": "same-origin",
    "User-Agent": "Mozilla/5.0 (compatible; waitroom-demo-crowd)",
}
"""The headers of someone who opens a page."""

EVENT_STREAM: Mapping[str, str] = {
    "Accept": "text/event-stream",
    "Accept-Encoding": "identity",
    "Sec-Fetch-Mode": "cors",
    "Sec-Fetch-Dest": "empty",
}
"""The headers of the waiting page's script when it follows the line."""

HOLD_STATUSES = frozenset({200, 202, 429, 503})
"""The statuses that a waiting page may be set to have."""


def room_that_holds(status: int, room: str | None) -> str | None:
    """The room that answered instead of the shop, if one did; ``room`` is the answer's ``Waitroom-Room``."""
    return room if status in HOLD_STATUSES else None


def events_path(room: str) -> str:
    """Where a ticket holder follows their place in that room's line."""
    return f"/__waitroom/{room}/events"
