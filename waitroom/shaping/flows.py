"""Who of a class is next: visitors take turns, and each visitor's requests keep their order.

Round robin over visitors is fair queuing with one queue a visitor (Nagle, RFC 970): fifty images that one visitor asks
for at once wait behind one another, not in front of everybody else.
"""

from __future__ import annotations

from collections import OrderedDict, deque
from collections.abc import Callable, Hashable
from enum import Enum, auto


class Phase(Enum):
    """What has become of a request for a slot."""

    WAITING = auto()
    HELD = auto()
    REFUSED = auto()
    """There was no room to wait, or it had to make room for another visitor's."""
    OVER = auto()


class Slot:
    """One request's slot: waited for, held, and given back."""

    __slots__ = ("kind", "phase", "told", "who")

    def __init__(self, kind: int, who: Hashable) -> None:
        self.kind = kind
        """The number of its class."""
        self.who = who
        self.phase = Phase.WAITING
        self.told: Callable[[], None] | None = None
        """Called when its waiting ends by being served or refused."""

    def __repr__(self) -> str:
        return f"<Slot {self.kind} of {self.who!r}, {self.phase.name.lower()}>"

    def tell(self) -> None:
        """Its waiting has ended."""
        if self.told is not None:
            self.told()


class Flows:
    """Those who wait in one class. A flow is what one visitor has waiting.

    A flow is in turn or, while its visitor holds as many slots as one may, set aside. Every operation takes the same
    time however many wait.
    """

    def __init__(self) -> None:
        self.waiting = 0
        """Requests in all flows."""
        self.longest = 0
        """The most that one visitor has waiting."""
        self._in_turn: OrderedDict[Hashable, deque[Slot]] = OrderedDict()
        self._aside: dict[Hashable, deque[Slot]] = {}
        self._of_length: dict[int, dict[Hashable, None]] = {}
        """The visitors who have so many waiting."""

    def __repr__(self) -> str:
        return f"<Flows {self.waiting} of {len(self._in_turn) + len(self._aside)}, {len(self._aside)} aside>"

    def length(self, who: Hashable) -> int:
        """How many requests of a visitor wait."""
        return len(self._in_turn.get(who) or self._aside.get(who) or ())

    def add(self, slot: Slot) -> None:
        """Wait, behind all others of the same visitor."""
        who = slot.who
        flow = self._in_turn.get(who) or self._aside.get(who)
        if flow is None:
            flow = self._in_turn[who] = deque()
        flow.append(slot)
        self._resized(who, len(flow) - 1, len(flow))

    def ready(self, may: Callable[[Hashable], bool]) -> bool:
        """Whether somebody could be served now; those who may not hold more are set aside."""
        while self._in_turn:
            who = next(iter(self._in_turn))
            if may(who):
                return True
            self._aside[who] = self._in_turn.pop(who)
        return False

    def pop(self) -> Slot:
        """Take the first request of the visitor whose turn it is, whose next turn comes after all others'."""
        who, flow = self._in_turn.popitem(last=False)
        slot = flow.popleft()
        if flow:
            self._in_turn[who] = flow
        self._resized(who, len(flow) + 1, len(flow))
        return slot

    def remove(self, slot: Slot) -> None:
        """Wait no longer."""
        who = slot.who
        flows = self._in_turn if who in self._in_turn else self._aside
        flow = flows[who]
        flow.remove(slot)
        if not flow:
            del flows[who]
        self._resized(who, len(flow) + 1, len(flow))

    def newest_of_longest(self) -> Slot:
        """The last request of the visitor who has most waiting; of several such, who came to it last."""
        who = next(reversed(self._of_length[self.longest]))
        return (self._in_turn.get(who) or self._aside[who])[-1]

    def resume(self, who: Hashable) -> None:
        """A visitor may hold more again: their next turn comes after all others'."""
        flow = self._aside.pop(who, None)
        if flow is not None:
            self._in_turn[who] = flow

    def resume_all(self) -> None:
        """Likewise everybody."""
        self._in_turn.update(self._aside)
        self._aside.clear()

    def _resized(self, who: Hashable, before: int, after: int) -> None:
        self.waiting += after - before
        if before:
            del self._of_length[before][who]
        if after:
            self._of_length.setdefault(after, {})[who] = None
        if after > self.longest or (before == self.longest and not self._of_length[before]):
            self.longest = after
