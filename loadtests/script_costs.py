"""What a call of the line's scripts costs Redis, with one lane and with four.

    python -m loadtests.script_costs [--rounds 5]

A Redis of its own. Microseconds of its processor for each call, as it counts them (INFO commandstats).
"""

from __future__ import annotations

import argparse
import asyncio
import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path
from statistics import median

from redis.asyncio import Redis

from waitroom.embedded import EmbeddedRedis
from waitroom.line.memory import Memory
from waitroom.line.rules import Mode, Rules
from waitroom.line.store import LineStore

LANES = ("general", "members", "early", "access")
CALLS = 2000


async def cost(redis: Redis, act: Callable[[int], Awaitable[object]]) -> float:
    """Microseconds of Redis for each of so many calls."""
    await act(0)
    await redis.config_resetstat()
    for call in range(1, CALLS + 1):
        await act(call)
    stats = await redis.info("commandstats")
    return float(stats["cmdstat_evalsha"]["usec"]) / CALLS


async def costs(redis: Redis, lanes: tuple[str, ...]) -> dict[str, float]:
    """Each of the scripts that every visitor needs, in a room with these lanes in which somebody stands."""
    await redis.flushall()
    memory = Memory(lanes)
    stores = [LineStore(redis, "room", lane, memory) for lane in lanes]
    general = stores[0]
    rules = Rules(mode=Mode.QUEUE, rate=60_000.0, presence_ms=10_000_000, entry_ms=10_000_000)
    await general.configure(rules.to_redis(), source="file", who="measurement")
    idle = await cost(redis, lambda _: general.advance())
    view = await cost(redis, lambda _: general.view(0))
    for store in stores:
        await store.join(8)
    return {
        "advance, nobody there": idle,
        "view": view,
        "join": await cost(redis, lambda _: general.join(1)),
        "advance": await cost(redis, lambda _: general.advance()),
        "see": await cost(redis, lambda call: general.see((call + 1,))),
        "claim": await cost(redis, lambda call: general.claim(call + 1)),
    }


async def measure(url: str, rounds: int) -> None:
    """Prints the medians of so many rounds."""
    redis = Redis.from_url(url)
    for lanes in (LANES[:1], LANES):
        found = [await costs(redis, lanes) for _ in range(rounds)]
        told = ", ".join(f"{name} {median(of[name] for of in found):.1f}" for name in found[0])
        print(f"{len(lanes)} lane{'s' if len(lanes) > 1 else ''}, us a call: {told}", flush=True)
    await redis.aclose()


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=5, help="of which the median is told")
    rounds = parser.parse_args().rounds
    with tempfile.TemporaryDirectory() as folder, EmbeddedRedis(Path(folder)) as redis:
        asyncio.run(measure(redis.url, rounds))


if __name__ == "__main__":
    main()
