"""How long visits last: a life table, from how many are admitted and how many are inside. Pure."""

from __future__ import annotations

from math import exp, sqrt
from operator import mul
from typing import NamedTuple

from waitroom.shaping.shop import Shop

BINS = 12
"""Ages that are told apart; the last is of all who have been inside for longer."""
BROWSING_MS = 300_000.0
"""For so long a visitor is taken to look around before the session that ends the visit: about what shops report."""
_SPAN = 2.0
"""The ages reach as far as this many such visits."""
_EARLY = 0.05
"""Which share of those inside leaves within a first session: whom the shop lets go, and who never came."""
_WORTH = 8.0
"""What is usual counts, at each age, as much as what was seen of so many visits."""
_MEMORY_BINS = 60.0
_STILL_TRUE = 0.1


class Leaving(NamedTuple):
    """How many should leave in a while."""

    visits: float
    doubt: float
    """The standard error of that count, as little as is known of visits."""


class Visits:
    """Measures which share of those inside leaves, by how long they have been there.

    Nobody tells how long a visit lasted: it is known how many were admitted, and how many are inside. So those who
    left are put down to the ages that they most likely had, by what was known before: expectation maximization of an
    actuary's life table (Kaplan and Meier, "Nonparametric Estimation from Incomplete Observations", 1958), in which
    those who are still inside count as well. Of ages that nobody has reached yet only the guess is known, with all its
    doubt.
    """

    def __init__(self, at_ms: float, admitted: float, inside: float, session_ms: float) -> None:
        self.session_ms = session_ms
        self.bin_ms = _SPAN * (session_ms + BROWSING_MS) / BINS
        early, later = _EARLY * self.bin_ms / max(session_ms, self.bin_ms), self.bin_ms / BROWSING_MS
        self._usual = [early if (at + 0.5) * self.bin_ms < session_ms else later for at in range(BINS)]
        self._bin_since = self._at_ms = at_ms
        self._admitted, self._inside = admitted, inside
        self._left, self._stood = [0.0] * BINS, [0.0] * BINS
        self._came = self._gone = 0.0
        self._hazards, self._doubts = self._learned()
        # of those who were inside before the first look: as old as they are in the long run
        stocks, stays = [], 1.0
        for hazard in self._hazards:
            stocks.append(stays)
            stays *= 1 - hazard
        stocks[-1] /= self._hazards[-1]
        self._stocks = [inside * stock / sum(stocks) for stock in stocks]

    def look(self, at_ms: float, admitted: float, inside: float) -> None:
        """Takes in the counts of a room at ``at_ms``."""
        came = max(admitted - self._admitted, 0.0)
        gone = came + self._inside - inside
        if gone < 0:
            came, gone = came - gone, 0.0  # somebody came in by another way
        self._admitted, self._inside, self._at_ms = admitted, inside, at_ms
        self._came += came
        self._gone += gone
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

    def shop(self, capacity: float) -> Shop:
        """The shop as it stands."""
        passed = min(max((self._at_ms - self._bin_since) / self.bin_ms, 0.0), 1.0)
        stocks = [
            stock * (1 - passed * hazard) for stock, hazard in zip(self._stocks, self._hazards, strict=True)
        ]
        stocks[0] += self._came
        whole = sum(stocks)
        scale = self._inside / whole if whole else 0.0
        left_ms = self.bin_ms * (1 - passed) or self.bin_ms
        return Shop(
            capacity,
            tuple(stock * scale for stock in stocks),
            self._hazards,
            self._longer,
            self.bin_ms,
            left_ms,
        )

    def doubt(self) -> None:
        """Visits are not any more what they were: what was learned counts little."""
        self._left = [_STILL_TRUE * left for left in self._left]
        self._stood = [_STILL_TRUE * stood for stood in self._stood]

    def _close(self) -> None:
        """A bin of time is over: everyone is a bin older."""
        self._stocks[0] += self._came
        stocks = self._stocks
        left = self._put_down(min(self._gone, sum(stocks)))
        fade = exp(-1 / _MEMORY_BINS)
        self._left = [fade * old + new for old, new in zip(self._left, left, strict=True)]
        self._stood = [fade * old + new for old, new in zip(self._stood, stocks, strict=True)]
        self._hazards, self._doubts = self._learned()
        rest = [stock - gone for stock, gone in zip(stocks, left, strict=True)]
        self._stocks = [0.0, *rest[:-2], rest[-2] + rest[-1]]
        self._bin_since += self.bin_ms
        self._came = self._gone = 0.0

    def _put_down(self, gone: float) -> list[float]:
        """How many of each age have left, if ``gone`` have in all."""
        left = [0.0] * BINS
        expected = list(map(mul, self._hazards, self._stocks))
        for _ in range(4):
            whole = sum(
                likely for likely, had, went in zip(expected, self._stocks, left, strict=True) if went < had
            )
            missing = gone - sum(left)
            if missing <= 1e-9 or whole <= 0:
                break
            left = [
                min(had, went + missing * likely / whole)
                for likely, had, went in zip(expected, self._stocks, left, strict=True)
            ]
        return left

    def _learned(self) -> tuple[tuple[float, ...], tuple[float, ...]]:
        """The share that leaves of each age, and its standard error: of a gamma distribution."""
        hazards, doubts, worth = [], [], _WORTH * BROWSING_MS / self.bin_ms
        for usual, left, stood in zip(self._usual, self._left, self._stood, strict=True):
            stood += worth
            left += usual * worth
            hazards.append(min(left / stood, 1.0))
            doubts.append(sqrt(left) / stood)
        self._longer = tuple(max(hazard - doubt, 0.0) for hazard, doubt in zip(hazards, doubts, strict=True))
        return tuple(hazards), tuple(doubts)
