"""Phones that sleep: locked in a pocket while they wait, their streams end without a word; woken, the page goes on.

python -m loadtests.run sleeping_phones --host https://shop.example --users 500 --asleep 90 --html phones.html

Nobody may lose the place by it, and nobody who is awake may wait behind somebody asleep.
"""

from __future__ import annotations

import random
from argparse import ArgumentParser

import gevent

from loadtests.crowd.journal import Staying
from loadtests.crowd.scenario import scenario
from loadtests.crowd.shopper import Shopper


def add_options(parser: ArgumentParser) -> None:
    """Adds how long they are awake and asleep."""
    group = parser.add_argument_group("Phones")
    group.add_argument(
        "--awake", type=float, default=20.0, help="mean seconds with the screen on (default 20)"
    )
    group.add_argument("--asleep", type=float, default=60.0, help="mean seconds asleep (default 60)")
    group.add_argument(
        "--sleepers", type=float, default=0.7, help="how many sleep at all, 0 to 1 (default 0.7)"
    )


scenario(__doc__, users=100, spawn_rate=10, run_time="5m", options=add_options)


class Phone(Shopper):
    """Waits with a screen that goes off and on."""

    kind = "phone"

    def stand_in_line(self, room: str, staying: Staying) -> None:
        """Follows the stream, sleeps, asks at once when woken, and goes on."""
        if random.random() >= self.options.sleepers:
            super().stand_in_line(room, staying)
            return
        while not self.follow(room, staying, seconds=self.options.awake * random.uniform(0.3, 1.7)):
            staying.away()
            gevent.sleep(self.options.asleep * random.uniform(0.3, 1.7))
            if self.status(room, staying) != "waiting":
                return
