"""What the support desk is told of single places and does to them, in Redis."""

from __future__ import annotations

from typing import cast

from waitroom.line.calls import Calls
from waitroom.line.desk import Fate, Help, Helped, PlaceReport, Reinstated, Spot
from waitroom.line.head import Head

_HELPS = {each.value for each in Help}


class Helping(Calls):
    """The support desk of one lane."""

    async def place(self, number: int, turn: int | None = None) -> PlaceReport | None:
        """How one place stands; None where it was read in another life of the line, or its turn is not known.
        ``turn`` is its place in the order, where that is not its number."""
        status, head, *told = await self._ask("place", number, number if turn is None else turn)
        self._learn(head)
        if status == b"stale":
            return None
        fate, present, lasts, came_from, went_to, helped = told
        return PlaceReport(
            Head.parse(head),
            Fate(fate.decode()),
            int(present) == 1,
            int(lasts),
            Spot.parse(came_from.decode()),
            Spot.parse(went_to.decode()),
            helped in (b"front", b"restored"),
            Spot.parse(helped[1:].decode()) if helped.startswith(b">") else None,
        )

    async def follow(self, number: int, old: Spot) -> Head:
        """Notes that whoever had ``old`` was given ``number`` of this lane."""
        return await self._head("follow", number, old.lane, old.number)

    async def reinstate(self, number: int, turn: int | None = None, *, who: str, why: str) -> Reinstated:
        """Gives a place back that was missed, left, or used by mistake."""
        words = (number, number if turn is None else turn, who, why)
        status, text, *told = await self._ask("reinstate", *words)
        head = self._learn(text)
        if status == b"done":
            was, now, instead_of = (word.decode() for word in told)
            return Reinstated(Help.DONE, head, Fate(was), now == "called", Spot.parse(instead_of))
        if told:
            return Reinstated(Fate(status.decode()), head, spot=Spot.parse(told[0].decode()))
        return Reinstated(Help(status.decode()), head)

    async def bring_forward(
        self, number: int, turn: int | None = None, *, who: str, why: str
    ) -> tuple[Help | Fate, Head]:
        """Calls a waiting place next, within the rate."""
        words = (number, number if turn is None else turn, who, why)
        status, text, *_ = await self._ask("bring_forward", *words)
        word, head = status.decode(), self._learn(text)
        return (Help(word) if word in _HELPS else Fate(word)), head

    async def helped(self) -> Helped:
        """The places that the support desk has helped."""
        stored = cast(dict[bytes, bytes], await self._read(self._redis.hgetall(self._of_room.desk)))
        return Helped.parse((place.decode(), what.decode()) for place, what in stored.items())
