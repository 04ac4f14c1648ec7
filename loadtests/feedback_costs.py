"""What it costs to count who waits and who goes, and to take an answer.

    python -m loadtests.feedback_costs [--waiting 1000000]

A Redis of its own. A look at the line is made every ten to twenty seconds by one of all workers while somebody waits.
"""

from __future__ import annotations

import argparse
import asyncio
import tempfile
import time
from pathlib import Path

from redis.asyncio import Redis

from waitroom.embedded import EmbeddedRedis
from waitroom.feedback.cohorts import Line, Tally, look
from waitroom.feedback.ledger import Answer, FeedbackLedger
from waitroom.feedback.question import Kind, Where
from waitroom.line.keys import answered_key, feedback_key
from waitroom.line.rules import Mode, Rules
from waitroom.line.store import LineStore

ROUNDS = 10
ANSWERS = 2000
HOUR = 1_000_000


async def spent(redis: Redis, command: str) -> float:
    """Microseconds of Redis for each call since the counters were set back."""
    stats = (await redis.info("commandstats"))[f"cmdstat_{command}"]
    return float(stats["usec"]) / float(stats["calls"])


async def measure(url: str, waiting: int) -> None:
    """Prints each figure."""
    redis = Redis.from_url(url)
    store = LineStore(redis, "room")
    rules = Rules(mode=Mode.QUEUE, rate=0, presence_ms=10_000_000)
    await store.configure(rules.to_redis(), source="file", who="measurement")
    await store.join(min(waiting, 1))
    await redis.hset("waitroom:1:{room}:lane:general", "issued", str(waiting))
    await store.see_bits(0, b"\xff" * (waiting // 8))
    await store.census(1)
    await redis.config_resetstat()
    begun, line = time.perf_counter(), Line(at=1)
    for _ in range(ROUNDS):
        census = await store.census(1)
        line = look(line.model_copy(update={"at": census.head.clock - 20_000}), census, 0, Tally())
    took = (time.perf_counter() - begun) / ROUNDS
    print(
        f"a look at {waiting:,}: Redis {await spent(redis, 'evalsha') / 1000:.2f} ms, in all {took * 1000:.1f} ms"
    )
    ledger = FeedbackLedger(redis, "room", 86_400)
    await redis.config_resetstat()
    for number in range(ANSWERS):
        given = Answer(Kind.NPS, Where.LEFT, number % 14, number % 11)
        await ledger.answer(1, "general", number * waiting // ANSWERS, given, HOUR * 3600.0)
    print(f"an answer: Redis {await spent(redis, 'eval'):.0f} us")
    for name, key in (
        ("the bits of who has answered", answered_key("room", 1, "general")),
        ("the counts of an hour", feedback_key("room", HOUR)),
    ):
        print(f"{name}: {await redis.memory_usage(key):,} bytes")
    await redis.aclose()


def main() -> None:
    """Measures."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--waiting", type=int, default=1_000_000)
    waiting = parser.parse_args().waiting
    with tempfile.TemporaryDirectory() as folder, EmbeddedRedis(Path(folder)) as redis:
        asyncio.run(measure(redis.url, waiting))


if __name__ == "__main__":
    main()
