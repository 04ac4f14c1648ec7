"""Times and shares as one says them."""

from __future__ import annotations


def long(seconds: float | None) -> str:
    """A time as one says it: ``48 s``, ``7 min``, ``2 h 05 min``."""
    if seconds is None:
        return "never"
    if seconds < 100:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 100 else f"{minutes // 60} h {minutes % 60:02} min"


def share(part: float) -> str:
    """A share as a percentage, with a decimal where it is small."""
    percent = 100 * part
    return f"{percent:.1f} %" if 0 < percent < 10 else f"{percent:.0f} %"
