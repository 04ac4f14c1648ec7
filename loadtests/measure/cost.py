"""Processor time per request, of several servers in turns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from loadtests.measure import load
from loadtests.measure.processes import cpu_seconds
from loadtests.measure.servers import Server

WARM_UP = 2_000


@dataclass(frozen=True, slots=True)
class Costs:
    """Microseconds of processor time per request: one list of rounds for each server."""

    rounds: tuple[list[float], ...]

    def ratio(self, index: int) -> float:
        """How many times the first server's cost: the median over the rounds, each a pair in turn."""
        return median(other / first for first, other in zip(self.rounds[0], self.rounds[index], strict=True))

    def text(self, index: int) -> str:
        """The median and the spread."""
        found = self.rounds[index]
        return f"{median(found):.0f} µs, {min(found):.0f} to {max(found):.0f}"


def compare(
    contenders: Mapping[Server, Sequence[bytes]], *, rounds: int, count: int, per_second: int = 0
) -> Costs:
    """Sends ``count`` requests to each server in each round."""
    for server, heads in contenders.items():
        load.requests(server, heads, count=WARM_UP)
    found: dict[Server, list[float]] = {server: [] for server in contenders}
    for _ in range(rounds):
        for server, heads in contenders.items():
            before = cpu_seconds(server.pid)
            load.requests(server, heads, count=count, per_second=per_second)
            found[server].append((cpu_seconds(server.pid) - before) / count * 1e6)
    return Costs(tuple(found.values()))
