"""How many Redis commands does a status poll cost, and how many a join?"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

from redis import Redis

from loadtests.measure import load
from loadtests.measure.report import Result
from loadtests.measure.servers import RoomOptions, bare, gateway, redis_server
from loadtests.measure.visitor import request_head, tickets_of

POLLS, JOINS, CONNECTIONS = 30_000, 20_000, 256
IDLE_SECONDS = 6.0
SENT = ("evalsha", "eval", "hgetall", "script|load")
"""What a gateway sends. All else that Redis counts is called within the scripts."""


def measure() -> list[Result]:
    """Commands while polls or joins come in, less those of the room's own ticks in the same time."""
    with (
        redis_server() as redis,
        bare("answer") as shop,
        Redis.from_url(redis.url) as client,
        gateway(redis.url, RoomOptions(rate=1), origin=shop.url) as server,
    ):
        tickets = asyncio.run(tickets_of(server, 200))
        polls = [request_head(server, "/__waitroom/drop/status", cookies) for cookies in tickets]
        joins = [request_head(server, "/", {})]
        load.requests(server, polls, count=1_000)
        ticks, seconds = _sent(client, lambda: time.sleep(IDLE_SECONDS))
        per_second = ticks / seconds

        def cost(heads: list[bytes], count: int) -> tuple[float, int, float]:
            sent, took = _sent(
                client,
                lambda: load.requests(
                    server, heads, count=count, connections=CONNECTIONS, statuses=(200, 503)
                ),
            )
            return max(sent - per_second * took, 0) / count, sent, took

        per_poll, poll_sent, poll_seconds = cost(polls, POLLS)
        per_join, join_sent, join_seconds = cost(joins, JOINS)
    return [
        Result(
            what="Redis commands per status poll / per join under load",
            target="0 / at most 0.1",
            measured=f"{per_poll:.4f} / {per_join:.3f}",
            passed=per_poll < 0.001 and per_join <= 0.1,
            how=f"{POLLS:,} polls and {JOINS:,} joins over {CONNECTIONS} connections to one worker. What the "
            "gateway sends (INFO commandstats before and after), less the room's own ticks: "
            f"{per_second:.1f} commands a second, measured for {IDLE_SECONDS:g} s with the same line and nobody "
            f"asking. While polled: {poll_sent} commands in {poll_seconds:.1f} s; presence is told in one command "
            f"every two seconds. While joined: {join_sent} in {join_seconds:.1f} s.",
            details={
                "per_poll": round(per_poll, 6),
                "per_join": round(per_join, 4),
                "ticks_per_second": round(per_second, 2),
                "joins_per_second": round(JOINS / join_seconds),
            },
        )
    ]


def _sent(client: Redis, act: Callable[[], object]) -> tuple[int, float]:
    """What the gateway sent to Redis while ``act`` ran, and how long that took."""
    before, started = _total(client), time.monotonic()
    act()
    return _total(client) - before, time.monotonic() - started


def _total(client: Redis) -> int:
    stats = client.info("commandstats")
    return sum(stats[f"cmdstat_{name}"]["calls"] for name in SENT if f"cmdstat_{name}" in stats)
