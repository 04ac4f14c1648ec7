"""``python -m loadtests.side_by_side``."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from redis import Redis

from loadtests.measure.processes import allow_open_files
from loadtests.measure.report import DOCS, Machine
from loadtests.measure.servers import bare, redis_server
from loadtests.side_by_side import document, memory, sale, turn
from loadtests.side_by_side.contenders import CONTENDERS
from loadtests.side_by_side.cores import CLIENT, on_core
from loadtests.side_by_side.results import Memory, Results, Sale, Sizes, Turn, processor, versions

FIGURES = "benchmarks.json"


def measure(sizes: Sizes) -> Results:
    """All rounds, then the memory, then the sales; each in turns."""
    turns: dict[str, list[Turn]] = {room.name: [] for room in CONTENDERS}
    sales: dict[str, list[Sale]] = {room.name: [] for room in CONTENDERS}
    kept: dict[str, Memory] = {}
    with (
        on_core(CLIENT),
        redis_server() as server,
        bare("answer") as shop,
        Redis.from_url(server.url) as redis,
    ):
        for index in range(sizes.rounds):
            for room in CONTENDERS:
                _say(f"round {index + 1}: {room.title}")
                turns[room.name].append(turn.play(room, redis, server.url, shop, sizes))
        for room in CONTENDERS:
            _say(f"{sizes.waiting:,} waiting: {room.title}")
            kept[room.name] = memory.measure(room, redis, server.url, shop, sizes.waiting)
        for room in CONTENDERS:
            _say(f"a sale: {room.title}")
            sales[room.name].append(sale.play(room, redis, server.url, shop, sizes.sale_seconds))
        machine = Machine.this(server.version)
    return Results(machine, processor(), versions(), sizes, turns, kept, sales)


def main(arguments: Sequence[str] | None = None) -> int:
    """Measures, and writes what came of it."""
    parser = argparse.ArgumentParser(prog="python -m loadtests.side_by_side", description=__doc__)
    for name, value, text in (
        ("rounds", 5, "turns of each room"),
        ("pace", 500, "requests a second at the steady pace"),
        ("requests", 3_000, "of each kind, at the pace and flat out"),
        ("waiting", 100_000, "in the line whose memory is measured"),
        ("streams", 1_000, "event streams at once"),
        ("stream-seconds", 15, "for so long"),
        ("sale-seconds", 60, "of the sale"),
    ):
        parser.add_argument(
            f"--{name}", type=int, default=value, metavar="N", help=f"{text}; {value:,} unless told"
        )
    parser.add_argument(
        "--out", type=Path, default=DOCS, metavar="FOLDER", help="where to write; docs unless told"
    )
    parser.add_argument("--report", action="store_true", help="measure nothing: write the document anew")
    parser.add_argument(
        "--note", default="", metavar="TEXT", help="what else the machine had to do, as a sentence"
    )
    options = vars(parser.parse_args(arguments))
    out: Path = options.pop("out")
    note: str = options.pop("note")
    if options.pop("report"):
        results = Results.load(out / FIGURES)
    else:
        allow_open_files(20_000)
        results = measure(Sizes(**options))
    if note:
        results = replace(results, note=note)
    out.mkdir(parents=True, exist_ok=True)
    results.save(out / FIGURES)
    document.write(out, results)
    return 0


def _say(text: str) -> None:
    print(f"{text} …", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
