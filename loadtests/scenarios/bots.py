"""Bots at ten times the joins of people: what share of the admissions do they get, and what do people notice?

python -m loadtests.run bots --host https://shop.example --users 220 --bot-addresses 8 --fail-bots 50 --html bots.html

With --bot-addresses everybody tells an address in X-Forwarded-For: people one each, all bots together so many. The
gateway believes it where the load generator's own address is in trusted_proxies. Left at 0 all come from one address,
and limits of joins by address meet people and bots alike.
"""

from __future__ import annotations

import random
from argparse import ArgumentParser
from ipaddress import IPv4Address

from locust.env import Environment

from loadtests.crowd.app import App
from loadtests.crowd.court import BOT
from loadtests.crowd.scenario import scenario
from loadtests.crowd.shopper import Shopper


def add_options(parser: ArgumentParser) -> None:
    """Adds where the bots come from."""
    group = parser.add_argument_group("Bots")
    group.add_argument(
        "--bot-addresses", type=int, default=0, help="that all bots share; 0: none is told (default)"
    )


scenario(__doc__, users=110, spawn_rate=20, run_time="5m", limits={"rises": None}, options=add_options)

_PEOPLE, _BOTS = int(IPv4Address("198.18.0.0")), int(IPv4Address("203.0.113.0"))
"""Addresses set aside for benchmarks and for documentation (RFC 6890)."""


class Person(Shopper):
    """An honest shopper, at an address of their own."""

    weight = 1

    def visit(self) -> None:
        """Comes from anywhere."""
        self.address = (
            str(IPv4Address(_PEOPLE + random.randrange(1 << 17))) if self.options.bot_addresses else ""
        )
        super().visit()


class Bot(App):
    """Takes a place, sees it through, and at once takes the next."""

    kind = BOT
    weight = 10

    def __init__(self, environment: Environment) -> None:
        super().__init__(environment)
        many = self.options.bot_addresses
        self.address = str(IPv4Address(_BOTS + random.randrange(min(many, 256)))) if many else ""

    def visit(self) -> None:
        """One page is all it wants."""
        self.ask(self.options.path)
