"""Return visitors: they close the tab while they wait, and open the shop again later: each has the same place.

python -m loadtests.run return_visitors --host https://shop.example --users 500 --away 120 --html returns.html

Every place that is not the same as before counts as lost and fails the run, if it comes within the room's keep.
"""

from __future__ import annotations

import random
from argparse import ArgumentParser

import gevent

from loadtests.crowd.journal import Staying
from loadtests.crowd.scenario import scenario
from loadtests.crowd.shopper import Shopper


def add_options(parser: ArgumentParser) -> None:
    """Adds how often and for how long they are away."""
    group = parser.add_argument_group("Return visitors")
    group.add_argument(
        "--return-chance", type=float, default=0.7, help="who closes the tab, 0 to 1 (default 0.7)"
    )
    group.add_argument("--stays", type=float, default=10.0, help="mean seconds before that (default 10)")
    group.add_argument(
        "--away", type=float, default=30.0, help="mean seconds until they are back (default 30)"
    )


scenario(__doc__, users=100, spawn_rate=10, run_time="5m", options=add_options)


class ReturnVisitor(Shopper):
    """Closes the tab in the middle of waiting, and comes back by opening the shop."""

    kind = "returning"

    def stand_in_line(self, room: str, staying: Staying) -> None:
        """Waits for a while; then, perhaps, goes away and opens the page anew."""
        if random.random() >= self.options.return_chance:
            super().stand_in_line(room, staying)
            return
        if self.follow(room, staying, seconds=self.options.stays * random.uniform(0.3, 1.7)):
            return
        staying.away()
        gevent.sleep(self.options.away * random.uniform(0.3, 1.7))
