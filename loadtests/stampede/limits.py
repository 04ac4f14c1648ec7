"""How many visitors the machine's limit of open files allows, and how they are spread over processes."""

from __future__ import annotations

import resource
from dataclasses import dataclass

SPARE_FILES = 500
"""What a worker and a process of visitors keep open beside the connections; more than enough."""
UNEVEN = 0.9
"""The system spreads connections over the workers by a hash, and one of them may have more than its part."""
PER_SOURCE = 5_000
"""Connections from one address of this machine: each is used twice, and an address has some 28,000 ports."""


@dataclass(frozen=True, slots=True)
class Size:
    """So many visitors are played, by so many processes; ``why`` says what was cut, where fewer than asked for."""

    visitors: int
    processes: int
    why: str = ""


def size_of(visitors: int, *, files: int, workers: int, held: bool) -> Size:
    """What can be played where a process may have ``files`` files open.

    ``held``: each visitor keeps a stream open, in a worker and here. Otherwise whom the workers cannot accept yet waits
    outside, and only the visitors' own processes must be enough.
    """
    if files == resource.RLIM_INFINITY:
        return Size(visitors, 2)
    each = files - SPARE_FILES
    most = int(each * (workers - 1 + UNEVEN)) if workers > 1 else each
    why = ""
    if held and visitors > most:
        needed = -(-visitors // each) + 1
        why = (
            f"{visitors:,} streams are more than {workers} workers may hold where a process may have {files:,} files "
            f"open (ulimit -Hn): {most:,} are played. Raise the limit, or try --workers {needed}"
        )
        visitors = most
    # while a stream is away the page's script asks, on another connection
    return Size(visitors, max(2, -(-3 * visitors // (2 * each))), why)


def source_of(visitor: int) -> str:
    """The address that a visitor comes from."""
    index = visitor // PER_SOURCE
    return f"127.0.{index // 250}.{2 + index % 250}"
