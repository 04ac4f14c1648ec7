"""Numbers and times as the pages say them; `format.js` says them the same way."""

from __future__ import annotations


def number(value: float | None) -> str:
    """A number with its thousands apart: 12,345, and 2.5; a dash for one that is not known."""
    if value is None:
        return "–"
    return f"{value:,.0f}" if value == int(value) or abs(value) >= 100 else f"{value:,.1f}"


def span(seconds: float | None) -> str:
    """A length of time by its two largest units: 45 s, 12 min, 1 h 20 min; a dash where it is not known."""
    if seconds is None:
        return "–"
    whole = max(round(seconds), 0)
    if whole < 60:
        return f"{whole} s"
    minutes, rest = divmod(whole, 60)
    if minutes < 10:
        return f"{minutes} min {rest} s" if rest else f"{minutes} min"
    minutes = round(whole / 60)
    if minutes < 60:
        return f"{minutes} min"
    hours, minutes = divmod(minutes, 60)
    if hours < 24:
        return f"{hours} h {minutes} min" if minutes else f"{hours} h"
    days, hours = divmod(round(whole / 3600), 24)
    return f"{days} d {hours} h" if hours else f"{days} d"


def sentence(text: str) -> str:
    """A text with its first letter a capital one."""
    return text[:1].upper() + text[1:]
