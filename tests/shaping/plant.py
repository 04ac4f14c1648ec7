"""A shop and its visitors, simulated: what the controller of adaptive admission is tried against.

Time is the simulation's own. Visitors are admitted by the limit as the line would admit them, ask for one page after
the other with a pause between, and each page takes the shop's time. The controller sees what the gateway would see.
"""

from __future__ import annotations

import heapq
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from random import Random
from typing import Protocol

from waitroom.shaping.adaptive import State, begin, step
from waitroom.shaping.aims import Aims
from waitroom.shaping.window import Window, bucket, percentile

STEP_SECONDS = 1.0


class Plant(Protocol):
    """A shop: takes requests, and tells of each when it is done and whether it went well."""

    capacity: float

    def ask(self, now: float, done: Callable[[float, bool], None]) -> None:
        """A request arrives; ``done`` is called at once or later with the time of the answer, and with its success."""

    def next_event(self) -> float:
        """When something happens by itself; infinity: nothing will."""

    def run(self, now: float) -> None:
        """Lets it happen."""


@dataclass
class Queueing:
    """The demo shop: connections held for a while, a line before them, patience, and contention in the line."""

    capacity: float
    hold: float = 0.08
    patience: float = 3.0
    contention: float = 0.5
    chance: Random = field(default_factory=lambda: Random(1))
    noise: float = 0.0
    """Standard deviation of the logarithm of the service time; 0: always the same."""
    _line: deque[tuple[float, Callable[[float, bool], None]]] = field(default_factory=deque)
    _busy: list[tuple[float, int, Callable[[float, bool], None]]] = field(default_factory=list)
    _count: int = 0

    @property
    def _servers(self) -> int:
        return max(1, round(self.capacity * self.hold))

    @property
    def _longest(self) -> float:
        return max(1.0, self.capacity * self.patience)

    def ask(self, now: float, done: Callable[[float, bool], None]) -> None:
        if len(self._busy) < self._servers:
            self._start(now, done)
        elif len(self._line) >= self._longest:
            done(now + 0.002, False)
        else:
            self._line.append((now, done))

    def _start(self, now: float, done: Callable[[float, bool], None]) -> None:
        mean = self._servers / self.capacity * (1 + self.contention * len(self._line) / self._longest)
        took = mean * self.chance.lognormvariate(-(self.noise**2) / 2, self.noise) if self.noise else mean
        self._count += 1
        heapq.heappush(self._busy, (now + took, self._count, done))

    def next_event(self) -> float:
        ends = self._busy[0][0] if self._busy else float("inf")
        gives_up = self._line[0][0] + self.patience if self._line else float("inf")
        return min(ends, gives_up)

    def run(self, now: float) -> None:
        while self._line and self._line[0][0] + self.patience <= now:
            self._line.popleft()[1](now, False)
        while self._busy and self._busy[0][0] <= now:
            at, _, done = heapq.heappop(self._busy)
            done(at, True)
        while self._line and len(self._busy) < self._servers:
            self._start(now, self._line.popleft()[1])


@dataclass
class Failing:
    """Fails at once what exceeds its capacity, and is never slow: a bucket of tokens."""

    capacity: float
    margin: float = 1.0
    """It does not fail before so many times its capacity."""
    _tokens: float = 5.0
    _at: float = 0.0

    def ask(self, now: float, done: Callable[[float, bool], None]) -> None:
        self._tokens = min(
            self._tokens + (now - self._at) * self.capacity * self.margin, max(5.0, self.capacity / 4)
        )
        self._at = now
        went_well = self._tokens >= 1
        self._tokens -= went_well
        done(now + 0.05, went_well)

    def next_event(self) -> float:
        return float("inf")

    def run(self, now: float) -> None:
        pass


@dataclass(frozen=True)
class Habits:
    """How visitors behave: pages of a visit and the pause between, each evenly between half and one and a half."""

    pages: float = 5.0
    think: float = 2.0


@dataclass(frozen=True)
class Moment:
    """One step of a run."""

    at: float
    limit: float
    """Admissions a minute."""
    asked: int
    served: int
    failed: int
    p90: float
    capacity: float
    reason: str
    carries: float


class Run:
    """A simulated run; ``moments`` has one entry a step."""

    def __init__(
        self,
        plant: Plant,
        aims: Aims,
        *,
        habits: Habits | None = None,
        seed: int = 1,
        demand: float = float("inf"),
        load_told: bool = False,
    ) -> None:
        self.plant = plant
        self.aims = aims
        self.habits = habits or Habits()
        self.chance = Random(seed)
        self.demand = demand
        """Arrivals a minute; infinity: a line that never ends."""
        self.load_told = load_told
        self.state: State = begin(aims)
        self.moments: list[Moment] = []
        self.now = 0.0
        self.inside = 0
        self._admitted = 0
        self._arrived = 0.0
        self._budget = 0.0
        self._events: list[tuple[float, int, Callable[[], None]]] = []
        self._order = 0
        self._open: dict[int, float] = {}
        self._asked = self._served = self._failed = 0
        self._times: dict[int, int] = {}
        self._failing: dict[str, float] = {}
        self._seen: dict[int, float] = {}

    def go(self, seconds: float, **changes: float) -> list[Moment]:
        """Lets that much time pass, after changing the plant, and returns the steps in it."""
        for name, value in changes.items():
            setattr(self.plant, name, value)
        first = len(self.moments)
        end = self.now + seconds
        while self.now < end - 1e-9:
            self._until(self.now + STEP_SECONDS)
            self._step()
        return self.moments[first:]

    def _until(self, end: float) -> None:
        tick = 0.2  # as the gateway's own
        while self.now < end - 1e-9:
            self._admit(tick)
            stop = min(self.now + tick, end)
            while True:
                at = min(self._events[0][0] if self._events else float("inf"), self.plant.next_event())
                if at > stop:
                    break
                self.now = at
                while self._events and self._events[0][0] <= at:
                    heapq.heappop(self._events)[2]()
                self.plant.run(at)
            self.now = stop

    def _admit(self, seconds: float) -> None:
        self._arrived += self.demand * seconds / 60 if self.demand < float("inf") else 0
        self._budget += self.state.limit * seconds / 60
        while self._budget >= 1 and (self.demand == float("inf") or self._arrived >= 1):
            self._budget -= 1
            self._arrived -= 1
            self._admitted += 1
            self.inside += 1
            pages = max(1, round(self.habits.pages * self.chance.uniform(0.5, 1.5)))
            self._later(self.chance.uniform(0, seconds), partial(self._page, self._admitted, pages))
        if self.demand < float("inf") and self._arrived < 1:
            self._budget = min(self._budget, 1)

    def _later(self, seconds: float, what: Callable[[], None]) -> None:
        self._order += 1
        heapq.heappush(self._events, (self.now + seconds, self._order, what))

    def _page(self, who: int, left: int) -> None:
        self._asked += 1
        self._seen.pop(who, None)
        self._seen[who] = self.now
        self._order += 1
        number, begun = self._order, self.now
        self._open[number] = begun

        def done(at: float, well: bool) -> None:
            self._later(max(at - self.now, 0), lambda: answered(well))

        def answered(well: bool) -> None:
            del self._open[number]
            if well:
                self._served += 1
            else:
                self._failed += 1
                self._failing[str(who)] = 1.0
            where = bucket(self.now - begun)
            self._times[where] = self._times.get(where, 0) + 1
            if left <= 1:
                self.inside -= 1
                return
            pause = self.habits.think * self.chance.uniform(0.5, 1.5)
            self._later(pause, lambda: self._page(who, left - 1))

        self.plant.ask(self.now, done)

    def _step(self) -> None:
        for begun in self._open.values():
            if self.now - begun < self.state.patience(self.aims):
                break
            where = bucket(self.now - begun)
            self._times[where] = self._times.get(where, 0) + 1
        while self._seen and next(iter(self._seen.values())) < self.now - 10:
            del self._seen[next(iter(self._seen))]
        told = self._served / STEP_SECONDS / self.plant.capacity if self.load_told else 0.0
        window = Window(
            seconds=STEP_SECONDS,
            asked=self._asked,
            served=self._served,
            well=self._served,
            failing=self._failing,
            times=self._times,
            load_sum=told * self._served,
            load_count=self._served if self.load_told else 0,
        )
        waiting = 1000 if self.demand == float("inf") else int(self._arrived)
        self.state, reason = step(
            self.state, window, self.aims, admitted=self._admitted, waiting=waiting, active=len(self._seen)
        )
        self.moments.append(
            Moment(
                self.now,
                self.state.limit,
                self._asked,
                self._served,
                self._failed,
                percentile(window.times, 0.9),
                self.plant.capacity,
                reason,
                self.state.carries,
            )
        )
        self._asked = self._served = self._failed = 0
        self._times = {}
        self._failing = {}


def served_rates(moments: list[Moment], width: int = 10) -> Iterator[float]:
    """Requests served a second, averaged over ``width`` steps."""
    for start in range(0, len(moments) - width + 1, width):
        part = moments[start : start + width]
        yield sum(moment.served for moment in part) / (width * STEP_SECONDS)
