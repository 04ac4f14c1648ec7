"""The curves of the scenarios, as Locust's shapes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from locust import LoadTestShape

from loadtests.crowd.answers import options_of
from loadtests.crowd.curves import Point, part_at


class Curve(LoadTestShape):
    """``--users`` visitors at the top of the ``curve``, over ``--run-time``."""

    abstract = True
    use_common_options = True
    curve: ClassVar[Sequence[Point]] = (Point(0, 0), Point(1, 1))

    def tick(self) -> tuple[int, float] | None:
        """How many there are to be now, and how fast they come or go."""
        assert self.runner is not None
        options = options_of(self.runner.environment)
        seconds: float = options.run_time or 180.0
        at = self.get_run_time() / seconds  # type: ignore[no-untyped-call]
        if at >= 1:
            return None
        wanted = max(round(options.num_users * part_at(self.curve, at)), 1)
        # as many as are missing, at once: the curve itself says how fast
        now = self.get_current_user_count()  # type: ignore[no-untyped-call]
        return wanted, max(abs(wanted - now), 1.0)


class FlashSale(Curve):
    """Some come early and wait, most at the opening, and few later: pre-queue, spike, decay."""

    abstract = True
    curve = (Point(0, 0.05), Point(0.3, 0.4), Point(0.35, 1), Point(0.6, 0.9), Point(1, 0.15))


class SlowBuild(Curve):
    """More and more, evenly, until a few minutes at the top."""

    abstract = True
    curve = (Point(0, 0.02), Point(0.8, 1), Point(1, 1))
