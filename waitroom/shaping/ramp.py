"""A rate that changes in steps after the opening: ``100, then +50 every 5m to 600``. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

_NUMBER = r"(?P<{}>\d{{1,7}}(?:\.\d{{1,3}})?)"
_PER_MINUTE = r"\s*(?:/\s*min(?:ute)?)?"
_DURATION = r"(?P<duration>\d+(?:\.\d+)?)\s*(?P<unit>h|hours?|m|min|minutes?|s|sec|seconds?)"
_START = re.compile(_NUMBER.format("rate") + _PER_MINUTE)
_AFTER = re.compile(r"(?:then\s+)?" + _NUMBER.format("rate") + _PER_MINUTE + r"\s+after\s+" + _DURATION)
_EVERY = re.compile(
    r"(?:then\s+)?(?P<sign>[+-])\s*"
    + _NUMBER.format("by")
    + _PER_MINUTE
    + r"\s+every\s+"
    + _DURATION
    + r"\s+to\s+"
    + _NUMBER.format("to")
    + _PER_MINUTE
)
_SECONDS = {"h": 3600, "m": 60, "s": 1}
MAX_STEPS = 500
"""Of one ramp: more is a mistake in the units."""
HIGHEST = 1_000_000.0


class RampError(ValueError):
    """A ramp that cannot be read, and why."""


@dataclass(frozen=True, slots=True)
class Ramp:
    """Rates in admissions a minute, each with the seconds after the opening from which it holds; the first is at 0."""

    steps: tuple[tuple[float, float], ...]

    HELP: ClassVar[str] = '"100", "100, then +50 every 5m to 600", "100, 300 after 10m"'

    @classmethod
    def parse(cls, text: str) -> Ramp:
        """The ramp that a text says. Raises :class:`RampError`, which tells the part that is wrong.

        Parts are set apart by commas. The first is the rate at the opening. Each of the others is either a rate and
        how long after the opening it holds (``300 after 10m``), or a series that goes on from the part before it
        (``then +50 every 5m to 600``; the last step ends on the bound exactly).
        """
        first, *others = [part.strip() for part in text.split(",")]
        start = _START.fullmatch(first)
        if start is None:
            raise RampError(f"{first!r} is not a rate a minute")
        steps = [(0.0, float(start["rate"]))]
        for part in others:
            steps.extend(_steps(part, steps[-1]))
            if len(steps) > MAX_STEPS:
                raise RampError(f"{part!r} has more than {MAX_STEPS} steps")
        if max(rate for _, rate in steps) > HIGHEST:
            raise RampError(f"a rate is at most {HIGHEST:.0f} a minute")
        return cls(tuple(steps))


def _steps(part: str, last: tuple[float, float]) -> Iterator[tuple[float, float]]:
    at, rate = last
    if found := _AFTER.fullmatch(part):
        seconds = _seconds(found)
        if seconds <= at:
            raise RampError(f"{part!r} comes before the step in front of it")
        yield seconds, float(found["rate"])
    elif found := _EVERY.fullmatch(part):
        by = float(found["sign"] + found["by"])
        bound, pause = float(found["to"]), _seconds(found)
        if by == 0 or pause == 0 or (bound - rate) * by <= 0:
            raise RampError(f"{part!r} never gets there from {rate:g}")
        for _ in range(MAX_STEPS + 1):
            at, rate = at + pause, rate + by
            if (bound - rate) * by <= 0:
                break
            yield at, rate
        yield at, bound
    else:
        raise RampError(f"{part!r} is no step: write 300 after 10m, or +50 every 5m to 600")


def _seconds(found: re.Match[str]) -> float:
    return float(found["duration"]) * _SECONDS[found["unit"][0]]
