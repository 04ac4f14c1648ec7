"""Fifty thousand visitors far from the door behind nginx as the cache: what does each cost the gateway?"""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, replace
from itertools import pairwise
from typing import IO

from loadtests.far import Found, Plan
from loadtests.measure.front import cdn
from loadtests.measure.plain_proxies import installed
from loadtests.measure.processes import cpu_seconds, resident_mb
from loadtests.measure.report import Result
from loadtests.measure.servers import RoomOptions, bare, gateway, redis_server
from loadtests.measure.waiting import redis_cpu

VISITORS = 50_000
ROOM = "drop"
PRESENCE_SECONDS = 60
PROCESSES = 4
"""That play the crowd."""


def measure(visitors: int = VISITORS, *, join_seconds: float = 60.0, seconds: float = 60.0) -> list[Result]:
    """nginx and the gateway are a process each; the crowd is several."""
    if not installed("nginx"):
        return []
    options = RoomOptions(ROOM, rate=60, presence=f"{PRESENCE_SECONDS}s", more="cached_line = true")
    with (
        redis_server() as redis,
        bare("answer") as shop,
        gateway(redis.url, options, origin=shop.url, more='trusted_proxies = ["127.0.0.1/32"]') as server,
        cdn(server) as front,
    ):
        plan = Plan(
            front.server.host,
            front.server.port,
            ROOM,
            visitors,
            join_seconds=join_seconds,
            settle_seconds=PRESENCE_SECONDS / 2,
            seconds=seconds,
            ask_seconds=PRESENCE_SECONDS / 2,
        )
        with ExitStack() as stack:
            said = [stack.enter_context(_crowd(part)) for part in _parts(plan)]
            begun = [each.readline() for each in said]
            before = cpu_seconds(server.pid), cpu_seconds(front.server.pid), redis_cpu(redis.url)
            asked = Counter(front.asked())
            assert begun == ["counting\n"] * PROCESSES, begun
            found = Found.together([Found(**json.loads(each.readline())) for each in said])
            after = cpu_seconds(server.pid), cpu_seconds(front.server.pid), redis_cpu(redis.url)
            asked = Counter(front.asked()) - asked
        resident = resident_mb(server.pid)
    minutes = (found.ended - found.began) / 60
    of_line, of_gateway = asked[f"/__waitroom/{ROOM}/line"], asked.total()
    each = of_gateway / visitors / minutes
    gateway_cpu, nginx_cpu, of_redis = (now - then for now, then in zip(after, before, strict=True))
    kept = 1 - of_line / max(found.looks, 1)
    shortfalls = found.shortfalls(plan)
    return [
        Result(
            what=f"{visitors:,} visitors far from the door, behind nginx as the cache",
            target="one request of each to the gateway in tens of seconds",
            measured=f"one in {60 / each:.0f} s of each; {gateway_cpu / minutes / 60:.0%} of a core for the gateway"
            + "".join(f"; {words}" for words in shortfalls),
            passed=each <= 3 and found.wrong == 0 and not shortfalls,
            how=f"deploy/nginx/waitroom.conf, one worker each, presence {PRESENCE_SECONDS} s; the visitors behave as "
            f"the page does: a look at the line about every 10 s, a question to the gateway about every "
            f"{PRESENCE_SECONDS / 2:g} s. In {minutes * 60:.0f} s {found.looks:,} of {plan.looks:,.0f} looks and "
            f"{found.questions:,} of {plan.questions:,.0f} questions, at most {found.worst_late_seconds:.1f} s late; "
            f"nginx asked the gateway for the line {of_line:,} times (hit ratio {kept:.3%}). nginx took "
            f"{nginx_cpu / minutes / 60:.0%} of a core, with compression. The gateway had {resident:.0f} MB; "
            f"{found.wrong or 'no'} answers other than 200. The crowd is {PROCESSES} processes; in each the "
            f"next question is due by when the one before was, answered or not.",
            details={
                "visitors": visitors,
                "looks_made": round(found.looks / plan.looks, 4),
                "questions_made": round(found.questions / plan.questions, 4),
                "worst_late_seconds": round(found.worst_late_seconds, 3),
                "requests_per_visitor_per_minute": round(each, 3),
                "hit_ratio": round(kept, 5),
                "gateway_cores": round(gateway_cpu / minutes / 60, 3),
                "gateway_cpu_ms_per_visitor_minute": round(gateway_cpu * 1e3 / visitors / minutes, 3),
                "redis_ms_per_visitor_minute": round(of_redis * 1e3 / visitors / minutes, 4),
                "nginx_cores": round(nginx_cpu / minutes / 60, 3),
                "gateway_mb": round(resident, 1),
                "line_requests_per_second": round(of_line / minutes / 60, 2),
                "wrong": found.wrong,
            },
        )
    ]


def _parts(plan: Plan) -> list[Plan]:
    """One for each process, as equal as may be."""
    edges = [plan.visitors * index // PROCESSES for index in range(PROCESSES + 1)]
    return [replace(plan, visitors=until - since) for since, until in pairwise(edges)]


@contextmanager
def _crowd(plan: Plan) -> Iterator[IO[str]]:
    """A process that plays a part of the crowd, and what it says."""
    command = [sys.executable, "-m", "loadtests.far"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as crowd:
        assert crowd.stdin is not None
        assert crowd.stdout is not None
        crowd.stdin.write(json.dumps(asdict(plan)))
        crowd.stdin.close()
        yield crowd.stdout
