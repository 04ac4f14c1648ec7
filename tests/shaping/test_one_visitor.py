"""What a single visitor can do to the controller: from the requests, by way of several workers, to the limit."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

import pytest

from waitroom.shaping.adaptive import State, begin, step
from waitroom.shaping.aims import Aims
from waitroom.shaping.signals import Signals
from waitroom.shaping.telling import together, words
from waitroom.shaping.window import Window

AIMS = Aims()
WORKERS = 2
SHOPPERS = 160
TOOK_SECONDS = 0.08


class Clock:
    """A clock in the test's hand."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@dataclass
class Shop:
    """A room whose shoppers ask for a page a second each; ``shown`` are the reasons for every change of its limit."""

    state: State = field(default_factory=lambda: begin(AIMS))
    clock: Clock = field(default_factory=Clock)
    shown: list[str] = field(default_factory=list)
    shoppers: int = SHOPPERS
    _admitted: int = 0

    def __post_init__(self) -> None:
        self._workers = [Signals(self.clock) for _ in range(WORKERS)]

    def go(self, steps: int, *, loud: int = 0, status: int = 200, failing: int = 0) -> list[float]:
        """The limit after each of so many seconds, in which one visitor asks ``loud`` times a second, for what is
        answered with ``status``; ``failing`` of the shoppers get errors."""
        limits = []
        for _ in range(steps):
            told: Counter[str] = Counter()
            for half in range(2):
                asking = [(who, 503 if who < failing else 200) for who in range(half, self.shoppers, 2)]
                self._ask([*asking, *[(-1, status)] * (loud // 2)])
                for worker in self._workers:
                    told.update(told_by(worker))
            # those who leave are followed by others, so that the load stays
            self._admitted += self.shoppers // 10
            self.state, why = step(
                self.state,
                together(told, usual_seconds=1.0),
                AIMS,
                admitted=self._admitted,
                active=self.shoppers,
                waiting=1000,
            )
            self.shown += [why] if why else []
            limits.append(self.state.limit)
        return limits

    def _ask(self, asking: list[tuple[int, int]]) -> None:
        numbers = []
        for index, (who, status) in enumerate(asking):
            worker = self._workers[index % WORKERS]
            numbers.append((worker, worker.asked(("room", who), timed=True), status))
        self.clock.now += TOOK_SECONDS
        for worker, number, status in numbers:
            worker.answered(number, status, [])
            worker.left(number)
        self.clock.now += 0.5 - TOOK_SECONDS


def told_by(worker: Signals) -> dict[str, float]:
    """Its words, to be added up."""
    flat = [*words(worker.take())]
    return {str(name): float(value) for name, value in zip(flat[::2], flat[1::2], strict=True)}


@pytest.mark.parametrize("shoppers", [6, 40, SHOPPERS])
def test_one_visitor_who_asks_for_what_fails_does_not_shut_the_room(shoppers: int) -> None:
    """A broken page that one visitor asks for 25 times a second is no overload, and ends no growth, in a room of any
    size."""
    shop, calm = Shop(shoppers=shoppers), Shop(shoppers=shoppers)
    shop.go(30), calm.go(30)
    loud, quiet = shop.go(60, loud=25, status=500), calm.go(60, loud=25)
    assert not [why for why in shop.shown if "overloaded" in why]
    assert quiet[-1] * 0.8 <= loud[-1]


def test_a_shop_that_fails_many_is_overloaded() -> None:
    """One vote each is enough for that: within seconds only the least come in."""
    shop = Shop()
    shop.go(30)
    assert AIMS.least == min(shop.go(6, failing=SHOPPERS))
    assert "of its answers are errors" in shop.shown[-1]


def test_a_shop_that_fails_some_is_overloaded() -> None:
    """One of ten visitors is more than chance."""
    shop = Shop()
    shop.go(30)
    shop.go(6, failing=SHOPPERS // 10)
    assert "of its answers are errors" in shop.shown[-1]


def test_one_visitor_is_not_the_load() -> None:
    """Hundreds of cheap requests a second of one visit are no reason to let others in more slowly."""
    shop, calm = Shop(shoppers=60), Shop(shoppers=60)
    shop.go(60), calm.go(60)
    loud, quiet = shop.go(30, loud=500), calm.go(30)
    assert shop.state.demand.load < 1.5 * calm.state.demand.load
    assert quiet[-1] * 0.5 <= loud[-1]


def test_one_visitor_is_no_proof_of_what_the_shop_carries() -> None:
    """From the start on, hundreds of cheap requests a second make the shop look hardly any stronger."""
    shop, calm = Shop(shoppers=60), Shop(shoppers=60)
    shop.go(90, loud=500), calm.go(90)
    assert shop.state.carries < 1.5 * calm.state.carries


def test_of_a_visitor_every_worker_sees_the_same() -> None:
    """Told twice by each of eight workers they have one vote each."""
    told: Counter[str] = Counter()
    for _ in range(8):
        worker = Signals()
        for _ in range(2):
            for who in ("loud", "unlucky"):
                worker.failed(worker.asked(("room", who), timed=True))
            worker.answered(worker.asked(("room", "well"), timed=True), 200, [])
            told.update(told_by(worker))
    seen = together(told, usual_seconds=1.0)
    assert (16, 2) == (seen.well, seen.failures)
    assert Window(1.0) == together({}, usual_seconds=1.0)
