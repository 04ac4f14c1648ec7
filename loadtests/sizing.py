"""From what was measured to how many machines a crowd takes: ``python -m loadtests.sizing`` prints the tables of
docs/sizing.md, and ``--write`` puts them into it.

Everything comes from docs/measurements.json, from docs/benchmarks.json (what a join costs Redis), and the few choices
that stand as constants here.
"""

from __future__ import annotations

import argparse
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil
from pathlib import Path
from statistics import median
from typing import Any

DOCS = Path(__file__).parents[1] / "docs"
CROWDS = (10_000, 100_000, 1_000_000, 10_000_000)
IN_ROOMS = (1_000_000, 10_000_000)
"""That are also told as several rooms."""
ARRIVE_SECONDS = 600
"""In which the whole crowd comes."""
USED = 0.5
"""The part of a core that is planned for, of a worker and of a Redis; the rest is for bursts."""
MACHINE_CORES, MACHINE_GB = 4, 16
BITMAPS = 5
"""That each worker fetches of a room once a second: four of presence, one of used places."""
_BEGIN, _END = "<!-- {}: python -m loadtests.sizing --write -->", "<!-- end -->"


@dataclass(frozen=True, slots=True)
class Figures:
    """What was measured. Processor time is that of the machine in docs/measurements.md."""

    page_us: float
    """A newcomer's page, with the join."""
    arrival_us: float
    """Joining and opening a stream."""
    stream_ms: float
    """The gateway's processor time for a visitor on a stream, a minute."""
    stream_kb: float
    stream_redis_ms: float
    far_ms: float
    """The same for one far from the door behind a cache."""
    far_redis_ms: float
    join_redis_us: float
    """Redis's time for a join, at a pace at which few share a command."""
    redis_bytes: float
    """For a place in line."""
    worker_mb: float
    """A worker with nobody."""
    inside_us: float
    """A request of somebody inside."""

    @classmethod
    def read(cls, folder: Path = DOCS) -> Figures:
        """From the measurements. Raises ``KeyError`` where a row is missing."""
        rows: Mapping[str, Sequence[Mapping[str, Any]]] = json.loads(
            (folder / "measurements.json").read_text()
        )["rows"]
        turns = json.loads((folder / "benchmarks.json").read_text())["turns"]["waitroom"]
        details = {name: found[0]["details"] for name, found in rows.items() if found}
        waiting, cached = details["waiting"], details["cached"]
        return cls(
            page_us=waiting["page_us"],
            arrival_us=waiting["arrival_us"],
            stream_ms=waiting["gateway_ms_per_minute"],
            stream_kb=waiting["gateway_kb"],
            stream_redis_ms=waiting["redis_ms_per_minute"],
            far_ms=cached["gateway_cpu_ms_per_visitor_minute"],
            far_redis_ms=cached["redis_ms_per_visitor_minute"],
            join_redis_us=median(turn["join"]["paced"]["redis_us"] for turn in turns),
            redis_bytes=details["million"]["bytes"] / 1e6,
            worker_mb=details["streams"]["resident_mb_at_start"],
            inside_us=median(details["proxied"]["gateway_microseconds"]),
        )


@dataclass(frozen=True, slots=True)
class Size:
    """What one crowd takes."""

    waiting: int
    arriving_cores: float
    waiting_cores: float
    workers: int
    gigabytes: float
    redis_joining_cores: float
    redis_waiting_cores: float
    redis_mb: float
    redis_mb_per_second: float

    @property
    def redis_cores(self) -> float:
        """At the end of the coming: the last join, and nearly all wait."""
        return self.redis_joining_cores + self.redis_waiting_cores

    @property
    def machines(self) -> int:
        """By cores or by memory, whichever is more."""
        return max(ceil(self.workers / MACHINE_CORES), ceil(self.gigabytes / (MACHINE_GB * USED)))


def size(figures: Figures, waiting: int, *, cached: bool) -> Size:
    """The sums, for so many who come within :data:`ARRIVE_SECONDS` and then wait."""
    arrival_us = figures.page_us + (0 if cached else figures.arrival_us)
    arriving = waiting / ARRIVE_SECONDS * arrival_us / 1e6
    waiting_cores = waiting * (figures.far_ms if cached else figures.stream_ms) / 60_000
    workers = max(ceil((arriving + waiting_cores) / USED), 1)
    held_mb = 0.0 if cached else waiting * figures.stream_kb / 1e3
    return Size(
        waiting=waiting,
        arriving_cores=arriving,
        waiting_cores=waiting_cores,
        workers=workers,
        gigabytes=(held_mb + workers * figures.worker_mb) / 1e3,
        redis_joining_cores=waiting / ARRIVE_SECONDS * figures.join_redis_us / 1e6,
        redis_waiting_cores=waiting * (figures.far_redis_ms if cached else figures.stream_redis_ms) / 60_000,
        redis_mb=waiting * figures.redis_bytes / 1e6,
        redis_mb_per_second=workers * BITMAPS * waiting / 8 / 1e6,
    )


def rooms(figures: Figures, waiting: int, *, cached: bool) -> tuple[int, Size]:
    """In how many equal rooms no Redis has more to do than is planned for, and what one of them takes."""
    count = ceil(size(figures, waiting, cached=cached).redis_cores / USED)
    return count, size(figures, ceil(waiting / count), cached=cached)


def rooms_table(figures: Figures) -> str:
    """The largest crowds as several rooms: each with its workers, on its shard of a cluster."""
    rows = [
        "| waiting | how | rooms | in each | workers of a room | workers in all | machines in all "
        "| a shard: cores | from a shard, MB a second |",
        "| ---: | --- " + "| ---: " * 7 + "|",
    ]
    for cached, how in ((False, "on event streams"), (True, "behind a cache")):
        for waiting in IN_ROOMS:
            count, each = rooms(figures, waiting, cached=cached)
            rows.append(
                f"| {waiting:,} | {how} | {count} | {each.waiting:,} | {each.workers} | {count * each.workers:,} | "
                f"{count * each.machines:,} | {each.redis_cores:.2f} | {each.redis_mb_per_second:.2f} |"
            )
    return "\n".join(rows)


def crowds_table(figures: Figures, *, cached: bool) -> str:
    """The table of all crowds."""
    rows = [
        "| waiting | arriving, cores | waiting, cores | workers at half load | memory, GB | machines "
        "| Redis: memory, MB | Redis: joining, cores | Redis: waiting, cores | from Redis, MB a second |",
        "| ---: " * 10 + "|",
    ]
    for waiting in CROWDS:
        found = size(figures, waiting, cached=cached)
        rows.append(
            f"| {waiting:,} | {found.arriving_cores:.2f} | {found.waiting_cores:.2f} | {found.workers:,} | "
            f"{found.gigabytes:.1f} | {found.machines:,} | {found.redis_mb:.2f} | {found.redis_joining_cores:.2f} | "
            f"{found.redis_waiting_cores:.2f} | {found.redis_mb_per_second:.2f} |"
        )
    return "\n".join(rows)


def figures_table(figures: Figures) -> str:
    """What the sums begin with."""
    rows = [
        ("a newcomer's page, with the place in line", f"{figures.page_us:.0f} µs", "waiting"),
        ("a join and an event stream", f"{figures.arrival_us:.0f} µs", "waiting"),
        ("a visitor on a stream, a minute", f"{figures.stream_ms:.2f} ms", "waiting"),
        ("… memory", f"{figures.stream_kb:.1f} KB", "waiting"),
        ("… Redis, a minute", f"{figures.stream_redis_ms:.3f} ms", "waiting"),
        ("a visitor far from the door behind a cache, a minute", f"{figures.far_ms:.2f} ms", "cached"),
        ("… Redis, a minute", f"{figures.far_redis_ms:.3f} ms", "cached"),
        ("a join: Redis", f"{figures.join_redis_us:.0f} µs", "join, at 300 a second: benchmarks.md"),
        ("a place in line in Redis", f"{figures.redis_bytes:.2f} bytes", "million"),
        ("a worker with nobody", f"{figures.worker_mb:.0f} MB", "streams"),
        ("a small request of somebody inside", f"{figures.inside_us:.0f} µs", "proxied"),
    ]
    return "\n".join(
        [
            "| what | processor or memory | row |",
            "| --- | ---: | --- |",
            *(f"| {' | '.join(row)} |" for row in rows),
        ]
    )


def inside_table(figures: Figures) -> str:
    """Cores for those inside, by requests a second."""
    rows = [
        "| requests a second of those inside | cores busy | workers at half load |",
        "| ---: | ---: | ---: |",
    ]
    for per_second in (500, 2_000, 10_000, 50_000):
        cores = per_second * figures.inside_us / 1e6
        rows.append(f"| {per_second:,} | {cores:.2f} | {ceil(cores / USED):,} |")
    return "\n".join(rows)


def tables(figures: Figures) -> dict[str, str]:
    """All tables by their names in the page."""
    return {
        "figures": figures_table(figures),
        "streams": crowds_table(figures, cached=False),
        "cached": crowds_table(figures, cached=True),
        "rooms": rooms_table(figures),
        "inside": inside_table(figures),
    }


def filled(page: str, found: Mapping[str, str]) -> str:
    """The page with its tables as they are now. Raises ``ValueError`` where it has no place for one."""
    for name, table in found.items():
        begin = _BEGIN.format(name)
        pattern = re.compile(re.escape(begin) + ".*?" + re.escape(_END), re.DOTALL)
        text = f"{begin}\n{table}\n{_END}"
        page, count = pattern.subn(lambda _, text=text: text, page)  # type: ignore[misc]
        if count != 1:
            raise ValueError(f"the page has {count} places for {name}")
    return page


def main() -> None:
    """Prints the tables, or writes them into the page."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--write", action="store_true", help="put them into docs/sizing.md")
    found = tables(Figures.read())
    if parser.parse_args().write:
        page = DOCS / "sizing.md"
        page.write_text(filled(page.read_text(), found))
    else:
        print("\n\n".join(found.values()))


if __name__ == "__main__":
    main()
