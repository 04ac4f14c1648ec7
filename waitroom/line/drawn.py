"""Those who were drawn, as a worker calls and counts them: the numbers in the order of their turns."""

from __future__ import annotations

from collections.abc import Sequence

from waitroom.line.draw import Draw, draw_key
from waitroom.line.head import Head
from waitroom.line.memory import SaleEvent


class DrawnOrder:
    """The drawn order of one lane, with the next turns at hand."""

    def __init__(self, draw: Draw) -> None:
        self.draw = draw
        self.turn_of = draw.turn_of
        self._from = draw.first
        self._numbers: list[int] = []

    def __repr__(self) -> str:
        return f"<DrawnOrder of {self.draw.count} from {self.draw.first}>"

    @property
    def last(self) -> int:
        """The last number, and the last turn, of those who were drawn."""
        return self.draw.first + self.draw.count - 1

    def upcoming(self, turn: int, count: int) -> Sequence[int]:
        """The numbers that have ``turn`` and those after it, up to ``count`` and to the last of the drawn."""
        turn = max(turn, self.draw.first)
        if not self._from <= turn <= self._from + len(self._numbers):
            self._from, self._numbers = turn, []
        del self._numbers[: turn - self._from]
        self._from = turn
        for ahead in range(turn + len(self._numbers), min(turn + count, self.last + 1)):
            self._numbers.append(self.draw.number_at(ahead))
        return self._numbers[:count]


def draw_of(room: str, lane: str, head: Head, event: SaleEvent) -> Draw | None:
    """The draw of a lane, by what was fixed at the opening; None where there was none, or its seed is not published."""
    if not head.drawn_count or not event.seed:
        return None
    first, count, seed = head.drawn_first, head.drawn_count, bytes.fromhex(event.seed)
    key = draw_key(seed, event.digest, room=room, event=event.name, lane=lane, first=first, count=count)
    return Draw(key, first, count)
