"""A sale in which something fails: visitors come, wait, are let in and shop through it; then what they saw is checked.

This is the one checker of all rows in docs/faults.md whose fault strikes while the line moves; those that strike a line
that stands use :mod:`tests.faults.checks`, which asks the same of it.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager

from tests.faults.crowd import Crowd, Visitor, crowd_at, eventually
from tests.faults.site import Grant, Site, by_redis, most_over_the_rate
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
CLOCKS_MS = 50
"""By which the visitors' clock and Redis's, of one machine, may seem to differ."""
NOISE_MS = 250
"""See ``tests.faults.checks``."""
MOST_OVER = 1 + NOISE_MS * RATE / 60_000
"""By how many admissions the rate may seem exceeded: a doubled one does so within the ten who wait at the
beginning."""


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
        self._before: frozenset[bytes] = frozenset()
        """The grants in the record before anybody of this sale was called."""

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
        self._before = frozenset(grant.name for grant in await self.site.grants())
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
        when: Callable[[Grant], int] = by_redis,
        saved_seconds: float = 0.0,
    ) -> None:
        """Nobody comes any more; everyone gets in; and what they saw is checked.

        ``cuts`` is how many requests of those inside may have broken off, and ``failures`` what else they may have been
        answered; ``has_record``: Redis kept its record, else what is there of it is judged. ``when`` is the clock by
        which it is: where Redis's was set, nobody's entering can be held against it. ``saved_seconds`` of
        the rate may be let in at once besides: more than one makes the bound of the rate too wide for so few visitors.
        """
        await asyncio.sleep(SOME_SECONDS)
        self._over.set()
        await asyncio.gather(*self._tasks)
        await self.crowd.all_inside()
        self.admitted_are_served(cuts, failures)
        self.places_are_kept()
        grants = [grant for grant in await self.site.grants() if grant.name not in self._before]
        assert most_over_the_rate(grants, RATE, when) <= MOST_OVER + saved_seconds * RATE / 60, (
            "the rate was exceeded"
        )
        if when is by_redis:
            self.nobody_overtakes(grants, 0.0 if has_record else self.mended_at)
        if has_record:
            self.record_is_whole(grants)

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

    def nobody_overtakes(self, grants: Sequence[Grant], since: float) -> None:
        """They came in in the order in which the line called them, and that was the order of their numbers.

        How soon somebody who is called learns of it is another matter: after a fault all who wait may be called within
        two seconds, and ask again within one, so that the order in which they come in tells nothing by itself.
        Judged are those who were given a place after ``since``: whoever was called before a record was lost may be
        called again after having come in.
        """
        to_wall = time.time() - time.monotonic()
        line = [each for each in self.crowd.everyone[FIRST:] if (each.placed_at or 0.0) >= since]
        entered = {number_of(each): ((each.entered_at or 0.0) + to_wall) * 1000 for each in line}
        assert [] == in_before_called(entered, grants)

    def record_is_whole(self, grants: Sequence[Grant]) -> None:
        """By Redis's own record the line was called in order, and nobody was let in but by it."""
        assert sorted(grant.end for grant in grants) == [grant.end for grant in grants]
        line = self.crowd.everyone[FIRST:]
        assert [] == [each for each in line if called_at(number_of(each), grants) is None]
        assert sum(grant.granted for grant in grants) >= len(line)

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


def called_at(number: int, grants: Sequence[Grant]) -> int | None:
    """When a number was called, in milliseconds since 1970; None where the record does not say."""
    return next((grant.at for grant in grants if grant.start < number <= grant.end), None)


def in_before_called(entered: Mapping[int, float], grants: Sequence[Grant]) -> list[int]:
    """The numbers that were in (milliseconds since 1970) before the line had called so far.

    Whose call the record does not have, because Redis lost it, is not judged.
    """
    called = {number: called_at(number, grants) for number in entered}
    return [number for number, at in called.items() if at is not None and entered[number] < at - CLOCKS_MS]


@asynccontextmanager
async def sale_at(*sites: Site, balanced: bool = False) -> AsyncIterator[Sale]:
    """A sale that has begun."""
    async with crowd_at(sites[0].where) as crowd:
        sale = Sale(sites, crowd, balanced=balanced)
        await sale.begin()
        await asyncio.sleep(SOME_SECONDS)
        yield sale
