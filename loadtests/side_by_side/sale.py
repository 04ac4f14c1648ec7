"""One sale: a crowd of whom three in ten leave without a word, half of these before the opening."""

from __future__ import annotations

import asyncio
import random
import re
import time
from dataclasses import dataclass

from redis import Redis

from loadtests.measure.rate import windows
from loadtests.measure.servers import Server
from loadtests.side_by_side.contenders import Calls, Contender, Start
from loadtests.side_by_side.cores import CLIENT, on_core
from loadtests.side_by_side.results import Sale
from loadtests.side_by_side.visitor import Visitor

RATE = 600
GONE_PERCENT = 30
ABSENCE_SECONDS = 10
"""As soon as this a silent visitor counts as gone, and an unused turn as over, where the room knows of it."""
WINDOW_SECONDS = 20
_POLL_SECONDS = 2.0
_AT_ONCE = 32


@dataclass(slots=True)
class Shopper:
    """What one did. Times are in seconds since the epoch."""

    leaves_at: float | None
    """After the opening; negative: before. None: stays."""
    place: str = ""
    asked_at: float = 0
    joined_at: float = 0
    entered_at: float | None = None
    refused: bool = False

    def gone(self, at: float, opened: float) -> bool:
        """Whether they had left by then."""
        return self.leaves_at is not None and (self.leaves_at < 0 or opened + self.leaves_at <= at)


def play(contender: Contender, redis: Redis, redis_url: str, shop: Server, seconds: float) -> Sale:
    """Two workers; everybody joins while the room is shut, and polls every two seconds from then on."""
    redis.flushall()
    start = Start(
        redis_url,
        shop.url,
        workers=2,
        rate=RATE,
        absence_seconds=ABSENCE_SECONDS,
        logged=True,
    )
    with contender.started(start) as server, on_core(CLIENT):
        crowd, opened = asyncio.run(_sale(contender, start, server, seconds))
        calls = contender.calls(redis_url)
    return judge(crowd, calls, opened, seconds)


def judge(crowd: list[Shopper], calls: Calls, opened: float, seconds: float) -> Sale:
    """What the sale came to, from what the visitors saw and the room's own log of calls."""
    entered = sorted(shopper.entered_at for shopper in crowd if shopper.entered_at is not None)
    window = min(WINDOW_SECONDS, seconds / 2)
    least, most = windows(entered, window)
    called = [(shopper, at) for shopper in crowd if (at := calls.at(shopper.place)) is not None]
    there = sum(not shopper.gone(at, opened) for shopper, at in called)
    return Sale(
        set_per_minute=RATE,
        entered_per_minute=round(len(entered) / seconds * 60, 1),
        window_least=least * 60 / window,
        window_most=most * 60 / window,
        turns=calls.turns,
        wasted=calls.turns - there,
        overtakes=overtakes(crowd, calls),
        lost=sum(shopper.refused for shopper in crowd),
    )


def overtakes(crowd: list[Shopper], calls: Calls) -> int:
    """Pairs of visitors who stayed, of whom the later came in before the earlier was called.

    Later is who asked for a place when the other already had one.
    """
    stayed = [shopper for shopper in crowd if shopper.leaves_at is None]
    called = {id(shopper): calls.at(shopper.place) or float("inf") for shopper in stayed}
    return sum(
        earlier.joined_at < later.asked_at and called[id(earlier)] > later.entered_at
        for later in stayed
        if later.entered_at is not None
        for earlier in stayed
    )


async def _sale(
    contender: Contender, start: Start, server: Server, seconds: float
) -> tuple[list[Shopper], float]:
    chance = random.Random(7)  # the same crowd for all
    crowd = [Shopper(None) for _ in range(int(RATE / 60 * (seconds + 15) * 100 / (100 - GONE_PERCENT)))]
    gone = chance.sample(crowd, len(crowd) * GONE_PERCENT // 100)
    for index, shopper in enumerate(gone):
        shopper.leaves_at = -1 if index % 2 else chance.uniform(0, seconds)
    doors, arrived = asyncio.Semaphore(_AT_ONCE), asyncio.Semaphore(0)
    opened = float("inf")

    async def visit(shopper: Shopper) -> None:
        async with Visitor(server) as visitor:
            async with doors:
                token = await _join(contender, visitor, shopper)
            arrived.release()
            await asyncio.sleep(chance.uniform(0, _POLL_SECONDS))
            while not shopper.gone(time.time(), opened):
                if await _tries(contender, visitor, shopper, token):
                    return
                await asyncio.sleep(_POLL_SECONDS)

    tasks = [asyncio.create_task(visit(shopper)) for shopper in crowd]
    for _ in crowd:
        await arrived.acquire()
    await asyncio.sleep(1.5 * ABSENCE_SECONDS)  # those who left at once count as gone, where anybody counts
    await contender.open(start)
    opened = time.time()
    await asyncio.sleep(seconds)
    for task in tasks:
        task.cancel()
    ends = await asyncio.gather(*tasks, return_exceptions=True)
    failed = [end for end in ends if isinstance(end, Exception)]
    if failed:
        raise ExceptionGroup("visitors failed", failed[:5])
    return crowd, opened


async def _join(contender: Contender, visitor: Visitor, shopper: Shopper) -> str:
    """What the visitor shows from then on."""
    shopper.asked_at = time.time()
    answer = await visitor.ask(contender.join)
    token = _found(contender.capture, answer.whole)
    if number := contender.number(token):
        answer = await visitor.ask(number)
        while answer.status != 200:
            await asyncio.sleep(0.05)
            answer = await visitor.ask(number)
    shopper.place = _found(contender.place, answer.whole)
    shopper.joined_at = time.time()
    return token


async def _tries(contender: Contender, visitor: Visitor, shopper: Shopper, token: str) -> bool:
    """Polls, and comes in when called. Whether the wait is over."""
    poll = await visitor.ask(contender.poll(token))
    if poll.status != 200 or not contender.called(poll.body, shopper.place):
        return False
    status = (await visitor.ask(contender.enter(token))).status
    if status == 200:
        shopper.entered_at = time.time()
    shopper.refused = status == 410
    return status in (200, 410)


def _found(pattern: str, answer: bytes) -> str:
    found = re.search(pattern, answer.decode("latin-1"))
    assert found is not None, answer
    return found[1]
