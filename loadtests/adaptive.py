"""Adaptive admission against the demo shop, whose capacity is hidden from it and halves in mid-run.

Everything is real: a Redis, ``waitroom serve``, the demo shop as a process of its own, and the crowd of ``waitroom
demo``, which never runs dry. Run it from a checkout with the extras ``test`` and ``loadtest``:

    python -m loadtests.adaptive --capacity 60 --out adaptive-run

It prints three figures for the beginning and for the halving, and writes ``run.csv`` (a line a second) and
``run.json`` (the figures, and each change of the limit with its reason). A run takes about five minutes.
"""

from __future__ import annotations

import argparse
import asyncio
import csv
import json
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass, fields
from pathlib import Path

import httpx
from redis import Redis as BlockingRedis
from redis.asyncio import Redis

from loadtests.measure.demo import _free_port
from loadtests.measure.servers import RoomOptions, gateway, redis_server, started
from waitroom.line.keys import room_keys
from waitroom.line.store import LineStore

ROOM = "drop"
SETTLED_SECONDS = 60
"""The end of a phase, in which the swings are looked at."""
MEAN_SECONDS = 10
"""Rates are averaged over so long: chance alone makes those of a second swing."""
GRACE_SECONDS = 10
"""After a change, errors may happen for so long."""


@dataclass(frozen=True, slots=True)
class Second:
    """What happened within about a second."""

    at: float
    capacity: float
    served: float
    """Answers a second without error, by the shop's own count."""
    errors: float
    p95_ms: float
    limit: float
    """Admissions a minute; below 0: none."""
    inside: int
    waiting: int


@dataclass(frozen=True, slots=True)
class Figures:
    """Of one phase: from a change of the capacity to the next."""

    capacity: float
    seconds_to_90_percent: float | None
    """Until the mean of ten seconds reached 90 % of the capacity."""
    error_percent: float
    """Of all answers of the shop, later than ten seconds after the change."""
    settled_percent: float
    """What the shop served at the end of the phase, of its capacity."""
    swing_percent: float
    """Half of the span between the most and the least of that, of its mean."""
    limit_swing_percent: float
    """The same of the limit."""

    def __str__(self) -> str:
        found = "never" if self.seconds_to_90_percent is None else f"after {self.seconds_to_90_percent:.0f} s"
        return (
            f"capacity {self.capacity:g}/s: 90 % {found}, errors {self.error_percent:.2f} %, settled at "
            f"{self.settled_percent:.0f} % ± {self.swing_percent:.0f} %, the limit ± {self.limit_swing_percent:.0f} %"
        )


def main() -> None:
    """Runs it, prints the figures, and exits with 1 where a target is missed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--capacity", type=float, default=60, help="requests a second of the shop at first")
    parser.add_argument("--visitors", type=int, default=350, help="how many are there at once (default 350)")
    parser.add_argument("--think", type=float, default=2.0, help="their mean pause before a page (default 2)")
    parser.add_argument(
        "--seconds", type=int, default=145, help="before the halving, and after it (default 145)"
    )
    parser.add_argument("--workers", type=int, default=1, help="of the gateway (default 1)")
    parser.add_argument("--tell-load", action="store_true", help="the shop tells its load")
    parser.add_argument("--settings", default="", help="more of [rooms.adaptive], such as 'latency = \"1s\"'")
    parser.add_argument("--out", type=Path, required=True, help="the folder of what was measured")
    options = parser.parse_args()
    with _site(options) as (shop, redis_url):
        seconds, changes = asyncio.run(_watch(shop, redis_url, options.capacity, options.seconds))
    options.out.mkdir(parents=True, exist_ok=True)
    with (options.out / "run.csv").open("w", newline="") as file:
        table = csv.DictWriter(file, [field.name for field in fields(Second)])
        table.writeheader()
        table.writerows(asdict(second) for second in seconds)
    phases = [figures(part) for part in _phases(seconds)]
    document = {"phases": [asdict(phase) for phase in phases], "changes": changes}
    (options.out / "run.json").write_text(json.dumps(document, indent=1, ensure_ascii=False))
    for phase in phases:
        print(phase)
    sys.exit(0 if all(_reached(phase) for phase in phases) else 1)


def figures(seconds: Sequence[Second]) -> Figures:
    """The figures of one phase."""
    begun, capacity = seconds[0].at, seconds[0].capacity
    means = [_mean([second.served for second in part]) for part in _sliding(seconds)]
    reached = (
        part[-1].at - begun
        for part, mean in zip(_sliding(seconds), means, strict=True)
        if mean >= 0.9 * capacity
    )
    late = [second for second in seconds if second.at - begun > GRACE_SECONDS]
    errors = sum(second.errors for second in late)
    answers = errors + sum(second.served for second in late)
    settled = [second for second in seconds if second.at > seconds[-1].at - SETTLED_SECONDS]
    served = [second.served for second in settled]
    return Figures(
        capacity=capacity,
        seconds_to_90_percent=next(reached, None),
        error_percent=100 * errors / max(answers, 1),
        settled_percent=100 * _mean(served) / capacity,
        swing_percent=_swing(served),
        limit_swing_percent=_swing([second.limit for second in settled]),
    )


def _reached(phase: Figures) -> bool:
    found = phase.seconds_to_90_percent is not None and phase.seconds_to_90_percent <= 120
    return found and phase.error_percent <= 1 and phase.swing_percent <= 15


def _sliding(seconds: Sequence[Second]) -> list[Sequence[Second]]:
    return [seconds[end - MEAN_SECONDS : end] for end in range(MEAN_SECONDS, len(seconds) + 1)]


def _swing(values: Sequence[float]) -> float:
    means = [_mean(values[end - MEAN_SECONDS : end]) for end in range(MEAN_SECONDS, len(values) + 1)]
    return 100 * (max(means) - min(means)) / 2 / max(_mean(means), 1e-9)


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)


def _phases(seconds: Sequence[Second]) -> Iterator[list[Second]]:
    for capacity in dict.fromkeys(second.capacity for second in seconds):
        yield [second for second in seconds if second.capacity == capacity]


@contextmanager
def _site(options: argparse.Namespace) -> Iterator[tuple[str, str]]:
    """The shop's address and Redis's, with a gateway and a crowd."""
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="waitroom-adaptive-"))
        redis = stack.enter_context(redis_server())
        shop = f"http://127.0.0.1:{(port := _free_port())}"
        told = ["--tell-load"] if options.tell_load else []
        stack.enter_context(started([
            sys.executable, "-m", "waitroom.demo.shop", "--port", str(port), "--lab", *told,
            "--capacity", str(options.capacity), "--data", folder,
        ], stderr=stack.enter_context((Path(folder) / "shop.log").open("wb"))))  # fmt: skip
        deadline = time.monotonic() + 20
        while not _is_up(shop):
            if time.monotonic() > deadline:
                raise TimeoutError("the shop does not start")
            time.sleep(0.05)
        room = RoomOptions(
            ROOM, mode="auto", rate=60_000, more=f"[rooms.adaptive]\non = true\n{options.settings}"
        )
        server = stack.enter_context(gateway(redis.url, room, origin=shop, workers=options.workers))
        stack.enter_context(started([
            sys.executable, "-m", "waitroom.demo.crowd", "--gateway", server.url, "--keep-line", "--quiet",
            "--visitors", str(options.visitors), "--think", str(options.think),
        ]))  # fmt: skip
        yield shop, redis.url


def _is_up(shop: str) -> bool:
    try:
        return httpx.get(f"{shop}/health", trust_env=False).is_success
    except httpx.TransportError:
        return False


async def _watch(
    shop: str, redis_url: str, capacity: float, phase_seconds: int
) -> tuple[list[Second], list[dict[str, str]]]:
    """Looks once a second, halves the capacity after the first phase, and returns what there was to see."""
    redis = Redis.from_url(redis_url)
    store = LineStore(redis, ROOM)
    seconds: list[Second] = []
    async with httpx.AsyncClient(base_url=shop, trust_env=False, timeout=10) as client:
        begun = last = time.monotonic()
        before = {"requests": 0, "errors": 0}
        halved = False
        while (at := time.monotonic() - begun) < 2 * phase_seconds:
            if at >= phase_seconds and not halved:
                answer = await client.post("/lab/capacity", params={"per_second": capacity / 2})
                answer.raise_for_status()
                halved = True
            await asyncio.sleep(1)
            stats = (await client.get("/shop/stats")).json()
            now, rules, view = time.monotonic(), await store.rules(), await store.view(0)
            errors = (stats["errors"] - before["errors"]) / (now - last)
            answers = (stats["requests"] - before["requests"]) / (now - last)
            before, last = stats, now
            seconds.append(
                Second(
                    at=round(now - begun, 2),
                    capacity=stats["capacity"],
                    served=round(answers - errors, 2),
                    errors=round(errors, 2),
                    p95_ms=stats["p95_ms"],
                    limit=rules.limit_rate,
                    inside=view.head.sessions,
                    waiting=view.head.issued - view.head.called,
                )
            )
    await redis.aclose()
    return seconds, _changes(redis_url)


def _changes(redis_url: str) -> list[dict[str, str]]:
    """Each change of the limit, as the room's events have it."""
    with BlockingRedis.from_url(redis_url, decode_responses=True) as redis:
        log = redis.xrange(room_keys(ROOM, ["general"])[5])
    return [{"at_ms": entry, **told} for entry, told in log if told["type"] == "changed"]


if __name__ == "__main__":
    main()
