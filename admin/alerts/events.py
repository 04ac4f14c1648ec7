"""An event: what channels are told. Its type is stable; other people's programs go by it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from pydantic import JsonValue, TypeAdapter

from waitroom.settings import NotifySettings, Severity

PREFIX = "org.waitroom."
"""Begins the type of each event that leaves."""
TEST = "test"
"""The type of what the test button sends."""


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened."""

    id: str
    """Unique: the same event has the same id however often it is sent."""
    type: str
    """Without :data:`PREFIX`, such as ``room.rate_changed``."""
    at: float
    """Seconds since 1970."""
    title: str
    """For people: one line."""
    text: str
    """For people: all of it."""
    room: str = ""
    """Empty: the site as a whole."""
    severity: Severity = Severity.INFO
    data: Mapping[str, JsonValue] = field(default_factory=dict)

    @property
    def moment(self) -> datetime:
        """When it happened."""
        return datetime.fromtimestamp(self.at, UTC)

    @property
    def time(self) -> str:
        """The same as a text, RFC 3339 in UTC."""
        return f"{self.moment:%Y-%m-%dT%H:%M:%S}.{self.moment.microsecond // 1000:03d}Z"

    def to_json(self) -> bytes:
        """As :meth:`from_json` reads it."""
        return _JSON.dump_json(self)

    @classmethod
    def from_json(cls, text: bytes | str) -> Event:
        """The event in such a text. Raises ``ValueError``."""
        return _JSON.validate_json(text)


_JSON = TypeAdapter(Event)


def is_wanted(channel: NotifySettings, event: Event) -> bool:
    """Whether a channel is told of an event."""
    if event.type.startswith("alert.") and event.severity.rank < channel.severity.rank:
        return False
    if event.room and channel.rooms and event.room not in channel.rooms:
        return False
    unwanted = [pattern[1:] for pattern in channel.events if pattern.startswith("!")]
    wanted = [pattern for pattern in channel.events if not pattern.startswith("!")]
    return _matches(wanted, event.type) and not _matches(unwanted, event.type)


def wants_rooms(channels: Iterable[NotifySettings]) -> bool:
    """Whether any of the channels is told of what goes into the records of rooms."""
    return any(
        not pattern.startswith("!") and pattern.partition(".")[0] in ("*", "room")
        for channel in channels
        for pattern in channel.events
    )


def _matches(patterns: Iterable[str], kind: str) -> bool:
    return any(
        kind.startswith(pattern[:-1]) if pattern.endswith("*") else kind == pattern for pattern in patterns
    )
