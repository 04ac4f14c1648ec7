"""What a visitor who waits costs the load generator, by the way in which it holds the event stream.

    python -m loadtests.waiters [--visitors 1500] [--seconds 30]

Each way is a process of its own with as many Locust users in front of a gateway and a Redis of its own; measured are
its memory above none, and its processor time while all of them wait. The way that was chosen is ``Waiter``.
"""

from __future__ import annotations

import argparse
import subprocess
import sys

from loadtests.measure.processes import allow_open_files
from loadtests.measure.servers import RoomOptions, Server, bare, gateway, redis_server

WAYS = {
    "Waiter": "a Locust User with a socket and llhttp's parser (loadtests/crowd/wire.py)",
    "watcher": "the same, its socket watched by the event loop, its greenlet asleep",
    "FastHttpUser": "Locust's own fast client (loadtests/crowd/shopper.py)",
    "asyncio": "uvloop protocols with llhttp's parser, no Locust and no greenlet",
}
_MOST_SECONDS = 300


def main() -> None:
    """Prints a line for each way."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("ways", nargs="*", metavar="way", help=f"of {', '.join(WAYS)}; left out: all")
    parser.add_argument("--visitors", type=int, default=1500)
    parser.add_argument("--seconds", type=float, default=30.0)
    options = parser.parse_args()
    if unknown := set(options.ways) - set(WAYS):
        parser.error(f"no such way: {', '.join(sorted(unknown))}")
    allow_open_files(20_000)
    for way in options.ways or WAYS:
        print(f"{way:12} {_play(way, options.visitors, options.seconds)}  {WAYS[way]}", flush=True)


def _play(way: str, visitors: int, seconds: float) -> str:
    # so slow a line that nobody is called meanwhile
    room = RoomOptions("drop", rate=1)
    with redis_server() as redis, bare("answer") as shop, gateway(redis.url, room, origin=shop.url) as server:
        return _measured(server, way, visitors, seconds)


def _measured(server: Server, way: str, visitors: int, seconds: float) -> str:
    command = [sys.executable, "-m", "loadtests.waiting_ways", way, server.url, str(visitors), str(seconds)]
    ran = subprocess.run(command, stdout=subprocess.PIPE, check=True, text=True, timeout=_MOST_SECONDS)
    return ran.stdout.strip()


if __name__ == "__main__":
    main()
