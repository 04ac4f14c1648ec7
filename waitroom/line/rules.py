"""The live settings of a room: what ops staff change while the sale runs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from enum import StrEnum


class Mode(StrEnum):
    """How a room treats newcomers. Those inside stay inside in every mode."""

    AUTO = "auto"
    """Holds only when there is more demand than rate and capacity allow."""
    QUEUE = "queue"
    """Holds every newcomer and admits at the rate."""
    PASS = "pass"  # noqa: S105
    """Lets everyone through."""
    PAUSE = "pause"
    """Admits nobody new; newcomers get a place in line."""
    CLOSED = "closed"
    """Answers newcomers with the closed page."""


@dataclass(frozen=True, slots=True)
class Rules:
    """What decides who enters when. Durations are in milliseconds, as the scripts use them."""

    rate: float = 300.0
    """Admissions a minute."""
    capacity: int = 0
    """Visitors inside at once; 0: no cap."""
    mode: Mode = Mode.AUTO
    session_ms: int = 600_000
    """A visit ends this long after its last request."""
    keep_ms: int = 600_000
    """A called but absent visitor may still enter for this long."""
    presence_ms: int = 60_000
    """A ticket holder is absent when not seen for this long."""
    burst_ms: int = 5_000
    """The rate's allowance that an idle room saves up."""
    entry_ms: int = 60_000
    """A granted place that is not taken for this long gives its capacity back."""
    message: str = ""
    """Shown to those waiting."""

    def to_redis(self) -> dict[str, str]:
        """Field and value as the ``rules`` hash keeps them."""
        return {field.name: _as_text(getattr(self, field.name)) for field in fields(self)}

    @classmethod
    def from_redis(cls, stored: Mapping[bytes, bytes]) -> Rules:
        """The rules in a ``rules`` hash; a field that is missing has its default."""
        text = {key.decode(): value.decode() for key, value in stored.items()}
        kinds = {"rate": float, "mode": Mode, "message": str}
        known = (field.name for field in fields(cls))
        return cls(**{name: kinds.get(name, int)(text[name]) for name in known if name in text})


def _as_text(value: float | str) -> str:
    return f"{value:.6f}".rstrip("0").rstrip(".") if isinstance(value, float) else str(value)
