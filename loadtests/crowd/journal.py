"""What all visitors of this process saw, for the judging at the end; from workers it goes to the master."""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from loadtests.crowd.stay import End, Stay, Told


class Staying:
    """A visitor who is in line now. ``hear`` what they are told, and ``end`` it."""

    __slots__ = (
        "_away",
        "_called",
        "_first",
        "_kind",
        "_lane",
        "_last",
        "_later",
        "_losses",
        "_number",
        "_promised",
        "_rises",
        "_seen",
        "came",
    )

    def __init__(self, kind: str) -> None:
        self.came = time.time()
        self._kind, self._lane, self._number = kind, "", 0
        self._first: Told | None = None
        self._later: Told | None = None
        self._last: tuple[float, int | None] = (self.came, None)
        self._promised: tuple[float, float, float] | None = None
        self._away: float | None = None
        self._called = 0.0
        self._seen = self._rises = self._losses = 0

    def hear(self, state: Mapping[str, Any]) -> int | None:
        """Takes a state as the gateway tells it while the visitor waits, and returns the position in it."""
        number, lane = state.get("number"), state.get("lane")
        if isinstance(number, int) and isinstance(lane, str):
            if self._number and (self._lane, self._number) != (lane, number):
                self._losses += 1
                self._first = self._later = self._promised = None
                self._last = (self._last[0], None)
            self._lane, self._number = lane, number
        if state.get("state") != "waiting":
            return None
        now, position = time.time(), state.get("position")
        if not isinstance(position, int):
            self._last = (now, self._last[1])
            return None
        before = self._last[1]
        # somebody who was away and is back stands before: not this visitor's own rise, and told with a reason
        self._rises += before is not None and position > before and self._away is None
        self._last = (now, position)
        self._keep(Told(now, position), state.get("eta_range"))
        return position

    def _keep(self, told: Told, eta: object) -> None:
        if self._first is None:
            self._first = told
            if isinstance(eta, list) and len(eta) == 2:
                self._promised = (told.at, told.at + eta[0], told.at + eta[1])
            return
        self._seen += 1
        if random.random() * self._seen < 1:
            self._later = told

    def away(self) -> None:
        """From now on the visitor is not seen, and may count as absent."""
        if self._away is None:
            self._away = time.time()

    def called(self) -> None:
        """The visitor was told just now that it is their turn, the moment that it was."""
        self._called = time.time()

    def end(self, how: End, *, polled: bool = False) -> Stay:
        """The stay as it is over now; ``polled``: the visitor learns of the turn by asking, and not at once."""
        now = time.time()
        told = tuple(each for each in (self._first, self._later) if each is not None)
        return Stay(
            self._kind,
            self._lane,
            self._number,
            self.came,
            self._last[0] if polled else self._called or now,
            now,
            how,
            self._away,
            told,
            self._promised,
            self._rises,
            self._losses,
        )


@dataclass(slots=True)
class Journal:
    """Stays that are over, and counts by the kind of visitor."""

    stays: list[Stay] = field(default_factory=list)
    joined: Counter[str] = field(default_factory=Counter)
    """Places in line that were got."""
    straight_in: Counter[str] = field(default_factory=Counter)
    """Those who were let in without having to wait."""
    refused: Counter[str] = field(default_factory=Counter)
    """Those who got no place: 403, 429, and those who came in a rush and were asked to come again (503)."""
    room: str = ""
    """The room that answered, as its ``Waitroom-Room`` tells."""

    def take(self) -> dict[str, object]:
        """All of it as plain lists and numbers, for the way to the master; the journal is then empty."""
        taken: dict[str, object] = {
            "stays": [list(stay) for stay in self.stays],
            "joined": dict(self.joined),
            "straight_in": dict(self.straight_in),
            "refused": dict(self.refused),
            "room": self.room,
        }
        self.clear()
        return taken

    def clear(self) -> None:
        """Forgets all but the room's name."""
        self.stays.clear()
        for counts in (self.joined, self.straight_in, self.refused):
            counts.clear()

    def add(self, taken: Mapping[str, Any]) -> None:
        """Adds what a worker's :meth:`take` gave."""
        self.stays += [_stay(row) for row in taken["stays"]]
        self.joined.update(taken["joined"])
        self.straight_in.update(taken["straight_in"])
        self.refused.update(taken["refused"])
        self.room = self.room or taken["room"]


def _stay(row: list[Any]) -> Stay:
    stay = Stay(*row)
    return stay._replace(
        end=End(stay.end),
        told=tuple(Told(*each) for each in stay.told),
        promised=None if stay.promised is None else (stay.promised[0], stay.promised[1], stay.promised[2]),
    )
