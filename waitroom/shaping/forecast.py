"""How the line will move: a curve of places served against time, and its doubt. Pure."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import ceil, exp, inf, sqrt
from typing import NamedTuple

from waitroom.shaping.attrition import SETTLED_DOUBT, UNSETTLED_DOUBT, Churn
from waitroom.shaping.calibration import START, Margins
from waitroom.shaping.profile import MINUTE_MS, Profile
from waitroom.shaping.shares import ALONE, Share
from waitroom.shaping.shop import NOBODY, Shop, Stretch

CHURN_MEMORY_MS = 900_000.0
"""How far ahead those who leave the line are believed to go on leaving it as they do: the impatient go first."""
DRIFT_PER_MINUTE = 0.005
"""By how much a level wanders in a minute, relatively, as a random walk does: its variance grows with time."""
UNSEEN_PER_MINUTE = 0.004
"""The standard error of the share that leaves in a minute, where none was seen to leave, before anything was."""
GRAIN_MS = 600.0
"""The grain of time in which the line moves and is looked at: no estimate is more exact."""
_NODES = tuple(15_000.0 * 1.4**power for power in range(16))
"""Where the curve has corners because the line shrinks: as far as it is believed to go on shrinking."""
_PLACES = tuple(1.6**power for power in range(34))
"""The places, up to seven million, of which the doubt is worked out; those between are interpolated."""


class Estimate(NamedTuple):
    """A wait in whole seconds: the likely one, and the range that holds in four cases of five."""

    seconds: int
    low: int
    high: int


_NO_CHURN = Churn(bounce=0.0, bounce_doubt=0.0)


@dataclass(frozen=True, slots=True)
class Pace:
    """How a room admits and its line moves now, by measurement.

    Args:
        level: admitted for each one that was planned, while the shop is not full.
        dispersion: the variance of a count of admissions divided by its mean; 1 is Poisson's.
        doubt: the relative standard error of the level, as a forecast of the next minutes.
        churn: who leaves the line, and comes back.
        shop: where there is a capacity.
        shares: the lane's, of what the room admits, from now on.
        limit_per_minute: what the room is bound to besides.
    """

    level: float = 1.0
    dispersion: float = 1.0
    doubt: float = 0.2
    churn: Churn = _NO_CHURN
    shop: Shop | None = None
    shares: Sequence[Share] = ALONE
    limit_per_minute: float = inf


class Forecast:
    """Says for any place when its turn comes, as seen from ``now_ms``.

    With n places before the turn, λ(t) served a minute and a share c(t) of the line leaving by itself,
    dn/dt = -λ - c·n. Times exp(∫c) this is a plain sum: the turn comes when ∫λ·exp(∫c) reaches n. That curve
    is worked out once, and looked up for each visitor. λ is the planned rate times the measured level, and in a shop
    that is full by then no more than leave it; of that the lane has its share.

    The doubt is in places: the counts' own, ``sqrt(dispersion · n)``, the level's, in proportion to n and to
    the square root of time, that of visits and of shares, added up as λ is, and that of those who leave. ``margins``
    are how many of its standard deviations the range goes to either side. Beyond the ``farthest`` place it goes on in
    proportion.
    """

    __slots__ = (
        "_at",
        "_far",
        "_growths",
        "_last_off_shares",
        "_last_off_visits",
        "_last_per_ms",
        "_likely",
        "_near",
        "_nodes",
        "_off_shares",
        "_off_visits",
        "_opens_ms",
        "_pace",
        "_places",
        "now_ms",
    )

    def __init__(
        self, now_ms: float, profile: Profile, pace: Pace, margins: Margins = START, farthest: float = inf
    ) -> None:
        self.now_ms = now_ms
        self._pace = pace
        self._nodes: list[float] = [0.0]
        self._places: list[float] = [0.0]
        self._off_visits: list[float] = [0.0]
        self._off_shares: list[float] = [0.0]
        self._growths: list[float] = [1.0]
        self._last_per_ms = self._last_off_visits = self._last_off_shares = 0.0
        self._opens_ms: float | None = None
        self._add_up(profile)
        self._at: list[float] = []
        self._near: list[float] = []
        self._likely: list[float] = []
        self._far: list[float] = []
        self._doubt_places(margins, farthest)

    def ms_until(self, places: float) -> float | None:
        """After how many milliseconds the last of so many places is served; None where nobody knows."""
        at = bisect_left(self._places, places)
        if at == len(self._places):
            if self._last_per_ms <= 0:
                return None
            return self._nodes[-1] + (places - self._places[-1]) / self._last_per_ms
        if at == 0:
            return self._opens_ms
        before = self._places[at - 1]
        share = (places - before) / (self._places[at] - before)
        return self._nodes[at - 1] + share * (self._nodes[at] - self._nodes[at - 1])

    def places_after(self, ms: float) -> float:
        """How many places are served within so many milliseconds."""
        at = bisect_right(self._nodes, ms)
        if at == len(self._nodes):
            return self._places[-1] + (ms - self._nodes[-1]) * self._last_per_ms
        share = (ms - self._nodes[at - 1]) / (self._nodes[at] - self._nodes[at - 1])
        return self._places[at - 1] + share * (self._places[at] - self._places[at - 1])

    def lasting(self, standing: float) -> float:
        """How many of the ``standing`` first in line have come to stay: of newcomers, some only look in."""
        churn = self._pace.churn
        fresh = max(standing - churn.seasoned, 0.0)
        return standing - churn.bounce * fresh

    def estimate(self, ahead: int) -> Estimate | None:
        """The wait of a visitor with ``ahead`` others before them; None where nobody knows."""
        places = ahead + 1.0
        at = bisect_right(self._at, places) - 1
        if at < 0:
            return None
        if at + 1 < len(self._at):
            begin = self._at[at]
            share = (places - begin) / (self._at[at + 1] - begin)
            rest = 1 - share
            near = rest * self._near[at] + share * self._near[at + 1]
            likely = rest * self._likely[at] + share * self._likely[at + 1]
            far = rest * self._far[at] + share * self._far[at + 1]
        else:
            near, likely, far = (
                ends[at] * places / self._at[at] for ends in (self._near, self._likely, self._far)
            )
        low_ms, likely_ms, high_ms = self.ms_until(near), self.ms_until(likely), self.ms_until(far)
        if low_ms is None or likely_ms is None or high_ms is None:
            return None
        return Estimate(seconds=ceil(likely_ms / 1000), low=int(low_ms / 1000), high=ceil(high_ms / 1000))

    def _deviation(self, standing: float, places: float, ms: float) -> float:
        """The standard deviation, in places, of what is served by the time that ``places`` should be, ``ms`` on."""
        pace = self._pace
        moving_ms = max(ms - (self._opens_ms or 0.0), 0.0)
        relative = pace.doubt**2 + DRIFT_PER_MINUTE**2 * moving_ms / MINUTE_MS
        node = min(bisect_left(self._nodes, ms), len(self._nodes) - 1)
        growth = self._growths[node]
        beyond, served = max(ms - self._nodes[-1], 0.0), self._places[node]
        if beyond or served:
            visits = self._off_visits[node] + beyond * self._last_off_visits
            shares = self._off_shares[node] + beyond * self._last_off_shares
            relative += (visits**2 + shares**2) / (served + beyond * self._last_per_ms) ** 2
        # who looks as far ahead as was looked back knows half
        blind = ms / (ms + pace.churn.watched_ms + 1)
        leaving = SETTLED_DOUBT + UNSETTLED_DOUBT * blind
        relative += (leaving * (1 - 1 / growth)) ** 2
        relative += (UNSEEN_PER_MINUTE * blind * min(ms, CHURN_MEMORY_MS) / MINUTE_MS) ** 2
        grain = places * GRAIN_MS / max(moving_ms, GRAIN_MS)
        fresh = pace.churn.bounce_doubt * max(standing - pace.churn.seasoned, 0.0)
        return sqrt(pace.dispersion * places + relative * places**2 + grain**2 + fresh**2)

    def _add_up(self, profile: Profile) -> None:
        pace, shares = self._pace, self._pace.shares
        admits = self._planned(profile)
        if pace.shop is not None:
            admits = pace.shop.lets_in(admits)
        at = 0
        for begins, end, per_minute, doubt in admits:
            while begins < end:
                while at + 1 < len(shares) and shares[at + 1].from_ms <= begins:
                    at += 1
                until = min(end, shares[at + 1].from_ms) if at + 1 < len(shares) else end
                _, part, part_doubt = shares[at]
                self._add(Stretch(begins, until, per_minute * part, doubt * part), per_minute * part_doubt)
                begins = until

    def _planned(self, profile: Profile) -> Iterator[Stretch]:
        for begins, end, rate in profile.stretches(self.now_ms):
            if rate is None:
                return
            per_minute = min(rate * self._pace.level, self._pace.limit_per_minute)
            yield Stretch(begins - self.now_ms, end - self.now_ms, per_minute)

    def _add(self, stretch: Stretch, share_doubt: float) -> None:
        """One stretch of one rate. Those who come back enter first, and the line gets the rest."""
        begins, end, per_minute, doubt = stretch
        per_ms = per_minute * (1 - self._pace.churn.back) / MINUTE_MS if per_minute > NOBODY else 0.0
        if per_ms > 0 and self._opens_ms is None:
            self._opens_ms = begins
        for node in self._nodes_between(begins, end):
            growth = self._growth(node)
            grown = (growth + self._growths[-1]) / 2 * (node - self._nodes[-1])
            self._places.append(self._places[-1] + per_ms * grown)
            self._off_visits.append(self._off_visits[-1] + doubt / MINUTE_MS * grown)
            self._off_shares.append(self._off_shares[-1] + share_doubt / MINUTE_MS * grown)
            self._nodes.append(node)
            self._growths.append(growth)
        last = self._growths[-1] if end == inf else 0.0
        self._last_per_ms = per_ms * last
        self._last_off_visits, self._last_off_shares = (
            doubt / MINUTE_MS * last,
            share_doubt / MINUTE_MS * last,
        )

    def _nodes_between(self, begins: float, end: float) -> Sequence[float]:
        nodes: Sequence[float] = ()
        if self._pace.churn.leaving_per_minute:
            nodes = _NODES[bisect_right(_NODES, begins) : bisect_left(_NODES, end)]
        return nodes if end == inf else (*nodes, end)

    def _growth(self, ms: float) -> float:
        """How much faster the line moves, ``ms`` on, because some of it have left: exp(∫c), c fading."""
        fading = CHURN_MEMORY_MS * (1 - exp(-ms / CHURN_MEMORY_MS)) / MINUTE_MS
        return exp(self._pace.churn.leaving_per_minute * fading)

    def _doubt_places(self, margins: Margins, farthest: float) -> None:
        near = likely = far = 0.0
        for standing in _PLACES:
            places = self.lasting(standing)
            ms = self.ms_until(places)
            if ms is None:
                break
            below, above = margins.at(ms)
            deviation = self._deviation(standing, places, ms)
            # Nobody is told less than one farther ahead is, whatever the margins are where they stand.
            near = max(near, places - below * deviation, 0.0)
            far = max(far, places + above * deviation, near)
            likely = max(likely, min(max(places, near), far))
            self._at.append(standing)
            self._near.append(near)
            self._likely.append(likely)
            self._far.append(far)
            if standing > farthest:
                break
