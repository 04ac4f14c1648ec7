"""What the line's rules come to: an opening in one call, shares of lanes, and the rate kept with no-shows.

    python -m loadtests.admission [--waiting 1000000]

Real scripts in a Redis of its own. Time is made to pass by moving back the moment at which the room was last looked
at, which to the scripts is a clock that moved on: minutes take seconds.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import tempfile
from pathlib import Path
from statistics import mean

from redis.asyncio import Redis

from waitroom.embedded import EmbeddedRedis
from waitroom.line.draw import commitment
from waitroom.line.keys import room_keys
from waitroom.line.memory import Memory
from waitroom.line.plan import Plan, Step, StepKind
from waitroom.line.rules import Mode, Rules
from waitroom.line.store import LineStore

KEYS = room_keys("room", ["general"])
ROOM, GRANTED = KEYS[0], KEYS[3]
TICK_MS = 200
FAR_MS = 4_000_000_000_000


async def opened(redis: Redis, waiting: int) -> float:
    """Milliseconds of Redis for the call that opens the door of a drawn event to so many."""
    await redis.flushall()
    store = LineStore(redis, "room")
    await store.configure(Rules(mode=Mode.QUEUE).to_redis(), source="file", who="measurement")
    begin = Step(1, StepKind.BEGIN, "sale", opens_ms=FAR_MS, commitment=commitment(bytes(32)))
    await store.plan(
        Plan((begin, Step(FAR_MS, StepKind.OPEN, "sale"))).to_redis(),
        name="a",
        source="live",
        who="measurement",
    )
    for _ in range(waiting // 1000):
        await store.join(1000)
    # the numbers are there; that it is time is told by the next call
    opening = Plan((Step(1, StepKind.OPEN, "sale"),))
    await redis.config_resetstat()
    await store.plan(opening.to_redis(), name="b", source="live", who="measurement")
    stats = await redis.info("commandstats")
    head = await store.advance()
    assert head.drawn_count == waiting // 1000 * 1000
    return float(stats["cmdstat_evalsha"]["usec"]) / 1000


async def kept_rate(redis: Redis, rate: float, no_shows: float, minutes: int) -> tuple[float, float]:
    """Entries a minute after the first minute, relative to the rate, with this share of no-shows; and the spread
    (largest less smallest minute, relative)."""
    await redis.flushall()
    store, chance = LineStore(redis, "room"), random.Random(7)
    rules = Rules(rate=rate, mode=Mode.QUEUE, presence_ms=10_000_000, entry_ms=60_000)
    await store.configure(rules.to_redis(), source="file", who="measurement")
    for _ in range(int(rate * (minutes + 3) * 2 / 1000) + 1):
        await store.join(1000)
    never = set()
    by_minute = [0 for _ in range(minutes)]
    began = (await store.advance()).clock
    while True:
        await redis.hincrby(ROOM, "wall", -TICK_MS)
        head = await store.advance()
        minute = (head.clock - began) // 60_000
        if minute >= minutes:
            break
        granted: list[bytes] = await redis.execute_command("ZRANGE", GRANTED, 0, -1)  # type: ignore[no-untyped-call]
        for member in granted:
            number = int(member.split(b":")[1])
            if number in never:
                continue
            if chance.random() < no_shows:
                never.add(number)
                continue
            await store.claim(number)
            by_minute[minute] += 1
    settled = by_minute[2:]
    return mean(settled) / rate, (max(settled) - min(settled)) / rate


async def shares(redis: Redis, weights: dict[str, float], rate: float, minutes: int) -> dict[str, float]:
    """The share of the admissions that each lane got while many waited in each."""
    await redis.flushall()
    memory = Memory(tuple(weights))
    stores = {lane: LineStore(redis, "room", lane, memory) for lane in weights}
    text = " ".join(f"{lane}:{weight}" for lane, weight in weights.items())
    rules = Rules(
        rate=rate,
        mode=Mode.QUEUE,
        presence_ms=10_000_000,
        keep_ms=10_000_000,
        entry_ms=10_000_000,
        weights=text,
    )
    general = stores["general"]
    await general.configure(rules.to_redis(), source="file", who="measurement")
    for store in stores.values():
        for _ in range(int(rate * minutes * 2 / 1000) + 1):
            await store.join(1000)
    for _ in range(minutes * 60_000 // TICK_MS):
        await redis.hincrby(ROOM, "wall", -TICK_MS)
        await general.advance()
    called = {lane: (await store.advance()).called for lane, store in stores.items()}
    return {lane: count / sum(called.values()) for lane, count in called.items()}


async def measure(url: str, waiting: int) -> None:
    """Prints all figures."""
    redis = Redis.from_url(url)
    print("The call that opens the door to a drawn event, milliseconds of Redis:")
    for count in (1000, 10_000, 100_000, waiting):
        print(f"  {count:>9,} waiting  {await opened(redis, count):.2f}")
    print(
        "Entries against the rate (600 a minute), from the third minute to the eighth; spread of the minutes:"
    )
    for no_shows in (0.0, 0.1, 0.3):
        level, spread = await kept_rate(redis, 600.0, no_shows, 8)
        print(f"  {no_shows:>4.0%} no-shows  {level:.1%}  ± {spread / 2:.1%}")
    print("Shares of lanes, ten minutes at 60 a minute:")
    for weights in ({"general": 1.0, "members": 3.0}, {"general": 1.0, "early": 2.5, "members": 6.5}):
        total = sum(weights.values())
        got = await shares(redis, weights, 60.0, 10)
        told = ", ".join(
            f"{lane} {got[lane]:.2%} (weight {weight / total:.2%})" for lane, weight in weights.items()
        )
        print(f"  {told}")
    await redis.aclose()


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--waiting", type=int, default=1_000_000, help="the largest crowd at an opening")
    waiting = parser.parse_args().waiting
    with tempfile.TemporaryDirectory() as folder, EmbeddedRedis(Path(folder)) as redis:
        asyncio.run(measure(redis.url, waiting))


if __name__ == "__main__":
    main()
