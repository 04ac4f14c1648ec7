"""How finely what happened is kept, and for how long; and how seconds become minutes. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field

from admin.history.point import Point, counted, merged
from waitroom.telemetry.totals import Totals, difference


@dataclass(frozen=True, slots=True)
class Resolution:
    """Points of so many seconds each, kept for so long."""

    step_seconds: int
    keep_seconds: int

    def begin(self, at: float) -> int:
        """When the point begins to which a moment belongs."""
        return int(at) // self.step_seconds * self.step_seconds


FINE = Resolution(1, 15 * 60)
MIDDLE = Resolution(12, 3 * 3600)
COARSE = Resolution(60, 7 * 24 * 3600)
RESOLUTIONS = (FINE, MIDDLE, COARSE)
"""The first two have 900 points each: as many as a chart has room for."""


@dataclass(slots=True)
class _Stretch:
    """The point that is being made."""

    at: int
    before: Totals
    """As counted when it began."""
    points: list[Point] = field(default_factory=list)
    totals: Totals | None = None

    def made(self) -> Point | None:
        """The point, of what has been added so far."""
        if not self.points:
            return None
        return counted(merged(self.at, self.points), difference(self.before, self.totals or self.before))


class Roll:
    """Makes the points of one room at one resolution, out of what was seen each second.

    What is counted is not averaged: it is worked out anew from the totals at both ends of the stretch.
    """

    def __init__(self, resolution: Resolution) -> None:
        self.resolution = resolution
        self._stretch: _Stretch | None = None

    def add(self, point: Point, totals: Totals) -> Point | None:
        """Takes in a point of a second, with the totals by then; the point that is complete by that, if one is."""
        at, stretch = self.resolution.begin(point.at), self._stretch
        done = None
        if stretch is None:
            self._stretch = stretch = _Stretch(at, totals)
        elif stretch.at != at:
            done = stretch.made()
            self._stretch = stretch = _Stretch(at, stretch.totals or totals)
        stretch.points.append(point)
        stretch.totals = totals
        return done

    def close(self) -> Point | None:
        """The last point, as far as it goes."""
        stretch, self._stretch = self._stretch, None
        return None if stretch is None else stretch.made()
