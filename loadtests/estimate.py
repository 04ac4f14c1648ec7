"""How often the estimate holds, in simulated sales: ``python -m loadtests.estimate``.

A line is played second by second by the rules of :mod:`waitroom.line.model`, with visitors who give up, fall asleep and
come back, do not show up, and with rates, capacities and schedules that change. Every few seconds somebody in line is
asked what they are told, as they would be when they join and while they wait; when their turn comes it is seen whether
it was true. Nothing is started: it is arithmetic, the same for the same seeds.

    python -m loadtests.estimate --seeds 20
"""

from __future__ import annotations

import argparse
import heapq
import random
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from itertools import pairwise
from math import exp

from waitroom.shaping.forecast import Estimate
from waitroom.shaping.outlook import Outlook
from waitroom.shaping.profile import Profile, Step
from waitroom.shaping.sight import Sight

PRESENCE_S = 60
KEEP_S = 600
ENTRY_S = 60
SESSION_S = 100
DEPTHS = ((0.0, "under 1 min"), (60.0, "1 to 5 min"), (300.0, "5 to 20 min"), (1200.0, "over 20 min"))
NEVER = 1e18


@dataclass(frozen=True)
class Sale:
    """One way in which a sale goes. Times are in seconds."""

    name: str
    seconds: int = 2400
    at_once: int = 3000
    """Visitors within the first minute."""
    per_minute: Callable[[float], float] = lambda _: 200.0
    """Visitors a minute, at a time."""
    rate: float = 300.0
    profile: Profile | None = None
    """Of the whole sale; else the rate."""
    changes: tuple[tuple[int, float], ...] = ()
    """From that second on, that rate: an operator's doing, which nobody knew."""
    slow: Callable[[float], float] = lambda _: 1.0
    """Which share of the rate really gets in."""
    jitter: float = 0.0
    """The standard deviation of that share from second to second, times itself: bursts."""
    capacity: int = 0
    stay: float = 300.0
    """The mean visit, exponential."""
    patience: float = NEVER
    """The mean time until a visitor gives up, exponential; some do within the first minute."""
    bounce: float = 0.0
    """Which share is gone within the first half minute."""
    sleep: float = 0.0
    """Which share has a phone that falls asleep and wakes, about every three minutes each."""
    no_show: float = 0.0
    """Which share of those called does not come."""
    wander: float = 0.008
    """By which share of itself the real rate wanders in a minute, as a random walk does."""

    def varied(self, chance: random.Random) -> Sale:
        """The same sale with another crowd: nobody knows beforehand how patient one will be."""
        return replace(
            self,
            at_once=round(self.at_once * chance.uniform(0.6, 1.4)),
            stay=self.stay * chance.lognormvariate(0, 0.3),
            patience=self.patience * chance.lognormvariate(0, 0.5),
            bounce=self.bounce + chance.uniform(0, 0.12),
            sleep=min(self.sleep * chance.uniform(0.5, 1.5), 1.0),
            no_show=self.no_show * chance.uniform(0.5, 1.5),
        )


@dataclass
class Answer:
    """One visitor asked, and what became of it."""

    told: Estimate
    asked_at: float
    turn_at: float | None = None
    overtaken: bool = False

    @property
    def held(self) -> bool:
        """Whether the turn came within the range."""
        assert self.turn_at is not None
        return self.told.low <= self.turn_at - self.asked_at <= self.told.high


class Present:
    """How many of the numbers up to one are set (Fenwick's tree)."""

    def __init__(self, size: int) -> None:
        self._sums = [0] * (size + 1)
        self._set = bytearray(size + 1)

    def __getitem__(self, number: int) -> bool:
        return bool(self._set[number])

    def put(self, number: int, value: bool) -> None:
        """Sets or clears a number."""
        if self._set[number] == value:
            return
        self._set[number] = value
        step = 1 if value else -1
        while number < len(self._sums):
            self._sums[number] += step
            number += number & -number

    def up_to(self, number: int) -> int:
        """How many are set of the numbers up to this one."""
        count = 0
        while number > 0:
            count += self._sums[number]
            number -= number & -number
        return count


@dataclass
class Line:
    """A sale under way."""

    sale: Sale
    chance: random.Random
    outlook: Outlook = field(default_factory=Outlook)
    now: float = 0.0
    issued: int = 0
    called: int = 0
    served: int = 0
    inside: int = 0
    tokens: float = 0.0
    answers: list[Answer] = field(default_factory=list)

    def __post_init__(self) -> None:
        minutes = self.sale.seconds // 60 + 1
        expected = sum(self.sale.per_minute(60.0 * minute) for minute in range(minutes))
        self.present = Present(int(self.sale.at_once + 1.3 * expected + 1000))
        self._gone: set[int] = set()
        self._late: list[int] = []
        self._events: list[tuple[float, int, str]] = []
        self._asked: dict[int, list[Answer]] = {}
        self._rate = self.sale.rate
        self._level = 1.0

    def play(self) -> list[Answer]:
        """All answers of the whole sale whose turn came, and that nobody's change overtook."""
        for second in range(self.sale.seconds):
            self.now = float(second)
            self._change(second)
            self._happen()
            self._arrive(second)
            self._advance()
            self.outlook.observe(self._sight(), self.ahead)
            self._ask(second)
        return [answer for answer in self.answers if answer.turn_at is not None and not answer.overtaken]

    def ahead(self, number: int) -> int:
        """Present ones before ``number``."""
        return len(self._late) + self.present.up_to(number - 1) - self.present.up_to(self.called)

    @property
    def profile(self) -> Profile:
        """What is planned, as far as anybody knows."""
        return self.sale.profile or Profile.steady(self._rate)

    def _sight(self) -> Sight:
        return Sight(
            at_ms=int(self.now * 1000),
            epoch=1,
            called=self.called,
            issued=self.issued,
            served=self.served,
            waiting=self.ahead(self.issued + 1),
            admitted=self.served,
            standing=self.ahead(self.issued + 1),
            profile=self.profile,
            capacity=self.sale.capacity,
            inside=self.inside,
            session_ms=SESSION_S * 1000.0,
        )

    def _change(self, second: int) -> None:
        for at, rate in self.sale.changes:
            if at == second:
                self._rate = rate
                for answer in self.answers:
                    answer.overtaken = answer.overtaken or answer.turn_at is None

    def _arrive(self, second: int) -> None:
        mean = self.sale.per_minute(self.now) / 60
        if second < 60:
            mean += self.sale.at_once / 60
        for _ in range(_poisson(self.chance, mean)):
            self.issued += 1
            number = self.issued
            self.present.put(number, value=True)
            self._plan(number)

    def _plan(self, number: int) -> None:
        chance, sale = self.chance, self.sale
        if chance.random() < sale.bounce:
            # a closed tab says nothing: it is noticed when it has not been seen for long enough
            self._later(chance.uniform(5, 30) + PRESENCE_S, number, "leave")
        elif sale.patience < NEVER:
            self._later(chance.expovariate(1 / sale.patience) + PRESENCE_S, number, "leave")
        if chance.random() < sale.sleep:
            self._later(chance.expovariate(1 / 180) + PRESENCE_S, number, "sleep")

    def _later(self, seconds: float, number: int, what: str) -> None:
        heapq.heappush(self._events, (self.now + seconds, number, what))

    def _happen(self) -> None:
        while self._events and self._events[0][0] <= self.now:
            at, number, what = heapq.heappop(self._events)
            match what:
                case "end":
                    self.inside -= 1
                case "leave" if number not in self._gone:
                    self._gone.add(number)
                    self.present.put(number, value=False)
                    if number in self._late:
                        self._late.remove(number)
                case "sleep" if number not in self._gone and number > self.called:
                    self.present.put(number, value=False)
                    heapq.heappush(self._events, (at + self.chance.expovariate(1 / 180), number, "wake"))
                case "wake" if number not in self._gone:
                    if number > self.called:
                        self.present.put(number, value=True)
                        again = self.chance.expovariate(1 / 180) + PRESENCE_S
                        heapq.heappush(self._events, (at + again, number, "sleep"))
                    else:
                        heapq.heappush(self._late, number)

    def _advance(self) -> None:
        sale = self.sale
        rate = (self.profile.rate_at(self.now * 1000) or 0.0) * sale.slow(self.now)
        if self.now % 60 == 0:
            self._level *= self.chance.lognormvariate(0, sale.wander)
        share = max(self.chance.gauss(1, sale.jitter), 0.0) if sale.jitter else 1.0
        self.tokens += rate / 60 * share * self._level
        places = int(self.tokens + 1e-6)
        if sale.capacity:
            places = min(places, sale.capacity - self.inside)
        served = 0
        while served < places and self._late:
            number = heapq.heappop(self._late)
            self._grant(number)
            served += 1
        while served < places and self.called < self.issued:
            self.called += 1
            for answer in self._asked.pop(self.called, ()):
                answer.turn_at = self.now
            if self.present[self.called]:
                self._grant(self.called)
                served += 1
        self.served += served
        self.tokens = min(self.tokens - served, 1.0)

    def _grant(self, number: int) -> None:
        self._gone.add(number)
        self.inside += 1
        stays = self.chance.expovariate(1 / self.sale.stay)
        if self.chance.random() < self.sale.no_show:
            stays = ENTRY_S
        self._later(max(stays, 1.0), number, "end")

    def _ask(self, second: int) -> None:
        """Somebody who has just joined, and somebody anywhere in line."""
        if second % 3:
            return
        for number in {self.issued, self.chance.randint(self.called + 1, max(self.issued, self.called + 1))}:
            if not self.called < number <= self.issued or not self.present[number]:
                continue
            told = self.outlook.estimate(self.ahead(number))
            if told is not None:
                answer = Answer(told, self.now)
                self.answers.append(answer)
                self._asked.setdefault(number, []).append(answer)


def _poisson(chance: random.Random, mean: float) -> int:
    """Knuth's, in pieces that do not underflow."""
    count = 0
    while mean > 0:
        piece = min(mean, 30.0)
        mean -= piece
        bound, product = exp(-piece), chance.random()
        while product > bound:
            count += 1
            product *= chance.random()
    return count


def _day(*steps: tuple[int, float | None]) -> Profile:
    return Profile(tuple(Step(second * 1000, rate) for second, rate in steps))


SALES = (
    Sale("a steady rate, some give up", patience=2400),
    Sale("half the phones fall asleep", sleep=0.5, patience=3600),
    Sale("one in five looks in and goes", bounce=0.15, patience=3600),
    Sale(
        "a crowd that never stops coming", at_once=500, per_minute=lambda at: 450.0, patience=1800, sleep=0.3
    ),
    Sale(
        "a small shop, 12 a minute",
        rate=12,
        at_once=100,
        per_minute=lambda at: 10.0,
        patience=2400,
        sleep=0.2,
    ),
    Sale(
        "held back by a full shop",
        capacity=600,
        rate=300,
        stay=300,
        at_once=2000,
        per_minute=lambda at: 100.0,
        patience=3600,
        no_show=0.1,
    ),
    Sale(
        "a full shop, and a quarter of those called do not come",
        capacity=400,
        stay=400,
        at_once=1500,
        per_minute=lambda at: 60.0,
        no_show=0.25,
        sleep=0.3,
        patience=3600,
    ),
    Sale("uneven: bursts and gaps", jitter=1.5, patience=2400),
    Sale(
        "the shop slows to a half for 8 minutes",
        slow=lambda at: 0.5 if 900 < at < 1380 else 1.0,
        patience=3600,
    ),
    Sale(
        "the rate is changed twice by hand", changes=((600, 150.0), (1200, 450.0)), patience=2400, sleep=0.3
    ),
    Sale(
        "an opening, then a planned ramp",
        profile=_day((300, 100), (600, 150), (900, 200), (1200, 300), (1500, 400), (1800, 600)),
        patience=3600,
        sleep=0.3,
    ),
    Sale("a planned break", profile=_day((0, 300), (600, 0), (900, 300)), patience=3600, sleep=0.2),
)


def play(sale: Sale, seeds: Iterable[int]) -> tuple[list[Answer], list[Outlook]]:
    """Plays a sale once for each seed."""
    answers: list[Answer] = []
    outlooks = []
    for seed in seeds:
        chance = random.Random(f"{sale.name} {seed}")
        line = Line(sale.varied(chance), chance)
        answers += line.play()
        outlooks.append(line.outlook)
    return answers, outlooks


def coverage(answers: list[Answer]) -> float:
    """The share of those asked whose turn came within the range."""
    return sum(answer.held for answer in answers) / len(answers)


def table(seeds: Iterable[int]) -> Iterable[str]:
    """The figures as Markdown, a sale a line."""
    seeds = list(seeds)
    depths = " | ".join(name for _, name in DEPTHS)
    yield f"| sale | asked | held | {depths} | width | error | the room's own count |"
    yield "| --- |" + " --- |" * (6 + len(DEPTHS))
    for sale in SALES:
        answers, outlooks = play(sale, seeds)
        bounds = [*(low for low, _ in DEPTHS), float("inf")]
        cells = []
        for low, high in pairwise(bounds):
            of = [answer for answer in answers if low <= answer.told.seconds < high]
            cells.append(f"{coverage(of):.0%}" if len(of) >= 10 * len(seeds) else "")
        far = [answer for answer in answers if answer.told.seconds >= 60]
        width = median((answer.told.high - answer.told.low) / answer.told.seconds for answer in far)
        error = median(
            abs((answer.turn_at or 0) - answer.asked_at - answer.told.seconds) / answer.told.seconds
            for answer in far
        )
        asked = sum(outlook.hits.asked for outlook in outlooks)
        kept = sum(outlook.hits.kept for outlook in outlooks)
        yield (
            f"| {sale.name} | {len(answers):,} | **{coverage(answers):.0%}** | {' | '.join(cells)} "
            f"| {width:.0%} | {error:.1%} | {kept / asked:.0%} of {asked:,} |"
        )


def median(values: Iterable[float]) -> float:
    """The upper one; 0 of none."""
    ordered = sorted(values)
    return ordered[len(ordered) // 2] if ordered else 0.0


def main() -> None:
    """Prints the table, and writes it where that is asked for."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seeds", type=int, default=5, help="how often each sale is played")
    chosen = parser.parse_args()
    for line in table(range(chosen.seeds)):
        print(line, flush=True)


if __name__ == "__main__":
    main()
