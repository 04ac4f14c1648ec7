"""A shop with a capacity: who is inside, how they leave it, and how many it lets in. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from operator import mul, sub
from typing import NamedTuple

from waitroom.shaping.profile import MINUTE_MS

VISITS_DOUBT = 0.06
"""The relative standard error of what leaves a shop: the visits of the next ones are not those of the last ones."""
NOBODY = 1e-9
"""So few a minute, of one or of all, are none."""


class Stretch(NamedTuple):
    """A time after now, and how many are admitted a minute in it."""

    begins_in: float
    ends_in: float
    per_minute: float
    doubt: float = 0.0
    """How many fewer, if visits last longer by a standard error."""


@dataclass(frozen=True, slots=True)
class Shop:
    """A shop that holds no more than ``capacity``, and who is inside, by how long they have been there.

    Ages are told in bins of ``bin_ms``: the first is of those who came within the running one, which has ``left_ms``
    to go, the last of all who are older.
    """

    capacity: float
    stocks: tuple[float, ...]
    hazards: tuple[float, ...]
    """Which share of each age leaves within a bin."""
    longer: tuple[float, ...]
    """The same, if visits last longer by a standard error of what is known of them."""
    bin_ms: float
    left_ms: float

    def lets_in(self, planned: Iterable[Stretch]) -> Iterator[Stretch]:
        """What is planned until it is full, and then as many as leave it; followed for as many bins as there are, and
        after that as in the long run."""
        likely, longer = _Emptying(self, self.hazards), _Emptying(self, self.longer)
        left, bins = self.left_ms, 0
        for begins, end, rate, _ in planned:
            at, idle = begins, 0
            while at < end and idle < 2 * len(self.stocks):
                if bins >= len(self.stocks):
                    flow = min(rate, likely.settled)
                    yield Stretch(at, end, flow, flow - min(rate, longer.settled) + _unlike(flow, rate))
                    break
                ms = min(left, end - at)
                turns, first, then = likely.let_in(ms, rate)
                given = (turns * first + (ms - turns) * then) / ms
                turns_longer, first_longer, then_longer = longer.let_in(ms, rate)
                fewer = given - (turns_longer * first_longer + (ms - turns_longer) * then_longer) / ms
                if turns > 0:
                    yield Stretch(at, at + turns, first, fewer)
                if turns < ms:
                    yield Stretch(at + turns, at + ms, then, fewer + _unlike(then, rate))
                at, left = at + ms, left - ms
                if left <= 0:
                    likely.age()
                    longer.age()
                    left = self.bin_ms
                    bins, idle = bins + (rate > 0), idle + (rate <= 0)
            if at < end and idle:
                # after so long all have left
                yield Stretch(at, end, 0.0)
                likely.stocks = longer.stocks = [0.0] * len(self.stocks)


class _Emptying:
    """Those inside, as time goes on."""

    def __init__(self, shop: Shop, hazards: tuple[float, ...]) -> None:
        self._shop = shop
        self._hazards = hazards
        self.stocks = list(shop.stocks)

    def let_in(self, ms: float, rate: float) -> tuple[float, float, float]:
        """Lets so much of a bin pass: for how long the first number a minute comes in, and the number after that."""
        bin_ms, inside = self._shop.bin_ms, sum(self.stocks)
        gone = list(map(mul, self._hazards, self.stocks))
        leaving = sum(gone) * MINUTE_MS / bin_ms
        free = (self._shop.capacity - inside) * MINUTE_MS
        # some of those who come in leave within the same bin
        stay = max(1 - self._hazards[0] * ms / bin_ms, NOBODY)
        then = min(leaving / stay, rate)
        if free > 0:
            net = rate * stay - leaving
            first, turns = rate, free / net if net > 0 else ms
        else:
            first, turns = 0.0, -free / leaving if leaving > 0 else ms
        turns = min(turns, ms)
        if ms < bin_ms:
            gone = [some * ms / bin_ms for some in gone]
        self.stocks = list(map(sub, self.stocks, gone))
        self.stocks[0] += stay * (first * turns + then * (ms - turns)) / MINUTE_MS
        return turns, first, then

    def age(self) -> None:
        """A bin is over: everyone is a bin older."""
        *younger, oldest = self.stocks
        younger[-1] += oldest
        self.stocks = [0.0, *younger]

    @property
    def settled(self) -> float:
        """How many a minute a full shop lets in in the long run: by Little's law, as many as fit over how long they
        stay."""
        stays, length = 1.0, 0.0
        for hazard in self._hazards[:-1]:
            length += stays
            stays *= 1 - hazard
        length += stays / max(self._hazards[-1], NOBODY)
        return self._shop.capacity / length * MINUTE_MS / self._shop.bin_ms


def _unlike(flow: float, rate: float) -> float:
    """What is not known of those who leave a full shop, however much was seen."""
    return VISITS_DOUBT * flow if flow < rate else 0.0
