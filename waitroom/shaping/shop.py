"""A shop with a capacity: who is inside, and how they leave it. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from operator import mul

NOBODY = 1e-9
"""So few a minute, of one or of all, are none."""


@dataclass(frozen=True, slots=True)
class Shop:
    """A shop that holds no more than ``capacity``, and those inside by how long they have been there.

    Ages are told in bins of ``bin_ms``: whoever came within the running one has none yet.
    """

    capacity: float
    stocks: tuple[float, ...]
    """Who is inside now, of each age; the last is of all who have been there for longer."""
    hazards: tuple[float, ...]
    """Which share of each leaves within a bin."""
    longer: tuple[float, ...]
    """The same, if visits last longer by a standard error of what is known of them."""
    bin_ms: float
    passed: float = 0.0
    """Which part of the running bin has passed."""

    @property
    def inside(self) -> float:
        """Everyone who is."""
        return sum(self.stocks)

    @property
    def most_per_bin(self) -> float:
        """How many can be admitted in the long run while it is full: by Little's law, as many as fit over how long they
        stay."""
        stays, length = 1.0, 0.0
        for hazard in self.hazards[:-1]:
            length += stays
            stays *= 1 - hazard
        return self.capacity / (length + stays / max(self.hazards[-1], NOBODY))

    def doubted(self) -> Shop:
        """The same, with visits that last longer by a standard error."""
        return Shop(self.capacity, self.stocks, self.longer, self.longer, self.bin_ms, self.passed)


class Emptying:
    """A shop as time goes on."""

    def __init__(self, shop: Shop) -> None:
        self._shop = shop
        self._stocks = list(shop.stocks)
        self._keep = [1 - hazard for hazard in shop.hazards]
        self.inside = sum(self._stocks)
        self.to_next_ms = shop.bin_ms * (1 - shop.passed)
        """Until the running bin is over."""

    def leave(self, ms: float) -> float:
        """Lets so much of the running bin pass, and tells how many of those who are inside leave meanwhile."""
        hazards, bin_ms = self._shop.hazards, self._shop.bin_ms
        before = self.inside
        if ms >= bin_ms:
            self._stocks = list(map(mul, self._stocks, self._keep))
        else:
            left = self.to_next_ms / bin_ms
            # who is still there of those who would leave within the whole bin
            parts = [
                min(hazard * (ms / bin_ms) / (1 - hazard * (1 - left) + NOBODY), 1.0) for hazard in hazards
            ]
            self._stocks = [stock * (1 - part) for stock, part in zip(self._stocks, parts, strict=True)]
        self.inside = sum(self._stocks)
        return before - self.inside

    def come(self, count: float, ms: float) -> None:
        """Takes in newcomers of that time, and goes on to the next bin where this one is over."""
        self._stocks[0] += count
        self.inside += count
        self.to_next_ms -= ms
        if self.to_next_ms <= NOBODY:
            *rest, last = self._stocks
            rest[-1] += last
            self._stocks = [0.0, *rest]
            self.to_next_ms = self._shop.bin_ms

    def newcomers_leaving(self, ms: float) -> float:
        """Which share of those who come within that time leaves within it."""
        return min(self._shop.hazards[0] * ms / self._shop.bin_ms, 0.99)
