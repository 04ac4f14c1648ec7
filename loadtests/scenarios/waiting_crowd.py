"""Waiting crowd: visitors who only wait, on event streams, tens of thousands to one core.

python -m loadtests.run waiting_crowd --host http://10.0.0.5:8000 --users 20000 --spawn-rate 500 --run-time 10m

Each visitor is one open file and one port here. A process that may not open so many says so before it begins; from one
address there are some 28,000 ports to one server, so name several of this machine's with --sources (on loopback all of
127.0.0.0/8 are: --sources 127.0.0.2-127.0.0.9). --processes 4 spreads the crowd over four cores.
"""

from __future__ import annotations

from argparse import ArgumentParser, ArgumentTypeError
from typing import Any

from locust import events
from locust.env import Environment
from locust.runners import MasterRunner, WorkerRunner

from loadtests.crowd.files import TooFewFilesError, check_open_files, ports_of_an_address, sources
from loadtests.crowd.scenario import scenario
from loadtests.crowd.waiter import Waiter


def add_options(parser: ArgumentParser) -> None:
    """Adds where the visitors come from."""
    group = parser.add_argument_group("Waiting crowd")
    group.add_argument(
        "--sources",
        type=_sources,
        default="",
        help="addresses of this machine to connect from, in turn: 10.0.0.7,10.0.0.8 or 127.0.0.2-127.0.0.9",
    )


def _sources(text: str) -> str:
    try:
        sources(text)
    except ValueError as error:
        raise ArgumentTypeError(str(error)) from None
    return text


scenario(__doc__, users=1000, spawn_rate=100, run_time="5m", limits={"rate_over": 120.0}, options=add_options)


@events.init.add_listener  # type: ignore[untyped-decorator]
def prepare(environment: Environment, **_: Any) -> None:
    """Says at once what the system would refuse later."""
    options = environment.parsed_options
    if isinstance(environment.runner, MasterRunner) or options is None:
        return
    addresses = sources(options.sources)
    CrowdVisitor.come_from(addresses)
    if isinstance(environment.runner, WorkerRunner):
        return  # how many of the crowd are this worker's is told later
    try:
        check_open_files(options.num_users)
    except TooFewFilesError as error:
        raise SystemExit(f"waiting_crowd: {error}") from None
    most = ports_of_an_address() * max(len(addresses), 1)
    if options.num_users > most:
        raise SystemExit(
            f"waiting_crowd: {options.num_users:,} visitors need as many ports, and {max(len(addresses), 1)} "
            f"address(es) have {most:,} to one server: name more with --sources"
        )


class CrowdVisitor(Waiter):
    """Waits, and enters when called."""
