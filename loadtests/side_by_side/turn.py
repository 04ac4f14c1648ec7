"""One turn of one room: joins, polls, event streams, entries, one after the other, each at a pace and flat out."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence

from redis import Redis

from loadtests.measure.servers import Server
from loadtests.side_by_side.client import send
from loadtests.side_by_side.contenders import Contender, Start
from loadtests.side_by_side.costs import Meter
from loadtests.side_by_side.load import Load
from loadtests.side_by_side.results import Operation, Sizes, Streams, Turn, added
from loadtests.side_by_side.streams import OpenStreams
from loadtests.side_by_side.visitor import until_known

ADMITTED_PER_MINUTE = 600
"""While event streams are open: so that the line moves."""
_AT_ONCE = 1_000_000
"""Admissions a minute, before entries are measured: everybody is called."""
_CALL_SECONDS = 2.0
_SETTLE_SECONDS = 1.0
_WARM_UP = 500
"""Also those at the head of the line, who are called while streams are open, so that no stream ends."""


def play(contender: Contender, redis: Redis, redis_url: str, shop: Server, sizes: Sizes) -> Turn:
    """Starts the room twice, each time on an empty Redis: shut for joins, polls and streams; open for entries."""
    pid = int(redis.info("server")["process_id"])
    warm_up = min(_WARM_UP, sizes.requests)
    redis.flushall()
    start = Start(redis_url, shop.url, rate=ADMITTED_PER_MINUTE)
    with contender.started(start) as server:
        meter = Meter(contender, server, redis, pid)
        visitors = _join(contender, server, warm_up).captured
        join = _joins(meter, sizes)
        visitors += _join(contender, server, sizes.streams).captured
        heads = [contender.poll(visitor) for visitor in visitors]
        _warm_up(server, heads)
        poll = _requests(meter, heads, sizes)
        streams = _streams(contender, meter, start, visitors[-sizes.streams :], sizes)
    redis.flushall()
    start = Start(redis_url, shop.url, rate=_AT_ONCE)
    with contender.started(start) as server:
        meter = Meter(contender, server, redis, pid)
        visitors = _join(contender, server, 2 * sizes.requests + warm_up).captured
        asyncio.run(contender.open(start))
        time.sleep(_CALL_SECONDS)
        heads = [contender.enter(visitor) for visitor in visitors]
        _warm_up(server, heads[-warm_up:])
        enter = _requests(meter, heads, sizes)
    return Turn(join, poll, enter, streams)


def _join(contender: Contender, server: Server, count: int, per_second: float = 0) -> Load:
    return send(
        server,
        [contender.join],
        count=count,
        statuses=contender.join_statuses,
        per_second=per_second,
        capture=contender.capture,
    )


def _warm_up(server: Server, heads: Sequence[str]) -> None:
    send(server, heads, count=min(_WARM_UP, len(heads)), statuses=(200,))


def _joins(meter: Meter, sizes: Sizes) -> Operation:
    """One request each, or two, whose costs are added up."""
    room, server = meter.contender, meter.server
    visitors: list[str] = []

    def load(per_second: float) -> Load:
        found = _join(room, server, sizes.requests, per_second)
        visitors.extend(found.captured)
        if number := room.number(found.captured[-1]):
            asyncio.run(until_known(server, number))
        return found

    joined = _operation(meter, sizes.requests, lambda: load(sizes.pace), lambda: load(0))
    heads = [room.number(visitor) for visitor in visitors]
    return added(joined, _requests(meter, heads, sizes)) if all(heads) else joined


def _requests(meter: Meter, heads: Sequence[str], sizes: Sizes) -> Operation:
    """The first ones at a pace, those after them flat out."""
    count = sizes.requests

    def load(heads: Sequence[str], per_second: float) -> Load:
        return send(meter.server, heads, count=count, statuses=(200,), per_second=per_second)

    rest = heads[count:] or heads
    return _operation(meter, count, lambda: load(heads, sizes.pace), lambda: load(rest, 0))


def _operation(
    meter: Meter, count: int, at_pace: Callable[[], Load], at_once: Callable[[], Load]
) -> Operation:
    paced, slow = meter.measure(count, at_pace)
    flat_out, fast = meter.measure(count, at_once)
    return Operation(
        paced,
        round(slow.p50_ms, 3),
        round(slow.p99_ms, 3),
        flat_out,
        round(fast.per_second),
        round(fast.busy, 3),
    )


def _streams(
    contender: Contender, meter: Meter, start: Start, visitors: Sequence[str], sizes: Sizes
) -> Streams | None:
    heads = [contender.events(visitor) for visitor in visitors]
    if not all(heads):
        return None
    with OpenStreams(meter.server, heads) as streams:
        asyncio.run(contender.open(start))
        time.sleep(_SETTLE_SECONDS)
        before = streams.told()
        cost, _ = meter.measure(
            sizes.streams * sizes.stream_seconds, lambda: time.sleep(sizes.stream_seconds)
        )
        told = streams.told() - before
    return Streams(cost, round(told / sizes.streams / sizes.stream_seconds * 60, 1))
