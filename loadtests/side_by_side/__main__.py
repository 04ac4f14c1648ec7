"""``python -m loadtests.side_by_side [part…]``."""

from __future__ import annotations

import argparse
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

from redis import Redis

from loadtests.measure.processes import allow_open_files
from loadtests.measure.report import DOCS, Machine
from loadtests.measure.servers import Server, bare, redis_server
from loadtests.side_by_side import document, memory, sale, turn
from loadtests.side_by_side.contenders import CONTENDERS, Contender
from loadtests.side_by_side.cores import CLIENT, on_core
from loadtests.side_by_side.results import Results, Sizes, processor, versions

FIGURES = "benchmarks.json"
PARTS = ("memory", "sales", "turns")
_TRIES = 5
_BROKEN = (subprocess.SubprocessError, ConnectionError, TimeoutError, ExceptionGroup)
"""What comes of a machine that is too busy: somebody waited in vain."""
Played = TypeVar("Played")


def measure(results: Results, parts: Sequence[str], redis: Redis, redis_url: str, shop: Server) -> Results:
    """The results with these parts measured anew, each in turns."""
    sizes = results.sizes

    def once_each(what: str, times: int, play: Callable[[Contender], Played]) -> dict[str, list[Played]]:
        found: dict[str, list[Played]] = {room.name: [] for room in CONTENDERS}
        for index in range(times):
            for room in CONTENDERS:
                print(f"{what} {index + 1}: {room.title} …", file=sys.stderr, flush=True)
                found[room.name].append(_played(room, play))
        return found

    if "memory" in parts:
        kept = once_each(
            "memory", 1, lambda room: memory.measure(room, redis, redis_url, shop, sizes.waiting)
        )
        results = replace(results, memory={name: found[0] for name, found in kept.items()})
    if "sales" in parts:
        sales = once_each(
            "sale", sizes.sales, lambda room: sale.play(room, redis, redis_url, shop, sizes.sale_seconds)
        )
        results = replace(results, sales=sales)
    if "turns" in parts:
        turns = once_each("round", sizes.rounds, lambda room: turn.play(room, redis, redis_url, shop, sizes))
        results = replace(results, turns=turns)
    return results


def main(arguments: Sequence[str] | None = None) -> int:
    """Measures, and writes what came of it."""
    options = _options().parse_args(arguments)
    out: Path = options.out
    before = Results.load(out / FIGURES) if (out / FIGURES).exists() else None
    parts = options.parts or PARTS
    if unknown := set(parts) - set(PARTS):
        _options().error(f"no such part: {', '.join(sorted(unknown))}")
    if options.report:
        results = before or _options().error(f"there is no {FIGURES} in {out}")
    else:
        allow_open_files(20_000)
        sizes = Sizes(
            options.rounds,
            options.pace,
            options.requests,
            options.waiting,
            options.streams,
            options.stream_seconds,
            options.sale_seconds,
            options.sales,
        )
        with (
            on_core(CLIENT),
            redis_server() as server,
            bare("answer") as shop,
            Redis.from_url(server.url) as redis,
        ):
            machine = Machine.this(server.version)
            begun = Results(machine, processor(), versions(), sizes, {}, {}, {})
            if before is not None:
                begun = begun.keeping(before, [part for part in PARTS if part not in parts])
            results = measure(begun, parts, redis, server.url, shop)
    results = replace(results, note=options.note or results.note)
    out.mkdir(parents=True, exist_ok=True)
    results.save(out / FIGURES)
    if results.turns and results.memory and results.sales:
        document.write(out, results)
    return 0


def _options() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m loadtests.side_by_side", description=__doc__)
    parser.add_argument("parts", nargs="*", metavar="part", help=f"of {', '.join(PARTS)}; all unless told")
    for name, value, text in (
        ("rounds", 5, "turns of each room"),
        ("pace", 300, "requests a second at the steady pace"),
        ("requests", 2_000, "of each kind, at the pace and flat out"),
        ("waiting", 100_000, "in the line whose memory is measured"),
        ("streams", 500, "event streams at once"),
        ("stream-seconds", 10, "for so long"),
        ("sale-seconds", 60, "of a sale"),
        ("sales", 3, "of each room"),
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
    return parser


def _played(room: Contender, play: Callable[[Contender], Played]) -> Played:
    """What came of a turn. One that breaks off is played again from its beginning."""
    for left in reversed(range(_TRIES)):
        try:
            return play(room)
        except _BROKEN as error:
            if not left:
                raise
            print(f"{room.title}, once more: {error!r}"[:200], file=sys.stderr, flush=True)
    raise AssertionError


if __name__ == "__main__":
    sys.exit(main())
