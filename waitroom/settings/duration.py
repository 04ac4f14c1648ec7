"""Durations as people write them: ``"10m"``, ``"1h30m"``, ``"500ms"``, or a plain number of seconds."""

from __future__ import annotations

import re

_MILLISECONDS = {"d": 86_400_000, "h": 3_600_000, "m": 60_000, "s": 1_000, "ms": 1}
_NUMBER = r"[0-9]+(?:\.[0-9]+)?"
_WRITTEN = re.compile(r"\s*".join(rf"(?:(?P<{unit}>{_NUMBER}){unit})?" for unit in _MILLISECONDS))
_PLAIN = re.compile(_NUMBER)


def parse_duration(given: object) -> float:
    """Return the seconds that ``given`` stands for.

    A number is taken as seconds. A string names its units from the longest to the shortest, each at
    most once (``d``, ``h``, ``m``, ``s``, ``ms``), or is a plain number of seconds. Raises
    ``ValueError`` for anything else, negative durations included.
    """
    if isinstance(given, bool) or not isinstance(given, str | int | float):
        raise ValueError("not a duration")  # noqa: TRY004 - pydantic maps ValueError only
    if not isinstance(given, str):
        seconds = float(given)
        if not 0 <= seconds < float("inf"):
            raise ValueError("not a duration")
        return seconds
    text = given.strip()
    if _PLAIN.fullmatch(text):
        return float(text)
    written = _WRITTEN.fullmatch(text)
    if not text or written is None:
        raise ValueError("not a duration")
    parts = ((unit, number) for unit, number in written.groupdict().items() if number is not None)
    return sum(float(number) * _MILLISECONDS[unit] for unit, number in parts) / 1_000


def format_duration(seconds: float) -> str:
    """Write ``seconds`` as :func:`parse_duration` reads it, to the millisecond: ``90`` is ``"1m30s"``."""
    rest = round(seconds * 1_000)
    written = ""
    for unit, size in _MILLISECONDS.items():
        count, rest = divmod(rest, size)
        if count:
            written += f"{count}{unit}"
    return written or "0s"
