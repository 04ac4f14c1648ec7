"""The simulated visitors: who comes, sleeps, gives up, is called and enters. It knows nothing of Redis.

Everyone's fate is one of :class:`Fate`. Times are seconds of the rehearsal. Visitors are told apart by their number,
which is that of their ticket. Pure Python over flat arrays: a visitor takes some sixty bytes and a few microseconds.
"""

from __future__ import annotations

import random
from array import array
from collections import defaultdict
from collections.abc import Iterable, Sequence
from enum import IntEnum
from math import exp, inf

from waitroom.line.draw import Draw
from waitroom.line.ticket import Outcome
from waitroom.rehearse.scenario import People

QUICKEST, SLOWEST = 0.2, 1.0
"""Seconds from one's turn until the page has come in by itself."""
RETRY = 3.0
"""Between two looks of a late one whether the budget has come."""
FIRST_PAGE = (5.0, 20.0)
"""Seconds until a new visitor's pass is first returned."""
BUTTON_SHARE = 0.1
"""Of those who give up: they press the button. The others close the page, and are absent a while later."""
SPREAD = 0.5
"""The standard deviation of the logarithm of patience and visits."""


class Fate(IntEnum):
    """Where a visitor stands; after a rehearsal, what became of them."""

    TO_COME = 0
    WAITING = 1
    """In line, the page open."""
    ASLEEP = 2
    """In line, the phone asleep."""
    CALLED = 3
    """Called, and about to come in."""
    CALLED_ASLEEP = 4
    """Called, and does not know it yet."""
    ENTERED = 5
    LEFT = 6
    NO_SHOW = 7
    MISSED = 8


class Crowd:
    """The visitors of one lane. Call its methods in the order of time."""

    def __init__(self, people: People, visitors: int, session: float, seed: int) -> None:
        self._people = people
        self._session = session
        # the mean of such times is longer than their median
        self._visit = people.visit * exp(-SPREAD * SPREAD / 2)
        self._random = random.Random(seed)  # noqa: S311 - a simulation is repeatable
        self.arrived = 0
        self.called = 0
        self.waiting = 0
        self.asleep = 0
        self.on_the_way = 0
        self.last_event = 0.0
        self.fate = bytearray(visitors + 1)
        self.joined = array("d", bytes(8 * (visitors + 1)))
        self.stood_until = array("d", [inf]) * (visitors + 1)
        self.turn = array("d", [inf]) * (visitors + 1)
        self.entered = array("d", [inf]) * (visitors + 1)
        self.order = array("l")
        """The numbers of those who entered, in that order."""
        self.place = array("l", range(visitors + 1))
        """Where each stands in the order that is kept: the number, or the drawn turn once it was called."""
        self.draw: Draw | None = None
        self._late = bytearray(visitors + 1)
        self._present = bytearray(visitors // 8 + 1)
        self._told_soon: list[int] = []
        self._renewals: list[int] = []
        self._leavers: list[int] = []
        self._ends = array("d", bytes(8 * (visitors + 1)))
        self._give_up: defaultdict[int, list[int]] = defaultdict(list)
        self._sleep: defaultdict[int, list[int]] = defaultdict(list)
        self._wake: defaultdict[int, list[int]] = defaultdict(list)
        self._claim: defaultdict[int, list[tuple[float, int]]] = defaultdict(list)
        self._renew: defaultdict[int, list[int]] = defaultdict(list)

    @property
    def unsettled(self) -> int:
        """Those in line and those about to enter."""
        return self.waiting + self.asleep + self.on_the_way

    def arrive(self, count: int, admitted: int, now: float) -> None:
        """``count`` joined, and the first ``admitted`` of them met an open door."""
        people, first = self._people, self.arrived + 1
        self.arrived += count
        self.last_event = now
        for number in range(first, self.arrived + 1):
            self.joined[number] = now
        for number in range(first, first + admitted):
            self.turn[number] = self.stood_until[number] = now
            self._enter(number, now, now)
        self.called = max(self.called, first + admitted - 1 if admitted else 0)
        for number in range(first + admitted, self.arrived + 1):
            self.fate[number] = Fate.WAITING
            self._present[number >> 3] |= 128 >> (number & 7)
            if people.patience:
                self._give_up[int(now + self._about(people.patience))].append(number)
            if people.sleepers and self._random.random() < people.sleepers:
                self._sleep[int(now + self._random.expovariate(1 / people.awake))].append(number)
        self.waiting += count - admitted

    def live(self, second: int) -> None:
        """What happens by itself in this second: phones sleep and wake, visitors give up."""
        if second in self._wake:
            self._all_wake(self._wake.pop(second), second)
        if second in self._sleep:
            self._all_sleep(self._sleep.pop(second), second)
        if second in self._give_up:
            self._all_give_up(self._give_up.pop(second), second)
        if second in self._renew:
            self._renewals.extend(self._renew.pop(second))

    def call(self, numbers: Iterable[int], now: float) -> None:
        """The holders of ``numbers`` have the next turns: whoever looks comes in."""
        fate, people, chance = self.fate, self._people, self._random.random
        before = self.called
        for turn, number in enumerate(numbers, self.called + 1):
            self.called = turn
            if number != turn:
                self.place[number] = turn
            state = fate[number]
            if state not in (Fate.WAITING, Fate.ASLEEP):
                continue
            self.turn[number] = now
            self._present[number >> 3] &= ~(128 >> (number & 7))
            if state == Fate.WAITING:
                self.stood_until[number] = now
                self.waiting -= 1
            else:
                self.asleep -= 1
            if people.no_shows and chance() < people.no_shows:
                fate[number] = Fate.NO_SHOW
            elif state == Fate.WAITING:
                fate[number] = Fate.CALLED
                self.on_the_way += 1
                self._plan_claim(number, now + QUICKEST + (SLOWEST - QUICKEST) * chance())
            else:
                fate[number] = Fate.CALLED_ASLEEP
                self.on_the_way += 1
        if self.called > before:
            self.last_event = now

    def at_the_door(self, second: int) -> list[tuple[float, int]]:
        """Those who show their ticket in this second, and when: the first to come first."""
        return sorted(self._claim.pop(second, ()))

    def answer(self, callers: Sequence[tuple[float, int]], outcomes: Iterable[Outcome], now: float) -> None:
        """What those at the door were told."""
        for (at, number), outcome in zip(callers, outcomes, strict=True):
            if outcome is Outcome.ADMITTED or outcome is Outcome.AGAIN:
                if self._late[number]:
                    self.turn[number] = now
                self.on_the_way -= 1
                # who woke within this tick was called at its end
                self._enter(number, max(at, self.turn[number]), now)
            elif outcome in (Outcome.MISSED, Outcome.SPENT):
                self.fate[number] = Fate.MISSED
                self.on_the_way -= 1
            else:
                if outcome is Outcome.CALLED:
                    self._late[number] = 1
                self._plan_claim(number, now + RETRY * (0.5 + self._random.random()))

    def take_renewals(self, now: float) -> dict[int, int]:
        """The visits that were active, with the milliseconds since their last request."""
        renewed: dict[int, int] = {}
        for number in self._renewals:
            idle = now - self._ends[number]
            renewed[number] = max(int(idle * 1000), 0)
            if idle < 0:
                self._renew[int(min(self._ends[number], now + 0.8 * self._session)) + 1].append(number)
        self._renewals.clear()
        return renewed

    def take_seen(self) -> list[int]:
        """Those who came back, and are to be told as present."""
        seen, self._told_soon = self._told_soon, []
        return seen

    def take_leavers(self) -> list[int]:
        """Those who pressed the button that gives the place up."""
        leavers, self._leavers = self._leavers, []
        return leavers

    def looking(self) -> tuple[int, bytes]:
        """A bitmap of those who wait with the page open, and the number of its first bit, a multiple of 8."""
        settled = self.called
        if self.draw is not None and settled < self.draw.first + self.draw.count - 1:
            settled = self.draw.first - 1
        first = settled >> 3
        return first << 3, bytes(self._present[first : (self.arrived >> 3) + 1])

    def _all_wake(self, numbers: list[int], now: int) -> None:
        for number in numbers:
            if self.fate[number] == Fate.ASLEEP:
                self.fate[number] = Fate.WAITING
                self.asleep -= 1
                self.waiting += 1
                self.stood_until[number] = inf
                self._present[number >> 3] |= 128 >> (number & 7)
                self._told_soon.append(number)
                self._sleep[int(now + self._random.expovariate(1 / self._people.awake)) + 1].append(number)
            elif self.fate[number] == Fate.CALLED_ASLEEP:
                self.fate[number] = Fate.CALLED
                self._plan_claim(number, now + self._random.random())

    def _all_sleep(self, numbers: list[int], now: int) -> None:
        for number in numbers:
            if self.fate[number] == Fate.WAITING:
                self.fate[number] = Fate.ASLEEP
                self.waiting -= 1
                self.asleep += 1
                self.stood_until[number] = now
                self._present[number >> 3] &= ~(128 >> (number & 7))
                self._wake[int(now + self._random.expovariate(1 / self._people.asleep)) + 1].append(number)

    def _all_give_up(self, numbers: list[int], now: int) -> None:
        for number in numbers:
            state = self.fate[number]
            if state == Fate.WAITING:
                self.waiting -= 1
                self.stood_until[number] = now
                self._present[number >> 3] &= ~(128 >> (number & 7))
                if self._random.random() < BUTTON_SHARE:
                    self._leavers.append(number)
            elif state == Fate.ASLEEP:
                self.asleep -= 1
            else:
                continue
            self.fate[number] = Fate.LEFT
            self.last_event = now

    def _enter(self, number: int, at: float, now: float) -> None:
        self.fate[number] = Fate.ENTERED
        self.entered[number] = at
        self.order.append(number)
        self.last_event = now
        self._ends[number] = at + self._about(self._visit)
        least, most = FIRST_PAGE
        first = at + min(least + (most - least) * self._random.random(), self._session / 2)
        self._renew[int(max(min(first, self._ends[number]), now)) + 1].append(number)

    def _plan_claim(self, number: int, at: float) -> None:
        self._claim[int(at)].append((at, number))

    def _about(self, median: float) -> float:
        """A time as people take it: log-normal, as response times of people are found to be."""
        return median * exp(SPREAD * self._random.gauss(0, 1))
