"""What one visitor saw of the line, from getting a place to entering or going away."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple


class End(StrEnum):
    """How a stay in the line ended."""

    ADMITTED = "admitted"
    GONE = "gone"
    """Gave up: closed the tab without a word."""
    WAITING = "waiting"
    """Still in line when the run ended."""


class Told(NamedTuple):
    """A position that the visitor was told, and when (seconds since 1970, by this machine's clock)."""

    at: float
    position: int


class Stay(NamedTuple):
    """A stay that is over. Times are seconds since 1970."""

    kind: str
    lane: str
    number: int
    came: float
    waited_until: float
    """Until then it is sure that it had not been called: for those who poll, their last question; for those with an
    event stream, when they were told of the turn."""
    ended: float
    end: End
    away_since: float | None
    """From then on it may have counted as absent; None: present throughout."""
    told: tuple[Told, ...]
    """Some of the positions: the first, and one later by chance."""
    promised: tuple[float, float, float] | None
    """The first estimate: when it was told, and the range of moments of the admission that it stands for."""
    rises: int
    """How often a position was told that is higher than the one before."""
    places_lost: int
    """How often the visitor came back and had another number."""
