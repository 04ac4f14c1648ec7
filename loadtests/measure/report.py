"""What was measured, as a table and as JSON."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

DOCS = Path(__file__).parents[2] / "docs"

Detail = str | int | float | list[float]


@dataclass(frozen=True, slots=True)
class Result:
    """One line of the table. ``passed`` is None where there is nothing to reach, only to know."""

    what: str
    target: str
    measured: str
    passed: bool | None
    how: str
    details: Mapping[str, Detail] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{_VERDICT[self.passed]:6} {self.what}: {self.measured} (target: {self.target})"


_VERDICT = {True: "yes", False: "MISSED", None: "–"}


@dataclass(frozen=True, slots=True)
class Machine:
    """Where it was measured, in general terms."""

    cores: int
    memory_gb: float
    system: str
    python: str
    redis: str

    @classmethod
    def this(cls, redis: str) -> Machine:
        """This machine, with that Redis version."""
        memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9
        return cls(
            cores=os.cpu_count() or 1,
            memory_gb=round(memory, 1),
            system=f"{platform.system()} {platform.machine()}",
            python=platform.python_version(),
            redis=redis,
        )


def write(
    folder: Path, machine: Machine, results: dict[str, Sequence[Result]], *, order: Sequence[str]
) -> None:
    """Writes ``measurements.json`` and ``measurements.md`` into ``folder``, in ``order``.

    Rows that were not measured now stay as they were.
    """
    folder.mkdir(parents=True, exist_ok=True)
    numbers, table = folder / "measurements.json", folder / "measurements.md"
    rows: dict[str, list[dict[str, Any]]] = {}
    if numbers.exists():
        rows = json.loads(numbers.read_text())["rows"]
    rows |= {name: [asdict(result) for result in found] for name, found in results.items()}
    document = {"machine": asdict(machine), "rows": {name: rows[name] for name in order if name in rows}}
    numbers.write_text(json.dumps(document, indent=2, ensure_ascii=False) + "\n")
    known = [Result(**entry) for name in order for entry in rows.get(name, [])]
    table.write_text(_markdown(machine, known))


def _markdown(machine: Machine, results: Sequence[Result]) -> str:
    lines = [
        "# Measurements",
        "",
        "Written by `python -m loadtests.measure`, which measures the real gateway and a real Redis. "
        f"Machine: {machine.cores} cores, {machine.memory_gb:g} GB, {machine.system}, "
        f"Python {machine.python}, Redis {machine.redis}; load, gateway and Redis share it.",
        "",
        "| what | at least | measured | reached |",
        "| --- | --- | --- | --- |",
        *(f"| {row.what} | {row.target} | {row.measured} | {_VERDICT[row.passed]} |" for row in results),
        "",
        "## How",
        "",
        *(f"- **{row.what}.** {row.how}" for row in results),
        "",
        "All numbers, with the spread over repeats, are in [measurements.json](measurements.json).",
        "",
    ]
    return "\n".join(lines)
