"""Slow build: a crowd that grows evenly until the shop is full and the line begins, then stays.

python -m loadtests.run slow_build --host https://shop.example --users 1000 --run-time 20m --html slow_build.html

Shows where the waiting room begins to hold, and that admissions keep to the rate from then on.
"""

from __future__ import annotations

from loadtests.crowd.scenario import scenario
from loadtests.crowd.shapes import SlowBuild
from loadtests.crowd.shopper import Shopper

scenario(__doc__, users=200, spawn_rate=5, run_time="10m")


class Build(SlowBuild):
    """Evenly more, then a plateau."""


class SteadyShopper(Shopper):
    """Arrives, waits where there is a line, looks around and perhaps buys."""
