"""Who gets a slot at the shop: the limit on requests that are with it at once, and the order of those who wait.

*How many* is a number that is handed in and may change at any time; *who* is decided here (the split of Netflix's
concurrency-limits into Limit and Limiter). Nothing here knows of time or tasks.

Of those who wait and could be served, by class and then by visitor:

1. the first class, in the order of importance, that holds less than its share of the slots;
2. else the first class at all;
3. within a class, visitors take turns.

So an important class is served first, and however many come for it, every class keeps the use of its share. A share
that is not a whole number of slots, such as 0.1 of 4, is given in turns: one class of every ten is then served out of
order. ``most`` is the other side of it: what a class may never exceed, so that slots are left for the others.
(Kubernetes' API Priority and Fairness has the same pieces: levels with nominal shares and limits, and fair queuing
of flows within a level.)
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Sequence
from dataclasses import dataclass

from waitroom.shaping.flows import Flows, Phase, Slot

_NEARLY = 1e-9
"""Ten times 0.1 falls short of 1."""
_MOST_TURNS = 2.0
"""So many are owed at the most to a class that could not be served."""


@dataclass(frozen=True, slots=True)
class Budget:
    """What one class of requests may have, as parts of the limit from 0 to 1."""

    name: str
    share: float
    """It is served before more important classes while it holds less than this."""
    most: float = 1.0
    """It never holds more than this, but always one slot."""


class _Class:
    """One class: what it holds, and who waits in it."""

    def __init__(self, budget: Budget) -> None:
        self.budget = budget
        self.flows = Flows()
        self.held = 0
        self.turns = 0.0
        """What part of a turn it is owed for the fraction of a slot in its share."""
        self.most = self._whole = 1
        self._fraction = False

    def follow(self, limit: int) -> None:
        """Hold to a limit from now on."""
        share = self.budget.share * limit
        self._whole = math.floor(share + _NEARLY)
        self._fraction = share - self._whole > _NEARLY
        self.most = max(1, math.floor(self.budget.most * limit + _NEARLY))

    @property
    def is_owed(self) -> bool:
        """Whether it holds less than its share."""
        owed_turn = self._fraction and self.turns >= 1 - _NEARLY
        return self.held < self._whole + owed_turn


class Limiter:
    """Gives out slots, to ``limit`` requests at once.

    Args:
        limit: how many slots there are; at least 1.
        budgets: the classes in the order of importance. Their shares add up to no more than 1.
        queue: how many requests of a class may wait. When so many do, the visitor with most of them gives up the last
            for one who has fewer.
        visitor_share: the part of the slots that one visitor may hold; always one.

    Raises:
        ValueError: the limit is below 1.
    """

    def __init__(
        self, limit: int, budgets: Sequence[Budget], *, queue: int, visitor_share: float = 1.0
    ) -> None:
        self.held = 0
        """Slots that are held."""
        self.waiting = 0
        """Requests that wait for one."""
        self._classes = [_Class(budget) for budget in budgets]
        self._queue = queue
        self._visitor_share = visitor_share
        self._held_by: dict[Hashable, int] = {}
        self._set(limit)

    def __repr__(self) -> str:
        classes = ", ".join(
            f"{each.budget.name} {each.held} ({each.flows.waiting} waiting)" for each in self._classes
        )
        return f"<Limiter {self.held} of {self._limit}: {classes}>"

    @property
    def limit(self) -> int:
        """How many slots there are. A lower one takes none from those who hold one."""
        return self._limit

    @limit.setter
    def limit(self, limit: int) -> None:
        self._set(limit)
        for each in self._classes:
            each.flows.resume_all()
        self._serve()

    def ask(self, kind: int, who: Hashable) -> Slot:
        """A slot for a request of the class with that number: held, waited for or refused. It must be left."""
        slot, own = Slot(kind, who), self._classes[kind]
        # whoever waits could not have it
        if self.held < self._limit and own.held < own.most and self._may(who):
            self._give(slot, own)
        elif own.flows.waiting < self._queue or self._made_room(own.flows, who):
            if not own.flows.waiting:
                own.turns = 0.0
            own.flows.add(slot)
            self.waiting += 1
        else:
            slot.phase = Phase.REFUSED
        return slot

    def leave(self, slot: Slot) -> None:
        """Give a slot back, or wait for it no longer. To leave twice does no harm."""
        phase = slot.phase
        if phase is Phase.OVER:
            return
        slot.phase = Phase.OVER
        own = self._classes[slot.kind]
        if phase is Phase.WAITING:
            own.flows.remove(slot)
            self.waiting -= 1
        elif phase is Phase.HELD:
            self.held -= 1
            own.held -= 1
            left = self._held_by.pop(slot.who) - 1
            if left:
                self._held_by[slot.who] = left
            if self.waiting:
                for each in self._classes:
                    each.flows.resume(slot.who)
                self._serve()

    def is_own(self, slot: Slot) -> bool:
        """Whether the visitor holds all that one visitor may: what a slot waits for then is their own requests."""
        return not self._may(slot.who)

    def _set(self, limit: int) -> None:
        if limit < 1:
            raise ValueError(f"the limit is {limit}: it must be at least 1")
        self._limit = limit
        self._of_visitor = max(1, math.ceil(self._visitor_share * limit - _NEARLY))
        for each in self._classes:
            each.follow(limit)

    def _may(self, who: Hashable) -> bool:
        return self._held_by.get(who, 0) < self._of_visitor

    def _give(self, slot: Slot, own: _Class) -> None:
        self.held += 1
        own.held += 1
        self._held_by[slot.who] = self._held_by.get(slot.who, 0) + 1
        slot.phase = Phase.HELD

    def _made_room(self, flows: Flows, who: Hashable) -> bool:
        if flows.longest <= flows.length(who) + 1:
            return False
        last = flows.newest_of_longest()
        flows.remove(last)
        self.waiting -= 1
        last.phase = Phase.REFUSED
        last.tell()
        return True

    def _serve(self) -> None:
        """Give out what is free, for as long as somebody can have it."""
        while self.held < self._limit:
            ready = [
                each
                for each in self._classes
                if each.flows.waiting and each.held < each.most and each.flows.ready(self._may)
            ]
            if not ready:
                return
            served = next((each for each in ready if each.is_owed), ready[0])
            for each in self._classes:
                if each.flows.waiting:
                    each.turns = min(_MOST_TURNS, each.turns + each.budget.share)
            served.turns = max(0.0, served.turns - 1)
            slot = served.flows.pop()
            self.waiting -= 1
            self._give(slot, served)
            slot.tell()
