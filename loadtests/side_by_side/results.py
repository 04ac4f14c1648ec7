"""What was measured, as JSON and back."""

from __future__ import annotations

import json
import platform
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from importlib.metadata import version
from pathlib import Path
from statistics import median
from typing import NamedTuple

from loadtests.measure.report import Machine


@dataclass(frozen=True, slots=True)
class Cost:
    """What one operation cost in one turn."""

    server_us: float
    """Processor time of the server's processes, user and system."""
    redis_us: float
    """That of Redis."""
    sent: float
    """Commands sent to Redis."""
    run: float
    """Commands that Redis ran, those within scripts among them."""


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation in one turn: at a steady pace, then flat out."""

    paced: Cost
    p50_ms: float
    p99_ms: float
    flat_out: Cost
    per_second: float
    """How many were done in a second, flat out."""
    client_busy: float
    """The share of its time in which the load was busy, flat out."""


def added(one: Operation, other: Operation) -> Operation:
    """What takes two requests, one after the other. The latencies add up to no less than that of both together."""
    return Operation(
        _sum(one.paced, other.paced),
        one.p50_ms + other.p50_ms,
        one.p99_ms + other.p99_ms,
        _sum(one.flat_out, other.flat_out),
        round(1 / (1 / one.per_second + 1 / other.per_second)),
        max(one.client_busy, other.client_busy),
    )


@dataclass(frozen=True, slots=True)
class Streams:
    """Open event streams in one turn, for each stream and second."""

    cost: Cost
    told_per_minute: float
    """Messages that each visitor got in a minute."""


@dataclass(frozen=True, slots=True)
class Sale:
    """One sale, with visitors who leave without a word."""

    set_per_minute: float
    entered_per_minute: float
    window_least: float
    """Of any 20 seconds, in entries a minute."""
    window_most: float
    turns: int
    """Spent of the rate."""
    wasted: int
    """Of them, for visitors who had left."""
    overtakes: int
    lost: int
    """Visitors who waited, were called, and were then refused."""


@dataclass(frozen=True, slots=True)
class Turn:
    """One turn of one room."""

    join: Operation
    poll: Operation
    enter: Operation
    streams: Streams | None


@dataclass(frozen=True, slots=True)
class Memory:
    """What Redis keeps of those who wait."""

    waiting: int
    bytes_each: float


@dataclass(frozen=True, slots=True)
class Sizes:
    """How much was sent."""

    rounds: int
    pace: int
    requests: int
    waiting: int
    streams: int
    stream_seconds: int
    sale_seconds: int
    sales: int = 1


@dataclass(frozen=True, slots=True)
class Results:
    """Everything, by the rooms' names."""

    machine: Machine
    processor: str
    versions: dict[str, str]
    sizes: Sizes
    turns: dict[str, list[Turn]]
    memory: dict[str, Memory]
    sales: dict[str, list[Sale]]
    note: str = ""
    """What else the machine had to do."""

    def keeping(self, before: Results, parts: Sequence[str]) -> Results:
        """With these parts, their sizes and the note as they were."""
        kept = self
        if "turns" in parts:
            mine = kept.sizes
            sizes = replace(
                before.sizes, waiting=mine.waiting, sale_seconds=mine.sale_seconds, sales=mine.sales
            )
            kept = replace(kept, turns=before.turns, sizes=sizes)
        if "memory" in parts:
            kept = replace(
                kept, memory=before.memory, sizes=replace(kept.sizes, waiting=before.sizes.waiting)
            )
        if "sales" in parts:
            sizes = replace(kept.sizes, sale_seconds=before.sizes.sale_seconds, sales=before.sizes.sales)
            kept = replace(kept, sales=before.sales, sizes=sizes)
        return replace(kept, note=before.note)

    def save(self, path: Path) -> None:
        """Writes them."""
        path.write_text(json.dumps(asdict(self), indent=1) + "\n")

    @classmethod
    def load(cls, path: Path) -> Results:
        """Reads what :meth:`save` wrote."""
        found = json.loads(path.read_text())
        return cls(
            machine=Machine(**found["machine"]),
            processor=found["processor"],
            versions=found["versions"],
            sizes=Sizes(**found["sizes"]),
            turns={name: [_turn(turn) for turn in turns] for name, turns in found["turns"].items()},
            memory={name: Memory(**memory) for name, memory in found["memory"].items()},
            sales={name: [Sale(**sale) for sale in sales] for name, sales in found["sales"].items()},
            note=found.get("note", ""),
        )


class Spread(NamedTuple):
    """The median of several turns, the least and the most."""

    median: float
    least: float
    most: float

    @classmethod
    def of(cls, values: Sequence[float]) -> Spread:
        """Of at least one value."""
        return cls(median(values), min(values), max(values))


def processor() -> str:
    """What the system calls the processor, and its architecture where it does not tell."""
    path = Path("/proc/cpuinfo")
    for line in path.read_text().splitlines() if path.exists() else ():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()


def versions() -> dict[str, str]:
    """Of what takes part, beside Python and Redis."""
    return {
        name: version(name) for name in ("waitroom", "uvicorn", "uvloop", "httptools", "redis", "hiredis")
    }


def _turn(found: dict[str, dict[str, object] | None]) -> Turn:
    def operation(name: str) -> Operation:
        members = dict(found[name] or {})
        costs = {key: _cost(members.pop(key)) for key in ("paced", "flat_out")}
        return Operation(**members, **costs)  # type: ignore[arg-type] # what asdict made of one

    streams = dict(found["streams"] or {})
    return Turn(
        operation("join"),
        operation("poll"),
        operation("enter"),
        Streams(_cost(streams["cost"]), float(str(streams["told_per_minute"]))) if streams else None,
    )


def _sum(one: Cost, other: Cost) -> Cost:
    return Cost(
        one.server_us + other.server_us,
        one.redis_us + other.redis_us,
        one.sent + other.sent,
        one.run + other.run,
    )


def _cost(members: object) -> Cost:
    assert isinstance(members, dict)
    return Cost(**members)
