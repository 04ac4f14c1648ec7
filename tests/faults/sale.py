"""A sale in which something fails: visitors come, wait, are let in and shop through it; then what they saw is checked.

This is the one checker of all rows in docs/faults.md whose fault strikes while the line moves; those that strike a line
that stands use :mod:`tests.faults.checks`, which asks the same of it.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from itertools import pairwise

from tests.faults.crowd import Crowd, Visitor, crowd_at, eventually
from tests.faults.site import Site, most_over_the_rate
from tests.faults.wire import WireError

RATE = 600.0
"""Admissions a minute."""
FIRST = 4
"""Who is inside when it begins."""
BEFORE = 10
"""Who waits when it begins; more come all the time."""
COME_SECONDS = 0.12
"""Between two newcomers: nearly as many as are let in."""
ASK_SECONDS = 0.1
"""Between two requests of each of those inside."""
SOME_SECONDS = 0.5
"""Before the fault, and after it."""
LATE_SECONDS = 4.0
"""Within which somebody who is called learns of it and comes in, on a busy machine."""
NOISE_MS = 250
"""See ``tests.faults.checks``."""


class Sale:
    """One sale, at one gateway or several of one line."""

    def __init__(self, sites: Sequence[Site], crowd: Crowd, *, balanced: bool = False) -> None:
        """``balanced``: whoever finds a gateway away is sent to another."""
        self.site = sites[0]
        self.sites = sites
        self._balanced = balanced
        self.crowd = crowd
        self.inside: list[Visitor] = []
        self.answers: list[int] = []
        """What those were answered who were inside all the time; 0: the connection broke."""
        self.mended_at = 0.0
        self._over = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []
        self._last_grant = 0

    async def begin(self) -> None:
        """The first few are inside, some wait, and the door is open."""
        await self.site.turn(9000)
        self.inside = await self.crowd.arrive(FIRST)
        for visitor in self.inside:
            self._balance(visitor)
        await self.crowd.all_inside()
        await self.site.turn(0)
        for visitor in await self.crowd.arrive(BEFORE):
            self._balance(visitor)
        self._last_grant = max((grant.at for grant in await self.site.grants()), default=0)
        await self.site.turn(RATE)
        self._tasks = [asyncio.create_task(self._shop(visitor)) for visitor in self.inside]
        self._tasks.append(asyncio.create_task(self._come()))

    def is_mended(self) -> None:
        """From now on the sale should become well by itself."""
        self.mended_at = time.monotonic()

    async def well_again(self) -> float:
        """Seconds from when it was mended until somebody is given a place."""
        since = self.mended_at or time.monotonic()
        await eventually(
            lambda: any((visitor.placed_at or 0) > since for visitor in self.crowd.everyone),
            lambda: "no newcomer has a place",
        )
        return time.monotonic() - since

    async def end(
        self,
        *,
        cuts: int = 0,
        has_record: bool = True,
        failures: frozenset[int] = frozenset(),
        late_seconds: float = LATE_SECONDS,
    ) -> None:
        """Nobody comes any more; everyone gets in; and what they saw is checked.

        ``cuts`` is how many requests of those inside may have broken off, and ``failures`` what else they may have been
        answered; ``has_record``: Redis kept its record. Whoever is called learns of it within
        ``late_seconds``.
        """
        await asyncio.sleep(SOME_SECONDS)
        self._over.set()
        await asyncio.gather(*self._tasks)
        await self.crowd.all_inside()
        self.admitted_are_served(cuts, failures)
        self.places_are_kept()
        self.nobody_overtakes(late_seconds)
        self.rate_is_kept(late_seconds)
        if has_record:
            await self.record_is_kept()

    def admitted_are_served(self, cuts: int, failures: frozenset[int]) -> None:
        """Those inside had the shop's answers all the time."""
        assert len(self.answers) > FIRST
        assert {200} == set(self.answers) - {0} - failures
        assert self.answers.count(0) <= cuts

    def places_are_kept(self) -> None:
        """Each had one place from first to last, and no two had the same."""
        tickets = [visitor.tickets for visitor in self.crowd.everyone]
        assert [1] * len(tickets) == [len(held) for held in tickets], "somebody was given another place"
        assert len(tickets) == len({held[0] for held in tickets}), "a number was given twice"

    def nobody_overtakes(self, late_seconds: float) -> None:
        """They came in in the order of their numbers, as far as each learnt of it in time.

        Two may be called just before the fault, of whom one is in at once and the other when it is over: the time for
        which nobody came in at all is taken out.
        """
        line = sorted(self.crowd.everyone[FIRST:], key=number_of)
        entered = without_longest_gap([visitor.entered_at or 0.0 for visitor in line])
        for index, at in enumerate(entered):
            assert min(entered[index:]) > at - late_seconds, f"{line[index]} was overtaken"

    def rate_is_kept(self, late_seconds: float) -> None:
        """At no time did more come in than the rate allows, but for what the time to learn of it blurs."""
        entered = sorted(visitor.entered_at or 0.0 for visitor in self.crowd.everyone[FIRST:])
        assert most_at_once(entered, RATE) <= RATE * late_seconds / 60

    async def record_is_kept(self) -> None:
        """By Redis's own record the rate was never exceeded, and nobody was let in but by it."""
        grants = [grant for grant in await self.site.grants() if grant.at > self._last_grant]
        assert sorted(grant.end for grant in grants) == [grant.end for grant in grants]
        assert most_over_the_rate(grants, RATE) <= 1 + NOISE_MS * RATE / 60_000
        assert sum(grant.granted for grant in grants) >= len(self.crowd.everyone) - FIRST

    def _balance(self, visitor: Visitor) -> None:
        if self._balanced:
            visitor.others = [site.where for site in self.sites if site.where != visitor.port]

    async def _shop(self, visitor: Visitor) -> None:
        while not self._over.is_set():
            try:
                self.answers.append((await visitor.knock()).status)
            except WireError:
                self.answers.append(0)
                visitor.goes_elsewhere()
            await asyncio.sleep(ASK_SECONDS)

    async def _come(self) -> None:
        while not self._over.is_set():
            count = len(self.crowd.everyone)
            site = self.sites[count // 2 % len(self.sites)]
            visitor = Visitor(site.where, streams=count % 2 == 0)
            self._balance(visitor)
            self.crowd.begins(visitor)
            await asyncio.sleep(COME_SECONDS)


def number_of(visitor: Visitor) -> int:
    """The number on a visitor's ticket."""
    return int(visitor.tickets[0].split(":")[3])


def without_longest_gap(moments: Sequence[float]) -> list[float]:
    """The same moments, as if the longest time without any had not been."""
    inorder = sorted(moments)
    gap, until = max((after - before, after) for before, after in pairwise(inorder))
    return [at - gap if at >= until else at for at in moments]


def most_at_once(moments: Sequence[float], rate: float) -> float:
    """By how many the worst of all windows exceeds the rate (a minute)."""
    worst = level = 0.0
    for before, after in pairwise(moments):
        level = max(level - (after - before) * rate / 60, 0.0) + 1
        worst = max(worst, level)
    return worst


@asynccontextmanager
async def sale_at(*sites: Site, balanced: bool = False) -> AsyncIterator[Sale]:
    """A sale that has begun."""
    async with crowd_at(sites[0].where) as crowd:
        sale = Sale(sites, crowd, balanced=balanced)
        await sale.begin()
        await asyncio.sleep(SOME_SECONDS)
        yield sale
