"""One lane in the pure model of the line: :mod:`waitroom.line.model`."""

from __future__ import annotations

from dataclasses import dataclass, field

from waitroom.line.draw import Draw
from waitroom.line.ticket import Stage, Ticket

FLOOR_STEPS = 64
"""``keep`` is measured in this many steps: that many marks tell how far ``called`` was when."""


@dataclass(slots=True)
class Lane:
    """One lane: its tickets, and how far it has been called."""

    name: str
    tickets: dict[int, Ticket] = field(default_factory=dict)
    issued: int = 0
    called: int = 0
    floor: int = 0
    draw: Draw | None = None
    marks: list[tuple[int, int]] = field(default_factory=list)
    """Open clock and ``called`` then, oldest first."""
    marked: tuple[int, int] = (0, 0)

    def staged(self, stage: Stage) -> list[Ticket]:
        """The tickets in a stage, in the order of their turns."""
        found = [ticket for ticket in self.tickets.values() if ticket.stage is stage]
        return sorted(found, key=lambda ticket: self.turn_of(ticket.number))

    @property
    def is_empty(self) -> bool:
        """Whether nobody stands in it, present or not."""
        return self.called >= self.issued and not self.staged(Stage.LATE)

    def turn_of(self, number: int) -> int:
        """The place of a number in the order in which the lane is called."""
        return self.draw.turn_of(number) if self.draw else number

    def number_at(self, turn: int) -> int:
        """The number that has a turn."""
        return self.draw.number_at(turn) if self.draw else turn

    def move_floor(self, open_clock: int, keep_ms: int) -> None:
        """How far ``called`` was ``keep`` ago."""
        at, called = self.marked
        if self.called != called and open_clock - at >= keep_ms / FLOOR_STEPS:
            self.marked = (open_clock, self.called)
            self.marks.append(self.marked)
        for at, called in self.marks[:8]:
            if at + keep_ms > open_clock:
                break
            self.floor = max(self.floor, called)
            self.marks.pop(0)
