"""Admitted browsing at full rate: everybody inside, each opening one page after another without a pause.

python -m loadtests.run browsing --host https://shop.example --users 200 --pages /,/drop,/cart --html browsing.html

What the gateway adds to the shop's own answers. Let everyone in first (mode pass, or a high rate), or the run measures
the line: here nobody needs to wait. --think 1 opens a page a second instead.
"""

from __future__ import annotations

from argparse import ArgumentParser

from loadtests.crowd.scenario import scenario
from loadtests.crowd.shopper import Shopper


def add_options(parser: ArgumentParser) -> None:
    """Adds how long a visit is."""
    parser.set_defaults(think=0.0)
    group = parser.add_argument_group("Browsing")
    group.add_argument("--visit-pages", type=int, default=100, help="pages of one visit (default 100)")


scenario(
    __doc__,
    users=50,
    spawn_rate=10,
    run_time="2m",
    limits={"shop_ms": 1000.0, "admitted": None},
    options=add_options,
)


class Browser(Shopper):
    """Inside, and never stops to read."""

    def visit(self) -> None:
        """Enters, and opens so many pages."""
        self.look_around(self.arrive(), self.options.visit_pages)
