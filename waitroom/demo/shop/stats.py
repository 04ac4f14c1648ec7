"""What the shop counts about itself."""

from __future__ import annotations

import math
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager

WINDOW_SECONDS = 10.0
_MOST_SAMPLES = 20_000


class Served:
    """The outcome of one request; ``failed`` is set by whoever answers it."""

    failed = False


class Stats:
    """Requests since the start, and latencies and rate of the last ten seconds."""

    def __init__(self) -> None:
        self.requests = 0
        self.errors = 0
        self.in_flight = 0
        # (finished at, latency), newest last.
        self._recent: deque[tuple[float, float]] = deque(maxlen=_MOST_SAMPLES)

    def __repr__(self) -> str:
        return f"<Stats {self.requests} requests, {self.errors} errors, {self.in_flight} in flight>"

    @contextmanager
    def request(self) -> Iterator[Served]:
        """Counts one request from here to the end of the block."""
        served = Served()
        started = time.monotonic()
        self.in_flight += 1
        try:
            yield served
        except BaseException:
            served.failed = True
            raise
        finally:
            now = time.monotonic()
            self.in_flight -= 1
            self.requests += 1
            self.errors += served.failed
            self._recent.append((now, now - started))

    def requests_per_second(self) -> float:
        """Requests finished within the window, a second."""
        return len(self._window()) / WINDOW_SECONDS

    def p95_ms(self) -> float:
        """95 of 100 requests of the window were faster than this; 0 when there were none. Nearest rank."""
        latencies = sorted(self._window())
        if not latencies:
            return 0.0
        return latencies[math.ceil(0.95 * len(latencies)) - 1] * 1000

    def _window(self) -> list[float]:
        since = time.monotonic() - WINDOW_SECONDS
        while self._recent and self._recent[0][0] < since:
            self._recent.popleft()
        return [latency for _, latency in self._recent]
