"""What the page of a room's draw shows: one lane of it, and one ticket's place there."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from waitroom.line.draw import AnnouncedDraw, DrawRecord, PublishedDraws

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class DrawView:
    """One lane of a room's draw: what was announced, what was held, or both where another opening follows.

    ``number`` is the ticket's whose place is asked for. ``address`` is where the page itself was asked for, without
    its query. Texts may be hostile: they are escaped.
    """

    room: str
    lane: str
    lanes: tuple[str, ...]
    announced: AnnouncedDraw | None
    held: DrawRecord | None
    number: int | None
    address: str

    @classmethod
    def of(
        cls, room: str, draws: PublishedDraws, *, lane: str | None, number: int | None, address: str
    ) -> DrawView:
        """The lane that is asked for, or else the first that there is."""
        lanes = draws.lanes
        chosen = lane if lane is not None and lane in lanes else lanes[0]
        return cls(
            room=room,
            lane=chosen,
            lanes=lanes,
            announced=next((draw for draw in draws.announced if draw.lane == chosen), None),
            held=next((draw for draw in draws.held if draw.lane == chosen), None),
            number=number,
            address=address,
        )

    @property
    def place(self) -> int | None:
        """The place of the number among those drawn, from 1; None where it was not drawn."""
        if self.held is None or self.number is None:
            return None
        return self.held.place_of(self.number)

    @property
    def command(self) -> str:
        """What checks the draw elsewhere, as it is typed into a shell."""
        words = ["waitroom", "verify-draw", self.address]
        if self.place is not None:
            words += ["--number", str(self.number)]
        if len(self.lanes) > 1:
            words += ["--lane", self.lane]
        return shlex.join(words)

    @property
    def opened(self) -> datetime | None:
        """When the draw was held, in UTC."""
        return None if self.held is None else _moment(self.held.opened_at)

    @property
    def opens(self) -> datetime | None:
        """When the draw is to be held, in UTC."""
        if self.announced is None or self.announced.opens_at is None:
            return None
        return _moment(self.announced.opens_at)


def _moment(at_ms: int) -> datetime:
    return _EPOCH + timedelta(milliseconds=at_ms)
