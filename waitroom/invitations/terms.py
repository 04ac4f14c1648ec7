"""Times of invitations as they are typed."""

from __future__ import annotations

from datetime import datetime, timedelta

from waitroom.invitations.minting import MintingError, Terms
from waitroom.settings import parse_duration


def agreed(lane: str, *, uses: int, expires: str, begins: str, now: float) -> Terms:
    """Terms from what somebody typed; ``begins`` is empty where they count at once. Raises
    :class:`~waitroom.invitations.minting.MintingError`."""
    return Terms.agreed(
        lane,
        uses=uses,
        expires=_until(expires),
        begins=_instant("begins", begins) if begins else None,
        now=now,
    )


def _until(text: str) -> timedelta | datetime:
    try:
        return timedelta(seconds=parse_duration(text))
    except (ValueError, OverflowError):
        return _instant("expires", text)


def _instant(name: str, text: str) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except ValueError as error:
        allowed = "2026-05-01T10:00+02:00" if name == "begins" else "7d, or 2026-05-01T10:00+02:00"
        raise MintingError(f"{name}: {text!r} was given, allowed is a time such as {allowed}") from error
