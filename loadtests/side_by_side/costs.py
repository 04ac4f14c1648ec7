"""What something costs the server and Redis."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from redis import Redis

from loadtests.measure.processes import cpu_seconds
from loadtests.measure.servers import Server
from loadtests.side_by_side.contenders import Contender
from loadtests.side_by_side.results import Cost

_OURS = ("info", "config|resetstat")
"""Those of the measurement."""
Found = TypeVar("Found")


@dataclass(frozen=True, slots=True)
class Meter:
    """Reads processor times, and the commands that Redis counts (``INFO commandstats``)."""

    contender: Contender
    server: Server
    client: Redis
    redis_pid: int

    def measure(self, count: float, act: Callable[[], Found]) -> tuple[Cost, Found]:
        """Does it, and tells what each of ``count`` operations cost. What the room does of itself is included."""
        self.client.config_resetstat()
        server, redis = cpu_seconds(self.server.pid), cpu_seconds(self.redis_pid)
        found = act()
        server, redis = cpu_seconds(self.server.pid) - server, cpu_seconds(self.redis_pid) - redis
        run = self._commands()
        names = self.contender.sent
        sent = sum(calls for name, calls in run.items() if names is None or name in names)
        each = [server * 1e6, redis * 1e6, float(sent), float(sum(run.values()))]
        return Cost(*(round(value / count, 4) for value in each)), found

    def _commands(self) -> dict[str, int]:
        stats = self.client.info("commandstats")
        calls = {key.removeprefix("cmdstat_"): int(stat["calls"]) for key, stat in stats.items()}
        return {name: count for name, count in calls.items() if name not in _OURS}
