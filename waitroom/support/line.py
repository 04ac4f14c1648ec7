"""The line of a room as the support desk looks at it, once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from redis.asyncio import Redis

from waitroom.line.desk import Fate, PlaceReport
from waitroom.line.drawn import DrawnOrder, draw_of
from waitroom.line.head import Head
from waitroom.line.memory import GENERAL, Memory
from waitroom.line.snapshot import Snapshot
from waitroom.line.store import LineStore


@dataclass(frozen=True, slots=True)
class Seen:
    """A place as it was seen."""

    report: PlaceReport | None
    """None: the line was begun anew, or drawn, in this very moment."""
    turn: int | None
    """Its place in the order; None: it was drawn, and the seed is not published yet."""
    is_before_draw: bool = False
    """Whether the order is still to be drawn."""

    @property
    def shown_turn(self) -> int | None:
        """The turn as it can be told."""
        return None if self.is_before_draw else self.turn


class RoomLine:
    """One room. It begins with nothing in mind."""

    def __init__(self, redis: Redis, room: str, lanes: Sequence[str]) -> None:
        self._redis = redis
        self._room = room
        self._memory = Memory(lanes)
        self._stores: dict[str, LineStore] = {}

    def __repr__(self) -> str:
        return f"<RoomLine {self._room}>"

    def store(self, lane: str) -> LineStore:
        """One of its lanes."""
        if lane not in self._stores:
            self._stores[lane] = LineStore(self._redis, self._room, lane, self._memory)
        return self._stores[lane]

    async def heads(self) -> dict[str, Head]:
        """The counters of all lanes, those of gateways with another file among them."""
        first = await self._head(GENERAL)
        others = [lane for lane in self._memory.all_lanes if lane != GENERAL]
        return {GENERAL: first, **{lane: await self._head(lane) for lane in others}}

    async def look(self, lane: str, number: int) -> Seen:
        """How a place stands."""
        head = await self._head(lane)
        order = await self._order(lane, head)
        is_unread = order is None and head.drawn_first <= number <= head.drawn_last
        report = await self.store(lane).place(number, order.turn_of(number) if order else number)
        turn = None if is_unread else order.turn_of(number) if order else number
        return Seen(report, turn, await self._is_before_draw(lane, head))

    async def position(self, lane: str, number: int, fate: Fate) -> int | None:
        """1 + how many will be let in before it; None where it does not wait, or nobody has a place yet."""
        if fate not in (Fate.WAITING, Fate.LATE):
            return None
        view = await self.store(lane).view(0)
        snapshot = Snapshot(view, await self._order(lane, view.head))
        if not snapshot.knows_turn(number) or await self._is_before_draw(lane, view.head):
            return None
        return snapshot.ahead(number) + 1

    async def _head(self, lane: str) -> Head:
        # nobody has the number 0: it is asked for the counters
        report = await self.store(lane).place(0)
        return report.head if report is not None else Head()

    async def _is_before_draw(self, lane: str, head: Head) -> bool:
        return head.opens > 0 and bool((await self.store(lane).event()).commitment)

    async def _order(self, lane: str, head: Head) -> DrawnOrder | None:
        if not head.drawn_count:
            return None
        draw = draw_of(self._room, lane, head, await self.store(lane).event())
        return DrawnOrder(draw) if draw else None
