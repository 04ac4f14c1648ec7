"""What is measured at the end of each tick of a rehearsal."""

from __future__ import annotations

from array import array


class Ticks:
    """The measurements, each an array over the ticks."""

    def __init__(self) -> None:
        self.time = array("d")
        self.seconds = array("d")
        """The tick's length."""
        self.arrived = array("l")
        self.waiting = array("l")
        """In line, those with sleeping phones included."""
        self.entered = array("l")
        self.given = array("l")
        """Turns that were given so far, less those that lapsed and were given back."""
        self.inside = array("l")
        """Visits and granted places: what counts against the capacity."""
        self.capacity = array("l")
        """0: no cap."""
        self.rate = array("d")
        """What the rules ask for, a minute; 0 while nobody may enter."""
        self.held = bytearray()
        """1 where somebody who looked waited throughout, and only the rate held them."""

    def __repr__(self) -> str:
        return f"<Ticks {len(self.time)}>"

    def add(
        self,
        *,
        time: float,
        seconds: float,
        arrived: int,
        waiting: int,
        entered: int,
        given: int,
        inside: int,
        capacity: int,
        rate: float,
        is_held: bool,
    ) -> None:
        """One tick is over."""
        self.time.append(time)
        self.seconds.append(seconds)
        self.arrived.append(arrived)
        self.waiting.append(waiting)
        self.entered.append(entered)
        self.given.append(given)
        self.inside.append(inside)
        self.capacity.append(capacity)
        self.rate.append(rate)
        self.held.append(is_held)
