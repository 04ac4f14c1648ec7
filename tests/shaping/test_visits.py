"""How long visits last is learned from how many come and how many are inside."""

from __future__ import annotations

import heapq
import random
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from waitroom.shaping.profile import MINUTE_MS
from waitroom.shaping.shop import Stretch
from waitroom.shaping.visits import BINS, BROWSING_MS, Visits

SESSION_MS = 300_000.0
CAPACITY = 500


class Full:
    """A shop that fills at ten a second, and then lets in one for each who leaves."""

    def __init__(self, visit_ms: Callable[[random.Random], float], seed: int = 1) -> None:
        self.visits = Visits(0, 0, 0, SESSION_MS)
        self.admitted = 0
        self.now = 0
        self._visit_ms = visit_ms
        self._chance = random.Random(seed)
        self._ends: list[float] = []

    def go(self, minutes: float) -> int:
        """Lets time pass; how many came in meanwhile."""
        before = self.admitted
        until = self.now + minutes * MINUTE_MS
        while self.now < until:
            self.now += 1000
            while self._ends and self._ends[0] <= self.now:
                heapq.heappop(self._ends)
            for _ in range(min(10, CAPACITY - len(self._ends))):
                self.admitted += 1
                heapq.heappush(self._ends, self.now + self._visit_ms(self._chance))
            self.visits.look(self.now, self.admitted, len(self._ends))
        return self.admitted - before

    def foreseen(self, minutes: float) -> tuple[float, float]:
        """How many should come in within so long, and how many fewer if visits last longer than is thought."""
        count = fewer = 0.0
        for stretch in self.visits.shop(CAPACITY).lets_in([Stretch(0, minutes * MINUTE_MS, 600.0)]):
            length = (stretch.ends_in - stretch.begins_in) / MINUTE_MS
            count += stretch.per_minute * length
            fewer += stretch.doubt * length
        return count, fewer


def around(chance: random.Random) -> float:
    """A session, and before it about four minutes."""
    return SESSION_MS + 240_000 * chance.lognormvariate(0, 0.5)


def any_time(chance: random.Random) -> float:
    """Visits that end at any time, as where the shop ends them."""
    return chance.expovariate(1 / 400_000)


def long(chance: random.Random) -> float:
    """Twice as long as is usual."""
    return SESSION_MS + 900_000 * chance.lognormvariate(0, 0.3)


@pytest.mark.parametrize("visit_ms", [around, any_time, long])
def test_what_leaves_a_full_shop_is_foreseen(visit_ms: Callable[[random.Random], float]) -> None:
    """After an hour, within a tenth of what then comes in; and the doubt is as small."""
    shop = Full(visit_ms)
    shop.go(60)
    foreseen, fewer = shop.foreseen(20)
    assert abs(shop.go(20) / foreseen - 1) < 0.12
    assert fewer < 0.25 * foreseen


def test_before_any_visit_has_ended_little_is_known() -> None:
    """The guess is a session and five minutes, and the range reaches to those who stay for much longer."""
    shop = Full(long)
    shop.go(2)
    foreseen, fewer = shop.foreseen(60)
    assert abs(foreseen - 60 * CAPACITY / ((SESSION_MS + BROWSING_MS) / MINUTE_MS)) < 0.2 * foreseen
    assert fewer > 0.15 * foreseen


def test_visits_that_go_on_tell_that_they_are_long() -> None:
    """Nobody has left yet, but those who are still inside count."""
    shop = Full(long)
    shop.go(2)
    guess, doubt = shop.foreseen(10)
    shop.go(11)
    then, still = shop.foreseen(10)
    assert then < guess and still < doubt
    assert abs(shop.go(10) - then) < 1.5 * still


@given(
    st.lists(st.tuples(st.integers(1, 2_000_000), st.integers(0, 500), st.integers(0, 500)), max_size=40),
    st.floats(0, 1000),
)
def test_nobody_is_lost_in_the_table(looks: list[tuple[int, int, int]], capacity: float) -> None:
    """Whatever is seen, those inside are those who were seen, and each age's share is one."""
    visits = Visits(0, 0, 0, SESSION_MS)
    at_ms = admitted = inside = 0
    for ms, came, now in looks:
        at_ms, admitted, inside = at_ms + ms, admitted + came, now
        visits.look(at_ms, admitted, inside)
    shop = visits.shop(capacity)
    assert BINS == len(shop.stocks) == len(shop.hazards)
    assert sum(shop.stocks) == pytest.approx(inside)
    assert all(0 <= longer <= hazard <= 1 for longer, hazard in zip(shop.longer, shop.hazards, strict=True))
    assert min(shop.stocks) >= 0
    for stretch in shop.lets_in([Stretch(0, 1e7, 100.0), Stretch(1e7, float("inf"), 0.0)]):
        assert -1e-9 <= stretch.per_minute <= 100.0
        assert stretch.begins_in <= stretch.ends_in
