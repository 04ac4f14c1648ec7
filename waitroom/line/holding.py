"""What the holder of a place does with it while it waits, in Redis."""

from __future__ import annotations

from collections.abc import Iterable

from waitroom.line.calls import Calls, Word
from waitroom.line.hands import Handing
from waitroom.line.head import Head
from waitroom.line.resting import Resting


class Holding(Calls):
    """The places of one lane in the hands of those who have them: ``turn`` is that of the number in the order."""

    async def hand_over(self, number: int, turn: int, hand: int) -> Handing:
        """Hands a waiting place over to another device."""
        return await self._handing("hand_over", number, turn, hand)

    async def let_in(self, numbers: Iterable[int], guests: int) -> Head:
        """Tells of those whom a gateway let in while Redis was away: these places, and so many without one."""
        return await self._head("let_in", guests, *numbers)

    async def undo(self, number: int, turn: int, hand: int) -> Handing:
        """Gives a place back to who gave it up."""
        return await self._handing("undo", number, turn, hand)

    async def rest(self, number: int, turn: int, ms: int, times: int = 0) -> Resting:
        """Lets others pass a place, for so many milliseconds at most. ``times``: more time is asked for, and may have
        been so often, with this time; 0: it is not."""
        return await self._resting("rest", number, turn, ms, times)

    async def ready(self, number: int, turn: int) -> Resting:
        """Who let others pass is back."""
        return await self._resting("ready", number, turn)

    async def _resting(self, script: str, *words: Word) -> Resting:
        outcome, head, *_ = await self._ask(script, *words)
        self._learn(head)
        return Resting.of(outcome.decode())

    async def _handing(self, script: str, *words: Word) -> Handing:
        outcome, head, *_ = await self._ask(script, *words)
        self._learn(head)
        return Handing.of(outcome.decode())
