"""What the system knows of a process and those that it started (Linux: it reads ``/proc``)."""

from __future__ import annotations

import os
import resource
import time
from contextlib import suppress
from pathlib import Path


def cpu_seconds(pid: int) -> float:
    """The processor time so far, user and system, of a process with all its threads and of its children."""
    return sum(own_cpu_seconds(process) for process in family(pid))


def own_cpu_seconds(pid: int) -> float:
    """The processor time so far, user and system, of a process with all its threads."""
    # the clock of another process, as clock_getcpuclockid(3) makes it: to the nanosecond, where /proc/PID/stat
    # counts hundredths of a second
    return time.clock_gettime((~pid << 3) | 2)


def resident_mb(pid: int) -> float:
    """The resident memory of a process, in megabytes of 1,000,000 bytes."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) * 1024 / 1e6
    raise ProcessLookupError(pid)


def allow_open_files(wanted: int) -> None:
    """Raises the limit of open files for this process and those it starts, as far as the system allows."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))


def children(pid: int) -> list[int]:
    """The processes that a process has started, and theirs."""
    return family(pid)[1:]


def family(pid: int) -> list[int]:
    """A process, its children, and theirs."""
    found = [pid]
    for process in found:
        for task in os.listdir(f"/proc/{process}/task"):  # noqa: PTH208
            with suppress(FileNotFoundError):  # a thread that has ended meanwhile
                children = Path(f"/proc/{process}/task/{task}/children").read_text()
                found += [int(child) for child in children.split()]
    return found
