"""What became of the crowd."""

from __future__ import annotations

from dataclasses import dataclass, fields


@dataclass(slots=True)
class Tally:
    """Counts over all shoppers so far."""

    arrived: int = 0
    held: int = 0
    """Those who had to wait."""
    entered: int = 0
    bought: int = 0
    sold_out: int = 0
    """Those who came too late for what they wanted."""
    closed_tab: int = 0
    """Those who left while they waited, without a word."""
    gave_up: int = 0
    """Those who met one error after the other."""
    errors: int = 0
    """Requests that failed, and were tried again."""

    def __str__(self) -> str:
        counts = ((field.name.replace("_", " "), getattr(self, field.name)) for field in fields(self))
        return ", ".join(f"{count} {name}" for name, count in counts)
