"""What there is to tell of a site at one moment."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from waitroom.line.room import Room
from waitroom.telemetry.reading import Reading
from waitroom.telemetry.totals import Totals


@dataclass(frozen=True, slots=True)
class Site:
    """A site at one moment."""

    rooms: Sequence[Room]
    reading: Reading | None
    """What the workers told last; None: nothing was ever read."""
    is_redis_up: bool
    """Whether that, and the rooms, are as they are now. Where not, only what never falls is told."""

    @property
    def totals(self) -> Sequence[Totals]:
        """The sums of all rooms, and of what belongs to none."""
        return () if self.reading is None else tuple(self.reading.totals.values())
