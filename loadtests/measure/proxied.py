"""What does a request of an admitted visitor cost the processor?"""

from __future__ import annotations

import asyncio

from loadtests.measure.cost import compare
from loadtests.measure.report import Result
from loadtests.measure.servers import RoomOptions, bare, gateway, redis_server
from loadtests.measure.visitor import passes_of, request_head

ROUNDS, REQUESTS, PER_SECOND = 6, 5_000, 1_500
PASSES = 200


def measure() -> list[Result]:
    """The gateway and the proxy alone against a bare answer, all in turns under the same load."""
    options = RoomOptions(mode="pass", rate=60_000)
    with (
        redis_server() as redis,
        bare("answer") as shop,
        bare("answer") as plain,
        gateway(redis.url, options, origin=shop.url) as server,
        bare("forward", shop.url) as proxy,
    ):
        passes = asyncio.run(passes_of(server, PASSES))
        contenders = {
            target: [request_head(target, "/", cookies) for cookies in passes]
            for target in (plain, proxy, server)
        }
        costs = compare(contenders, rounds=ROUNDS, count=REQUESTS, per_second=PER_SECOND)
        flat_out = compare(contenders, rounds=ROUNDS, count=REQUESTS)
    return [
        Result(
            what="CPU of a small request of an admitted visitor",
            target="2.2× a bare ASGI answer, or as near as can be",
            measured=f"{costs.ratio(2):.2f}× ({costs.text(2)} against {costs.text(0)})",
            passed=None,
            how=f"As above, {ROUNDS} × {REQUESTS:,} requests with a pass at {PER_SECOND:,} a second. The proxy "
            f"without a gate (Origin.forward): {costs.ratio(1):.2f}×, {costs.text(1)}. Flat out: "
            f"{flat_out.ratio(2):.2f}× and {flat_out.ratio(1):.2f}×, {flat_out.text(2)} and {flat_out.text(1)} "
            f"against {flat_out.text(0)}.",
            details={
                f"{prefix}{name}_microseconds": [round(each, 1) for each in found.rounds[index]]
                for prefix, found in (("", costs), ("flat_out_", flat_out))
                for index, name in enumerate(("bare", "proxy", "gateway"))
            },
        )
    ]
