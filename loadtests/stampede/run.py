"""The two runs: a gateway that may be killed, and processes of visitors in front of it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

from loadtests.crowd.files import allow_open_files
from loadtests.measure.processes import cpu_seconds, family, resident_mb
from loadtests.measure.servers import bare, redis_server
from loadtests.measure.waiting import redis_cpu
from loadtests.stampede.limits import Size, size_of
from loadtests.stampede.visitors import Found, Plan
from tests.faults.site import Site

ROOM = "drop"
INSIDERS = 50
"""Who shop while others join."""
EVERY_SECONDS = 0.5
"""Between two looks at the gateway's memory."""

INSIDE = """
[[rooms]]
name = "inside"
paths = ["/inside/*"]
mode = "pass"
"""

Cut = Literal["gateway", "workers"]


@dataclass(frozen=True, slots=True)
class Cost:
    """Of the gateway with its workers, and of Redis: processor time in seconds, resident memory in MB."""

    gateway_cpu: float
    redis_cpu: float
    memory_before: float
    memory_most: float


@dataclass(frozen=True, slots=True)
class Run:
    """What all visitors saw together, and what it cost."""

    size: Size
    seconds: float
    found: Sequence[Found]
    cost: Cost

    @property
    def places(self) -> int:
        """How many were given a place."""
        return sum(len(each.places) for each in self.found)

    @property
    def twice(self) -> int:
        """How many places were given to two."""
        return self.places - len({place for each in self.found for place in each.places})

    @property
    def lost(self) -> int:
        """How many had another place later, or none."""
        return sum(each.lost for each in self.found)

    @property
    def refused(self) -> Counter[str]:
        """What else was answered, and how often."""
        return sum((Counter(each.refused) for each in self.found), Counter())

    @property
    def late_ms(self) -> list[int]:
        """How long each join took, the shortest first."""
        return sorted(late for each in self.found for late in each.late_ms)

    @property
    def seen_ms(self) -> list[int]:
        """After how long each saw a page, the shortest first."""
        return sorted(seen for each in self.found for seen in each.seen_ms)

    @property
    def inside_ms(self) -> list[int]:
        """How long those inside waited for each page, the shortest first."""
        return sorted(waited for each in self.found for waited in each.inside_ms)

    @property
    def sent_away(self) -> int:
        """How often somebody was asked to come again."""
        return sum(each.sent_away for each in self.found)

    @property
    def joined_at(self) -> list[float]:
        """When each had its place, the first first."""
        return sorted(at for each in self.found for at in each.joined_at)

    @property
    def back_after(self) -> list[float]:
        """How long after the cut each stream was back, in seconds, the first first."""
        cut_at = min(each.cut_at for each in self.found)
        return sorted(at - cut_at for each in self.found for at in each.back_at)

    def a_second(self, *, questions: bool) -> list[int]:
        """The streams that were asked for in each second, from the first; with the script's ``questions`` too."""
        counts: Counter[int] = Counter()
        for each in self.found:
            counts.update({int(at): count for at, count in each.tried_at.items()})
            if questions:
                counts.update({int(at): count for at, count in each.asked_at.items()})
        return [counts[at] for at in range(min(counts), max(counts) + 1)] if counts else []


def joins(visitors: int, seconds: float, workers: int = 2, at_once: int | None = None) -> Run:
    """So many join within ``seconds``, while others shop; then each asks whether the place is still there. ``at_once``:
    the setting ``max_joins_at_once``, where it is not left as it is."""
    size = size_of(visitors, files=allow_open_files(), workers=workers, held=False)
    more = "" if at_once is None else f"max_joins_at_once = {at_once}"
    with _site(workers, more) as site, _players("joins", site, size, seconds, insiders=INSIDERS) as players:
        watch = _Watch(site)
        players.go()
        players.await_ready()
        cost = watch.cost()
        players.go()
        watch.until(players.is_over)
        return Run(size, seconds, players.found(), cost)


def streams(visitors: int, most_seconds: float, workers: int = 2, cut: Cut = "gateway") -> Run:
    """So many wait on event streams, which are cut all at once: the gateway is killed and started again, or its
    workers are, which it starts again itself."""
    size = size_of(visitors, files=allow_open_files(), workers=workers, held=True)
    with _site(workers) as site, _players("streams", site, size, most_seconds) as players:
        watch = _Watch(site)
        if cut == "gateway":
            site.kill()
            watch.begin_anew()
            site.start()
        else:
            for pid in site.workers():
                os.kill(pid, signal.SIGKILL)
            watch.begin_anew()
        watch.until(players.is_over)
        return Run(size, most_seconds, players.found(), watch.cost())


class _Watch:
    """What the gateway and its Redis take."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._before = self._most = self._memory()
        self._gateway = cpu_seconds(site.pid)
        self._redis = redis_cpu(site.redis_url)

    def begin_anew(self) -> None:
        """What has taken processor time until now is gone."""
        self._gateway = 0.0

    def until(self, is_over: Callable[[], bool]) -> None:
        """Looks until it is over."""
        while not is_over():
            with suppress(OSError):  # a process that has ended meanwhile
                self._most = max(self._most, self._memory())
            time.sleep(EVERY_SECONDS)

    def cost(self) -> Cost:
        """From the beginning until now."""
        self._most = max(self._most, self._memory())
        return Cost(
            cpu_seconds(self._site.pid) - self._gateway,
            redis_cpu(self._site.redis_url) - self._redis,
            self._before,
            self._most,
        )

    def _memory(self) -> float:
        return sum(resident_mb(pid) for pid in family(self._site.pid))


class _Players:
    def __init__(self, processes: Sequence[subprocess.Popen[bytes]], plans: Sequence[Plan]) -> None:
        self.processes = processes
        self._plans = plans

    def go(self) -> None:
        """Lets them go on."""
        for each in self.processes:
            assert each.stdin is not None
            each.stdin.write(b"go\n")
            each.stdin.flush()

    def await_ready(self) -> None:
        """Returns when all say that they are. Raises ``RuntimeError`` where one failed."""
        for each in self.processes:
            assert each.stdout is not None
            if each.stdout.readline() != b"ready\n":
                raise RuntimeError("a process of visitors failed")

    def is_over(self) -> bool:
        """Whether all have ended."""
        return all(each.poll() is not None for each in self.processes)

    def found(self) -> list[Found]:
        """What each found. Raises ``RuntimeError`` where one failed."""
        if any(each.returncode for each in self.processes):
            raise RuntimeError("a process of visitors failed")
        return [Found(**json.loads(Path(plan.found).read_text())) for plan in self._plans]


@contextmanager
def _site(workers: int, more: str = "") -> Iterator[Site]:
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="waitroom-stampede-")))
        redis = stack.enter_context(redis_server())
        shop = stack.enter_context(bare("answer"))
        site = Site(folder, shop.url, redis_url=redis.url, workers=workers, more=more, beside=INSIDE)
        # nobody is to lose a place for being away while a busy machine has not come to them
        site.rewrite('presence = "9s"', 'presence = "60s"')
        site.rewrite('keep = "60s"', 'keep = "1h"')
        stack.callback(site.stop)
        site.start()
        yield site


@contextmanager
def _players(
    what: Literal["joins", "streams"], site: Site, size: Size, seconds: float, *, insiders: int = 0
) -> Iterator[_Players]:
    """The visitors, once they are ready: to join, or with all their streams open."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="waitroom-stampede-")))
        plans, processes = [], []
        for index in range(size.processes):
            first = size.visitors * index // size.processes
            count = size.visitors * (index + 1) // size.processes - first
            found = str(folder / f"found-{index}.json")
            plans.append(Plan(what, *site.where, ROOM, first, count, seconds, found))
        if insiders:
            found = str(folder / "found-inside.json")
            plans.append(Plan("inside", *site.where, ROOM, size.visitors, insiders, seconds, found))
        for index, plan in enumerate(plans):
            path = folder / f"plan-{index}.json"
            path.write_text(json.dumps(asdict(plan)))
            command = [sys.executable, "-m", "loadtests.stampede.visitors", str(path)]
            process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
            stack.enter_context(process)
            stack.callback(process.kill)
            processes.append(process)
        players = _Players(processes, plans)
        players.await_ready()
        yield players
