"""The event of a room as one worker has read it: what was fixed at its opening, and the draw that follows from that."""

from __future__ import annotations

from collections.abc import Collection

from waitroom.line.drawn import draw_of
from waitroom.line.head import Head
from waitroom.line.lane import Lane
from waitroom.line.memory import SaleEvent
from waitroom.line.seeds import Seeds
from waitroom.line.store import LineStore


class Opening:
    """The event that a room is in, or was in last."""

    def __init__(self, room: str, store: LineStore, seeds: Seeds) -> None:
        self.event = SaleEvent()
        self._room = room
        self._store = store
        self._seeds = seeds
        self._read: tuple[int, int, int] = (0, 0, 0)
        """The epoch, when the door was to open, and how many had been drawn, when the event was read."""

    def __repr__(self) -> str:
        return f"<Opening of {self._room}: {self.event.name or 'no event'}>"

    def awaits_draw(self, head: Head) -> bool:
        """Whether the order of those in line will still be drawn or, before this was read, may be."""
        read = (head.epoch, head.opens) == self._read[:2]
        return head.opens > 0 and (not read or bool(self.event.commitment))

    def is_read(self, head: Head, lanes: Collection[Lane]) -> bool:
        """Whether nothing that was fixed is unknown here."""
        return _state(head, lanes) == self._read

    async def look(self) -> None:
        """Reads the event again."""
        self.event = await self._store.event()

    async def follow_digest(self, head: Head) -> None:
        """Before a drawn opening the digest goes on with each join, and is public."""
        if head.opens > 0 and self.event.commitment:
            await self.look()

    async def learn(self, head: Head, lanes: Collection[Lane]) -> None:
        """Reads what was fixed at the opening. The first worker that knows the seed publishes it."""
        state = _state(head, lanes)
        event = await self._store.event()
        if event.opened_at and event.commitment and not event.seed:
            seed, as_committed = self._seeds.find(self._room, event)
            await self._store.reveal(seed.hex(), as_committed=as_committed)
            event = await self._store.event()
        self.event, self._read = event, state
        self.tell(lanes)

    def tell(self, lanes: Collection[Lane]) -> None:
        """Lets the lanes know their draws."""
        for lane in lanes:
            lane.set_draw(draw_of(self._room, lane.name, lane.head, self.event))


def _state(head: Head, lanes: Collection[Lane]) -> tuple[int, int, int]:
    return head.epoch, head.opens, sum(lane.head.drawn_count for lane in lanes)
