"""Whose turn it is among the lanes: deficit round robin, pure. ``scripts/lib/calling.lua`` does the same.

M. Shreedhar and G. Varghese, "Efficient Fair Queueing using Deficit Round Robin" (SIGCOMM 1995), with admissions for
bytes: on its turn a lane is given its weight on top of what it had left, and keeps what is less than one admission. A
lane with nobody in it keeps nothing, so that nobody saves up a claim by being empty; what it does not take goes to
the others.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field


@dataclass(slots=True)
class Turns:
    """The turns of some lanes, by their place in a list."""

    deficits: list[float] = field(default_factory=list)
    cursor: int = 0

    def share_out(
        self,
        places: int,
        weights: Sequence[float],
        is_empty: Callable[[int], bool],
        serve: Callable[[int, int], int],
    ) -> int:
        """Gives out up to ``places`` admissions, and returns how many were taken.

        ``serve(lane, most)`` admits up to ``most`` of a lane and tells how many there were. A lane of weight 0 is
        never served.
        """
        standing = {i for i, weight in enumerate(weights) if weight > 0 and not is_empty(i)}
        if not standing or places == 0:
            return 0
        if len(standing) == 1:
            return serve(standing.pop(), places)
        least = min(weights[i] for i in standing)
        served = fruitless = 0
        while served < places and fruitless < len(weights):
            lane, got = self.cursor, 0
            if lane in standing:
                if self.deficits[lane] < 1:
                    self.deficits[lane] += weights[lane] / least
                most = min(int(self.deficits[lane]), places - served)
                got = serve(lane, most)
                served += got
                self.deficits[lane] -= got
                if got < most:
                    standing.discard(lane)
                    if is_empty(lane):
                        self.deficits[lane] = 0
            else:
                self.deficits[lane] = 0
            fruitless = 0 if got else fruitless + 1
            if lane not in standing or self.deficits[lane] < 1:
                self.cursor = (self.cursor + 1) % len(weights)
        return served
