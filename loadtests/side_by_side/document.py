"""``docs/benchmarks.md`` and its charts, from the results."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from loadtests.side_by_side import prose, rows
from loadtests.side_by_side.charts import Bar, Group, chart
from loadtests.side_by_side.results import Results, Spread
from loadtests.side_by_side.rows import Row

TITLES = {"waitroom": "waitroom", "sorted_set": "sorted set", "serving_counter": "AWS design"}
OURS = "waitroom"


def write(folder: Path, results: Results) -> None:
    """Writes ``benchmarks.md`` and ``images/benchmarks-….svg``."""
    images = folder / "images"
    images.mkdir(parents=True, exist_ok=True)
    for name, svg in charts(results).items():
        (images / f"benchmarks-{name}.svg").write_text(svg)
    (folder / "benchmarks.md").write_text(markdown(results))


def charts(results: Results) -> dict[str, str]:
    """By their names."""
    sale = rows.sale(results)
    return {
        "cpu": chart(
            "Processor time of one operation, server and Redis, in microseconds",
            [_group(row) for row in rows.processor_time(results)],
        ),
        "memory": chart("What Redis keeps of each who waits, in bytes", [_group(rows.memory(results))]),
        "sale": chart(
            "A sale in which three in ten leave without a word", [_group(sale[0]), _group(sale[4])]
        ),
    }


def markdown(results: Results) -> str:
    """The document."""
    sizes, machine = results.sizes, results.machine
    joined = ", ".join(f"{name} {version}" for name, version in results.versions.items())
    pinned = (
        "the servers on one core, Redis and the load on the other" if machine.cores > 1 else "all on one core"
    )
    parts = [
        prose.HEAD,
        f"Machine: {results.processor}, {machine.cores} cores, {machine.memory_gb:g} GB, {machine.system}; Python "
        f"{machine.python}, Redis {machine.redis}, {joined}; {pinned}. {sizes.rounds} rounds of {sizes.requests:,} "
        f"requests at {sizes.pace} a second and as many flat out; {sizes.streams:,} streams for "
        f"{sizes.stream_seconds} s; {sizes.waiting:,} waiting; sales of {sizes.sale_seconds} s, of each room "
        f"{sizes.sales}. {results.note}".rstrip()
        + "\n",
        "## Processor time\n",
        "![Processor time of a join, a poll, an entry and a stream](images/benchmarks-cpu.svg)\n",
        _table(f"µs, at {sizes.pace} a second", rows.processor_time(results)),
        _table("of that, Redis: µs", rows.redis_time(results)),
        _table("flat out: µs", rows.processor_time_flat_out(results)),
        "## Redis\n",
        "![Bytes of Redis for each who waits](images/benchmarks-memory.svg)\n",
        _table(f"{sizes.waiting:,} waiting", [rows.memory(results)]),
        _table("commands sent", rows.sent(results)),
        _table("commands run", rows.run(results)),
        "## Latency and throughput\n",
        _table(f"p99 in ms, at {sizes.pace} a second", rows.latency(results)),
        _table("a second, flat out", rows.throughput(results)),
        _busiest(results),
        _table("streams", [rows.told(results)]),
        prose.STREAMS,
        prose.SALE,
        "![Entered a minute, and turns wasted](images/benchmarks-sale.svg)\n",
        _table("", rows.sale(results)),
        prose.CARE,
        "## Where the plainer ones are ahead\n",
        _ahead(results),
        prose.HOW,
    ]
    return "\n".join(parts)


def _table(what: str, found: Sequence[Row]) -> str:
    names = list(TITLES)
    lines = [f"| {what} | {' | '.join(TITLES.values())} |", f"| --- |{' ---: |' * len(names)}"]
    lines += [f"| {row.title} | {' | '.join(row.text(name) for name in names)} |" for row in found]
    return "\n".join([*lines, ""])


def _group(row: Row) -> Group:
    none = Spread(0, 0, 0)
    return Group(
        row.title, [Bar(TITLES[name], found or none, row.text(name)) for name, found in row.spreads.items()]
    )


def _ahead(results: Results) -> str:
    tables = {
        "processor time": rows.processor_time(results),
        "p99": rows.latency(results),
        "throughput": rows.throughput(results),
        "commands run": rows.run(results),
    }
    lines = []
    told: set[str] = set()
    for table, found in tables.items():
        for row in found:
            if others := row.ahead(OURS):
                who = " and ".join(f"{TITLES[name]} ({row.text(name)})" for name in others)
                why = "" if row.title in told else f" {row.why}"
                lines.append(f"- **{table} of {row.title}**: {row.text(OURS)} here; {who}.{why}")
                told.add(row.title)
    return "\n".join([*(lines or ["Nowhere, in these figures."]), ""])


def _busiest(results: Results) -> str:
    busy = max(
        operation.client_busy
        for turns in results.turns.values()
        for turn in turns
        for operation in (turn.join, turn.poll, turn.enter)
    )
    return (
        f"The load itself was busy for at most {busy:.0%} of its time: it was not what held anybody up.\n"
        if (busy < 0.9)
        else f"The load was busy for up to {busy:.0%} of its time: the fastest of these could be faster.\n"
    )
