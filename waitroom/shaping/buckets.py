"""How often something may happen: the generic cell rate algorithm, pure. ``scripts/take.lua`` follows this file.

A bucket lets ``most`` through at once and one more each ``window / most`` after that (ITU-T I.371, the virtual
scheduling form; Brandur Leach, "Rate Limiting, Cells, and GCRA"). It is one number, the *theoretical arrival time*
at which it would be empty again: that is all there is to store, and when it has passed nothing need be.
"""

from __future__ import annotations

from dataclasses import dataclass

_GRAIN_MS = 0.001
"""What is stored is no finer."""


@dataclass(frozen=True, slots=True)
class Bucket:
    """A limit of one place. ``key`` is its name in Redis; ``most`` is at least 1, ``window_ms`` too."""

    key: str
    most: int
    window_ms: int


def take(arrival: float, now: float, *, most: int, window_ms: float) -> tuple[float, float]:
    """The new theoretical arrival time, and for how many milliseconds the bucket is still too full.

    0 says that it was taken from; otherwise nothing has changed. ``arrival`` is the one that is stored, 0 where none
    is. One that lies more than a window ahead was stored before a clock ran backwards, and counts as a window.
    """
    step = window_ms / most
    before = min(max(arrival, now), now + window_ms)
    after = before + step
    wait = after - window_ms - now
    return (after, 0.0) if wait <= _GRAIN_MS else (arrival, wait)
