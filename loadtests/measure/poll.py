"""What does a status poll cost the processor?"""

from __future__ import annotations

import asyncio

from loadtests.measure.cost import Costs, compare
from loadtests.measure.report import Result
from loadtests.measure.servers import RoomOptions, bare, gateway, redis_server
from loadtests.measure.visitor import request_head, tickets_of

ROUNDS, REQUESTS, PER_SECOND = 6, 6_000, 2_000
TICKETS = 500
PATH = "/__waitroom/drop/status"


def measure() -> list[Result]:
    """The gateway against a bare ASGI answer, in turns, under the same load."""
    with (
        redis_server() as redis,
        bare("answer") as plain,
        gateway(redis.url, RoomOptions(rate=1), origin=plain.url) as server,
    ):
        tickets = asyncio.run(tickets_of(server, TICKETS))
        contenders = {
            target: [request_head(target, PATH, cookies) for cookies in tickets] for target in (plain, server)
        }
        paced = compare(contenders, rounds=ROUNDS, count=REQUESTS, per_second=PER_SECOND)
        flat_out = compare(contenders, rounds=ROUNDS, count=REQUESTS)
    return [
        Result(
            what="CPU of a status poll",
            target="at most 2× a bare ASGI answer on the same server",
            measured=f"{paced.ratio(1):.2f}× at {PER_SECOND:,} a second ({paced.text(1)} against {paced.text(0)}); "
            f"{flat_out.ratio(1):.2f}× flat out",
            passed=paced.ratio(1) <= 2,
            how=f"User and system time of the server process for {ROUNDS} × {REQUESTS:,} polls with {TICKETS} "
            f"tickets, as a browser sends them, at {PER_SECOND:,} a second: the same load for both, in turns; the "
            "verdict goes by that. "
            "The bare application sends as many bytes and headers under the same uvicorn configuration. With both "
            f"flat out (32 connections, no pause) it is {flat_out.ratio(1):.2f}×, {flat_out.text(1)} against "
            f"{flat_out.text(0)}: the bare server then answers in batches and seldom wakes anybody.",
            details=details(paced, "") | details(flat_out, "flat_out_"),
        )
    ]


def details(costs: Costs, prefix: str) -> dict[str, list[float] | str | int | float]:
    """The costs of each round, for the JSON."""
    return {
        f"{prefix}bare_microseconds": [round(each, 1) for each in costs.rounds[0]],
        f"{prefix}gateway_microseconds": [round(each, 1) for each in costs.rounds[-1]],
    }
