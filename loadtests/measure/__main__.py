"""``python -m loadtests.measure [row…]``."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from loadtests.measure import (
    absent,
    cached,
    commands,
    demo,
    idle,
    invitations,
    latency,
    million,
    order,
    poll,
    proxied,
    rate,
    rehearsed,
    streams,
    transfer,
    waiting,
)
from loadtests.measure.processes import allow_open_files
from loadtests.measure.report import DOCS, Machine, Result, write
from loadtests.measure.servers import redis_server

ROWS: dict[str, Callable[[], Sequence[Result]]] = {
    "order": order.measure,
    "rate": rate.measure,
    "absent": absent.measure,
    "commands": commands.measure,
    "million": million.measure,
    "poll": poll.measure,
    "streams": streams.measure,
    "demo": demo.measure,
    "proxied": proxied.measure,
    "latency": latency.measure,
    "transfer": transfer.measure,
    "idle": idle.measure,
    "waiting": waiting.measure,
    "cached": cached.measure,
    "invitations": invitations.measure,
    "rehearsed": rehearsed.measure,
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Measures, writes ``measurements.*``, and returns 0 when every target is reached."""
    parser = argparse.ArgumentParser(prog="python -m loadtests.measure", description=__doc__)
    parser.add_argument("rows", nargs="*", metavar="row", help=f"one of {', '.join(ROWS)}; left out: all")
    parser.add_argument(
        "--out", type=Path, default=DOCS, metavar="FOLDER", help="where to write; docs unless told"
    )
    options = parser.parse_args(arguments)
    rows: list[str] = options.rows
    unknown = set(rows) - set(ROWS)
    if unknown:
        parser.error(f"no such row: {', '.join(sorted(unknown))}")
    allow_open_files(20_000)
    results: dict[str, Sequence[Result]] = {}
    for name in rows or ROWS:
        started = time.monotonic()
        print(f"{name} …", file=sys.stderr, flush=True)
        results[name] = ROWS[name]()
        print(*results[name], sep="\n", flush=True)
        print(f"{name}: {time.monotonic() - started:.0f} s", file=sys.stderr)
    with redis_server() as redis:
        write(options.out, Machine.this(redis.version), results, order=list(ROWS))
    return int(any(result.passed is False for found in results.values() for result in found))


if __name__ == "__main__":
    sys.exit(main())
