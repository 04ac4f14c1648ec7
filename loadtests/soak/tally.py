"""What the crowd has seen, minute by minute."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from statistics import median
from time import perf_counter
from typing import NamedTuple


class Quantiles(NamedTuple):
    """Milliseconds."""

    p50: float
    p99: float


class Tally:
    """Counts what was done, and keeps how long each took until it is asked."""

    def __init__(self) -> None:
        self.done: Counter[str] = Counter()
        self.failures: Counter[str] = Counter()
        self._times: dict[str, list[float]] = {}

    @contextmanager
    def timed(self, what: str) -> Iterator[None]:
        """Takes the time of what is done within."""
        started = perf_counter()
        yield
        self.done[what] += 1
        self._times.setdefault(what, []).append((perf_counter() - started) * 1e3)

    def take(self) -> dict[str, Quantiles]:
        """Of all since the last call."""
        times, self._times = self._times, {}
        return {
            what: Quantiles(median(found), sorted(found)[len(found) * 99 // 100])
            for what, found in times.items()
        }
