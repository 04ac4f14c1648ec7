"""What the system knows of each process, every few seconds."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field

from loadtests.measure.processes import own_cpu_seconds, resident_mb


@dataclass(slots=True)
class Series:
    """Values over time, in seconds since the start."""

    times: list[float] = field(default_factory=list)
    values: list[float] = field(default_factory=list)

    def add(self, at: float, value: float) -> None:
        """One more."""
        self.times.append(at)
        self.values.append(value)

    def after(self, start: float) -> Series:
        """From that time on."""
        kept = [(at, value) for at, value in zip(self.times, self.values, strict=True) if at >= start]
        return Series([at for at, _ in kept], [value for _, value in kept])


@dataclass(slots=True)
class Samples:
    """By process, or by what was done."""

    memory: dict[str, Series] = field(default_factory=dict)
    """Resident megabytes."""
    descriptors: dict[str, Series] = field(default_factory=dict)
    threads: dict[str, Series] = field(default_factory=dict)
    cpu: dict[str, Series] = field(default_factory=dict)
    """Processor seconds so far."""
    gauges: dict[str, Series] = field(default_factory=dict)
    p50: dict[str, Series] = field(default_factory=dict)
    """Milliseconds."""
    p99: dict[str, Series] = field(default_factory=dict)

    def look(self, at: float, pids: Mapping[str, int]) -> None:
        """Reads all processes."""
        for name, pid in pids.items():
            add(self.memory, name, at, resident_mb(pid))
            add(self.descriptors, name, at, len(os.listdir(f"/proc/{pid}/fd")))  # noqa: PTH208
            add(self.threads, name, at, len(os.listdir(f"/proc/{pid}/task")))  # noqa: PTH208
            add(self.cpu, name, at, own_cpu_seconds(pid))


def add(series: dict[str, Series], name: str, at: float, value: float) -> None:
    """One more of that name."""
    series.setdefault(name, Series()).add(at, value)
