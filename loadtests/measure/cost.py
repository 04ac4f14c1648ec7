"""Processor time per request, of several servers in turns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import NamedTuple

from loadtests.measure import load
from loadtests.measure.processes import cpu_seconds
from loadtests.measure.report import Detail
from loadtests.measure.servers import Server

WARM_UP = 2_000


class Contender(NamedTuple):
    """A server, and the requests that it is asked in turn."""

    server: Server
    heads: Sequence[bytes]


@dataclass(frozen=True, slots=True)
class Costs:
    """What the rounds of each contender came to."""

    rounds: Mapping[str, list[float]]
    """Microseconds of processor time per request."""
    per_second: Mapping[str, list[float]]
    """Requests that were answered in a second."""

    def ratio(self, name: str, to: str) -> float:
        """How many times the other's cost: the median over the rounds, each a pair in turn."""
        return median(self._ratios(name, to))

    def ratio_text(self, name: str, to: str) -> str:
        """That, with the spread."""
        found = self._ratios(name, to)
        return f"{median(found):.2f}× ({min(found):.2f} to {max(found):.2f})"

    def text(self, name: str) -> str:
        """The median and the spread."""
        found = self.rounds[name]
        return f"{median(found):.0f} µs, {min(found):.0f} to {max(found):.0f}"

    def rate_text(self, name: str) -> str:
        """The median of the requests a second."""
        return f"{median(self.per_second[name]):,.0f}"

    def details(self, prefix: str = "") -> dict[str, Detail]:
        """The cost in each round, for the JSON."""
        found: dict[str, Detail] = {}
        for name, costs in self.rounds.items():
            key = f"{prefix}{name.replace(' ', '_')}"
            found[f"{key}_microseconds"] = [round(each, 1) for each in costs]
            found[f"{key}_per_second"] = [round(each) for each in self.per_second[name]]
        return found

    def _ratios(self, name: str, to: str) -> list[float]:
        return [one / other for one, other in zip(self.rounds[name], self.rounds[to], strict=True)]


def compare(contenders: Mapping[str, Contender], *, rounds: int, count: int, per_second: int = 0) -> Costs:
    """Sends ``count`` requests to each server in each round."""
    for server, heads in contenders.values():
        load.requests(server, heads, count=WARM_UP)
    costs: dict[str, list[float]] = {name: [] for name in contenders}
    rates: dict[str, list[float]] = {name: [] for name in contenders}
    for _ in range(rounds):
        for name, (server, heads) in contenders.items():
            before = cpu_seconds(server.pid)
            seconds = load.requests(server, heads, count=count, per_second=per_second)
            costs[name].append((cpu_seconds(server.pid) - before) / count * 1e6)
            rates[name].append(count / seconds)
    return Costs(costs, rates)
