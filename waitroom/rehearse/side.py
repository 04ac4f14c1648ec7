"""One lane of a rehearsal: its line, and the crowd that stands in it."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain

from waitroom.line.head import Head
from waitroom.line.lane import Lane
from waitroom.line.rules import Rules
from waitroom.line.store import Handed
from waitroom.rehearse.crowd import Crowd
from waitroom.rehearse.line import SimulatedLine
from waitroom.rehearse.told import Estimates


class Side:
    """A lane and its visitors. ``due`` tells how many have come by the end of each second."""

    def __init__(self, line: SimulatedLine, crowd: Crowd, due: Sequence[int]) -> None:
        self.line = line
        self.lane = Lane(line)
        self.crowd = crowd
        self.estimates = Estimates(due[-1])
        self.callers: list[tuple[float, int]] = []
        self._due = due
        self._handed: Handed | None = None
        self._slot = -1

    def hand_over(self, rules: Rules) -> Handed | None:
        """The numbers whose drawn turn comes next."""
        self._handed = self.lane.handed(rules)
        return self._handed

    def heed(self, head: Head, now: float) -> None:
        """The line has moved: whoever was called is told."""
        self.lane.note(head)
        self._call(head.called, now)

    async def arrive(self, since: float, now: float) -> range:
        """Those who have come ``since`` then join; returns the numbers of those who must wait."""
        waiting = range(self.crowd.arrived + 1, self.crowd.arrived + 1)
        for joined in await self.line.join_all(self._arrived_by(now) - self._arrived_by(since)):
            self.lane.note(joined.head)
            self._call(min(joined.head.called, joined.first - 1), now)
            self.crowd.arrive(joined.count, joined.admitted, now)
            waiting = range(
                joined.first + joined.admitted if joined.admitted else waiting.start, self.crowd.arrived + 1
            )
        return waiting

    def live(self, second: int) -> None:
        """What the visitors do by themselves in this second, showing their tickets included."""
        self.crowd.live(second)
        self.callers += self.crowd.at_the_door(second)

    async def claim(self, now: float) -> None:
        """Those at the door show their tickets."""
        callers, self.callers = self.callers, []
        tickets = [(number, self.crowd.place[number]) for _, number in callers]
        self.crowd.answer(callers, await self.line.claim_all(tickets), now)

    async def tell(self, slot: int, now: float) -> None:
        """What a worker tells of its visitors: who left, who is active inside, who looks."""
        for number in self.crowd.take_leavers():
            await self.line.leave(number)
        await self.line.renew_all(self.crowd.take_renewals(now))
        await self.line.see_all(self.crowd.take_seen())
        if slot != self._slot:
            self._slot = slot
            await self.line.see_bitmap(*self.crowd.looking())

    def _call(self, called: int, now: float) -> None:
        crowd, handed = self.crowd, self._handed
        if called <= crowd.called:
            return
        last = min(called, self.lane.head.drawn_last)
        if handed is None or crowd.called >= last:
            crowd.call(range(crowd.called + 1, called + 1), now)
        else:
            # of those who were drawn, nobody is called but who was handed over
            drawn = handed.numbers[crowd.called + 1 - handed.turn : last + 1 - handed.turn]
            crowd.call(chain(drawn, range(last + 1, called + 1)), now)

    def _arrived_by(self, now: float) -> int:
        second = int(now)
        if second >= len(self._due) - 1:
            return self._due[-1]
        return self._due[second] + int((self._due[second + 1] - self._due[second]) * (now - second))
