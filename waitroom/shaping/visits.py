"""How long visits last: a life table, from how many are admitted and how many are inside. Pure."""

from __future__ import annotations

from math import exp, sqrt
from operator import mul
from typing import NamedTuple

from waitroom.shaping.shop import Shop

BINS_A_SESSION = 10
BINS = 48
"""The last one is of all who have been inside for longer."""
USUAL_EARLY, USUAL_LATER = 0.01, 0.2
"""Which share of those inside leaves within a bin: within the first session, as only they do whom the shop lets go,
and after it. A visit lasts a session and a half by that."""
_WORTH_EARLY, _WORTH_LATER = 20.0, 20.0
"""These guesses count as much as so many visits, of each bin."""
_MEMORY_BINS = 90.0
"""Nine sessions."""
_FIRST_BINS = 3.0
_DISPERSION_BINS = 12.0
_MOST_SURPRISE = 12.0
_LEAST_DISPERSION = 0.1


class Leaving(NamedTuple):
    """How many should leave in a while."""

    count: float
    doubt: float
    """The standard error of that count, as little as is known of visits."""

    def is_known(self, part: float) -> bool:
        """Whether it is known within that part of itself."""
        return self.count > 0 and self.doubt <= part * self.count


class Visits:
    """Measures by which share of those inside leave, by how long they have been there.

    Nobody tells how long a visit lasted: it is known how many were admitted, and how many are inside. So those who
    left are put down to the ages that they most likely had, by what was known before (expectation maximization; of
    actuaries' life tables see Kaplan and Meier, 1958). A room that fills in a few minutes empties in a wave as long after
    as visits last: of that no single rate of leaving could tell.
    """

    def __init__(self, at_ms: float, admitted: float, inside: float, session_ms: float) -> None:
        self.bin_ms = session_ms / BINS_A_SESSION
        self._bin_since = self._at_ms = at_ms
        self._admitted, self._inside = admitted, inside
        self._left = self._exposed = (0.0,) * BINS
        self._came = self._gone = 0.0
        self._surprise, self._surprises = _FIRST_BINS, _FIRST_BINS
        self._hazards, self._doubts = self._learned()
        # of those who were inside before the first look: as old as they are in the long run
        self._stocks = [0.0] * BINS
        stays = 1.0
        for at, hazard in enumerate(self._hazards):
            self._stocks[at] = stays if at < BINS - 1 else stays / hazard
            stays *= 1 - hazard
        whole = sum(self._stocks)
        self._stocks = [inside * stock / whole for stock in self._stocks]

    @property
    def dispersion(self) -> float:
        """The variance of those who leave in a while, divided by its mean; 1 is Poisson's."""
        return max(self._surprise / self._surprises, _LEAST_DISPERSION)

    def look(self, at_ms: float, admitted: float, inside: float) -> None:
        """Takes in the counts of a room at ``at_ms``."""
        came = max(admitted - self._admitted, 0.0)
        gone = came + self._inside - inside
        if gone < 0:
            # somebody came in by another way
            came, gone = came - gone, 0.0
        self._admitted, self._inside = admitted, inside
        self._came += came
        self._gone += gone
        self._at_ms = at_ms
        while at_ms - self._bin_since >= self.bin_ms:
            self._close()
            if at_ms - self._bin_since > BINS * self.bin_ms:
                self._bin_since = at_ms

    def leaving(self, ms: float) -> Leaving:
        """How many of those inside should leave within the next ``ms``."""
        part = ms / self.bin_ms
        return Leaving(
            part * sum(map(mul, self._hazards, self._stocks)),
            part * sum(map(mul, self._doubts, self._stocks)),
        )

    def shop(self, capacity: float, level: float = 1.0) -> Shop:
        """The shop as it stands; ``level`` is how much faster than usual its visitors leave just now."""
        passed = min(max((self._at_ms - self._bin_since) / self.bin_ms, 0.0), 1.0)
        hazards = tuple(min(hazard * level, 1.0) for hazard in self._hazards)
        longer = tuple(
            max(hazard - doubt * level, 0.0) for hazard, doubt in zip(hazards, self._doubts, strict=True)
        )
        stocks = [stock * (1 - hazard * passed) for stock, hazard in zip(self._stocks, hazards, strict=True)]
        stocks[0] = self._came * (1 - hazards[0] / 2)
        whole = sum(stocks)
        scale = self._inside / whole if whole > 0 else 0.0
        if not whole:
            stocks[0], scale = self._inside, 1.0
        return Shop(capacity, tuple(stock * scale for stock in stocks), hazards, longer, self.bin_ms, passed)

    def _close(self) -> None:
        """A bin of time is over: everyone is a bin older."""
        stocks = self._stocks
        stocks[0] = self._came
        left = self._put_down(min(self._gone, sum(stocks)))
        fade = exp(-1 / _MEMORY_BINS)
        self._left = tuple(fade * old + new for old, new in zip(self._left, left, strict=True))
        self._exposed = tuple(fade * old + new for old, new in zip(self._exposed, stocks, strict=True))
        self._hazards, self._doubts = self._learned()
        rest = [stock - gone for stock, gone in zip(stocks, left, strict=True)]
        self._stocks = [0.0, *rest[:-2], rest[-2] + rest[-1]]
        self._bin_since += self.bin_ms
        self._came = self._gone = 0.0

    def _put_down(self, gone: float) -> list[float]:
        """How many of each age have left, if ``gone`` have in all."""
        stocks, hazards = self._stocks, self._hazards
        expected = [hazard * stock for hazard, stock in zip(hazards, stocks, strict=True)]
        doubt = sum(doubt * stock for doubt, stock in zip(self._doubts, stocks, strict=True))
        self._note(gone, sum(expected), doubt)
        left = [0.0] * BINS
        for _ in range(4):
            whole = sum(
                likely for likely, had, went in zip(expected, stocks, left, strict=True) if went < had
            )
            missing = gone - sum(left)
            if missing <= 1e-9 or whole <= 0:
                break
            left = [
                min(had, went + missing * likely / whole) if went < had else had
                for likely, had, went in zip(expected, stocks, left, strict=True)
            ]
        return left

    def _note(self, gone: float, expected: float, doubt: float) -> None:
        """How far off it was."""
        variance = expected + doubt**2
        if variance >= 1:
            fade = exp(-1 / _DISPERSION_BINS)
            surprise = (gone - expected) ** 2 / variance
            self._surprise = self._surprise * fade + min(surprise, _MOST_SURPRISE * self.dispersion)
            self._surprises = self._surprises * fade + 1

    def _learned(self) -> tuple[tuple[float, ...], tuple[float, ...]]:
        """The share that leaves of each age, and its standard error: the mean of a gamma distribution and its own."""
        hazards, doubts = [], []
        for at, (left, exposed) in enumerate(zip(self._left, self._exposed, strict=True)):
            early = at < BINS_A_SESSION
            usual, worth = (USUAL_EARLY, _WORTH_EARLY) if early else (USUAL_LATER, _WORTH_LATER)
            seen = usual * worth + left
            hazards.append(min(seen / (worth + exposed), 1.0))
            doubts.append(sqrt(seen) / (worth + exposed))
        return tuple(hazards), tuple(doubts)
