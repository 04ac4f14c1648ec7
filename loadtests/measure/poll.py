"""What does a status poll cost the processor?"""

from __future__ import annotations

import asyncio

from loadtests.measure.cost import Contender, compare
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
            name: Contender(target, [request_head(target, PATH, cookies) for cookies in tickets])
            for name, target in (("bare", plain), ("gateway", server))
        }
        paced = compare(contenders, rounds=ROUNDS, count=REQUESTS, per_second=PER_SECOND)
        flat_out = compare(contenders, rounds=ROUNDS, count=REQUESTS)
    return [
        Result(
            what="CPU of a status poll",
            target="at most 2× a bare ASGI answer on the same server",
            measured=f"{paced.ratio('gateway', 'bare'):.2f}× at {PER_SECOND:,} a second "
            f"({paced.text('gateway')} against {paced.text('bare')}); "
            f"{flat_out.ratio('gateway', 'bare'):.2f}× flat out",
            passed=paced.ratio("gateway", "bare") <= 2,
            how=f"User and system time of the server process for {ROUNDS} × {REQUESTS:,} polls with {TICKETS} "
            f"tickets, as a browser sends them, at {PER_SECOND:,} a second: the same load for both, in turns; the "
            "verdict goes by that. "
            "The bare application sends as many bytes and headers under the same uvicorn configuration. With both "
            f"flat out (32 connections, no pause) it is {flat_out.ratio('gateway', 'bare'):.2f}×, "
            f"{flat_out.text('gateway')} against {flat_out.text('bare')}: the bare server then answers in batches "
            "and seldom wakes anybody.",
            details=paced.details() | flat_out.details("flat_out_"),
        )
    ]
