"""How much later does an answer come through the gateway?"""

from __future__ import annotations

import asyncio
from statistics import median

from loadtests.measure import load
from loadtests.measure.open_loop import Latency, latency
from loadtests.measure.report import Result
from loadtests.measure.servers import LET_IN, gateway, redis_server, shop
from loadtests.measure.visitor import passes_of, request_head

ROUNDS, REQUESTS = 6, 10_000
FLAT_OUT_ROUNDS, FLAT_OUT_REQUESTS = 3, 20_000
PASSES = 200
MOST_P50_MS = 0.5


def measure() -> list[Result]:
    """Direct and through the gateway, in turns, at half of what the gateway carries flat out."""
    with (
        redis_server() as redis,
        shop() as origin,
        gateway(redis.url, LET_IN, origin=origin.url) as server,
    ):
        passes = asyncio.run(passes_of(server, PASSES))
        targets = {"direct": origin, "gateway": server}
        heads = {
            name: [request_head(target, "/", cookies) for cookies in passes]
            for name, target in targets.items()
        }
        load.requests(server, heads["gateway"], count=2_000)
        carried = [
            FLAT_OUT_REQUESTS / load.requests(server, heads["gateway"], count=FLAT_OUT_REQUESTS)
            for _ in range(FLAT_OUT_ROUNDS)
        ]
        per_second = round(median(carried) / 2)
        found: dict[str, list[Latency]] = {name: [] for name in targets}
        for _ in range(ROUNDS):
            for name, target in targets.items():
                found[name].append(latency(target, heads[name], count=REQUESTS, per_second=per_second))
    return [_result(found["direct"], found["gateway"], per_second)]


def _result(direct: list[Latency], ours: list[Latency], per_second: int) -> Result:
    pairs = list(zip(ours, direct, strict=True))
    p50 = [through.p50 - past.p50 for through, past in pairs]
    p99 = [through.p99 - past.p99 for through, past in pairs]
    return Result(
        what="latency added by the gateway at half of its full load",
        target=f"p50 under {MOST_P50_MS} ms",
        measured=f"p50 {_text(p50)}, p99 {_text(p99)}",
        passed=median(p50) < MOST_P50_MS,
        how=f"{ROUNDS} × {REQUESTS:,} requests with a pass, directly to the origin and through the gateway in turns, "
        f"at {per_second:,} a second: half of what this gateway carried flat out just before (the median of "
        f"{FLAT_OUT_ROUNDS} × {FLAT_OUT_REQUESTS:,} requests). Open loop: each request has its time, from which its "
        "latency counts until the last byte. The difference within each turn, the median and the spread. Direct: p50 "
        f"{_text([each.p50 for each in direct])}, p99 {_text([each.p99 for each in direct])}; through the gateway: "
        f"p50 {_text([each.p50 for each in ours])}, p99 {_text([each.p99 for each in ours])}.",
        details={
            "per_second": per_second,
            "direct_p50_ms": [round(each.p50, 3) for each in direct],
            "direct_p99_ms": [round(each.p99, 3) for each in direct],
            "gateway_p50_ms": [round(each.p50, 3) for each in ours],
            "gateway_p99_ms": [round(each.p99, 3) for each in ours],
        },
    )


def _text(found: list[float]) -> str:
    return f"{median(found):.2f} ms ({min(found):.2f} to {max(found):.2f})"
