"""Moments as the pages say them. A script turns them into the viewer's own zone; without it they are in UTC."""

from __future__ import annotations

from datetime import UTC, datetime

from markupsafe import Markup


def moment(seconds: float | None, *, precise: bool = False) -> Markup:
    """A moment, given in seconds since 1970, as an element, to the minute or the second; a dash where there is none."""
    if seconds is None:
        return Markup("–")
    when = datetime.fromtimestamp(seconds, UTC)
    style, form = ("medium", "%Y-%m-%d %H:%M:%S UTC") if precise else ("short", "%Y-%m-%d %H:%M UTC")
    return Markup('<time datetime="{}" data-local="{}">{}</time>').format(
        when.isoformat(timespec="seconds"), style, when.strftime(form)
    )
