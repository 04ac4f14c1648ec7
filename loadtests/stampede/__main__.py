"""``python -m loadtests.stampede``: see the package."""

from __future__ import annotations

import argparse
import os
from collections.abc import Sequence

import loadtests.stampede
from loadtests.stampede.run import Run, joins, streams


def main() -> None:
    """Plays one of the two and prints what came of it."""
    parser = argparse.ArgumentParser(
        prog="python -m loadtests.stampede",
        description=loadtests.stampede.__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("what", choices=("joins", "streams"))
    parser.add_argument("--visitors", type=_count, default=100_000)
    parser.add_argument("--workers", type=_count, default=2)
    parser.add_argument("--seconds", type=float, default=10.0, help="within which all come, of joins")
    parser.add_argument("--most-seconds", type=float, default=180.0, help="until all are back, of streams")
    parser.add_argument("--cut", choices=("gateway", "workers"), default="gateway", help="what is killed")
    parser.add_argument(
        "--at-once", type=int, help="max_joins_at_once, of joins; 0: no limit (default: the gateway's)"
    )
    given = parser.parse_args()
    if given.what == "joins":
        run = joins(given.visitors, given.seconds, given.workers, given.at_once)
        lines = [*told(run), *told_of_joins(run)]
    else:
        run = streams(given.visitors, given.most_seconds, given.workers, given.cut)
        lines = [*told(run), *told_of_streams(run)]
    print("\n".join(lines), flush=True)


def told(run: Run) -> list[str]:
    """What both have."""
    load = ", ".join(f"{each:.1f}" for each in os.getloadavg())
    lines = [run.size.why] if run.size.why else []
    refused = ", ".join(f"{why}: {count:,}" for why, count in run.refused.most_common()) or "none"
    return [
        *lines,
        f"visitors              {run.size.visitors:,} in {run.size.processes} processes; {os.cpu_count()} cores, "
        f"load average {load}",
        f"places                {run.places:,}; given twice {run.twice:,}; lost {run.lost:,}",
        f"refused               {refused}",
        f"gateway               {run.cost.gateway_cpu:.1f} s of CPU, {run.cost.memory_before:.0f} MB before, "
        f"{run.cost.memory_most:.0f} MB at most",
        f"Redis                 {run.cost.redis_cpu:.1f} s of CPU",
    ]


def told_of_joins(run: Run) -> list[str]:
    """How fast they were given places."""
    late, at = run.late_ms, run.joined_at
    if not late:
        return ["nobody was given a place"]
    lasted = at[-1] - (at[0] - late[0] / 1000)
    return [
        f"wanted                {run.size.visitors / run.seconds:,.0f} a second, for {run.seconds:g} s",
        f"joins a second        {len(at) / lasted:,.0f}, for {lasted:.1f} s",
        f"a page after          {_of(run.seen_ms)}",
        f"a place after         {_of(late)}",
        f"asked to come again   {run.sent_away:,} times",
        f"inside, a page after  {_of(run.inside_ms)}",
    ]


def told_of_streams(run: Run) -> list[str]:
    """How they came back."""
    back = run.back_after
    if not back:
        return ["nobody came back"]
    lines = [
        f"back after            first {back[0]:.1f} s, half {part(back, 0.5):.1f} s, "
        f"99 % {part(back, 0.99):.1f} s, all {back[-1]:.1f} s"
    ]
    for name, questions in (("streams a second", False), ("with questions", True)):
        counts = run.a_second(questions=questions)
        mean = sum(counts) / len(counts)
        lines.append(f"{name:21} mean {mean:,.0f}, peak {max(counts):,} ({max(counts) / mean:.1f} times)")
        lines.append(f"{'':21} {' '.join(map(str, counts))}")
    return lines


def _of(late: Sequence[int]) -> str:
    half, most = part(late, 0.5) / 1000, part(late, 0.99) / 1000
    return f"p50 {half:.2f} s, p99 {most:.2f} s, at most {late[-1] / 1000:.2f} s"


def part(values: Sequence[float], share: float) -> float:
    """The value below which such a share of the sorted values lies."""
    return values[min(int(len(values) * share), len(values) - 1)]


def _count(text: str) -> int:
    if (count := int(text)) < 1:
        raise argparse.ArgumentTypeError("at least 1")
    return count


if __name__ == "__main__":
    main()
