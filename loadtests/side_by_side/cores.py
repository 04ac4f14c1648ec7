"""Who runs on which core: the server alone on one, Redis and the load on the other."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

SERVER, CLIENT = 0, 1
"""Of the cores that this process may use, in their order."""
_ALLOWED = sorted(os.sched_getaffinity(0))
PINNED = len(_ALLOWED) > 1
"""With one core there is nothing to divide."""


@contextmanager
def on_core(index: int) -> Iterator[None]:
    """What is started within runs on that core alone."""
    if not PINNED:
        yield
        return
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {_ALLOWED[index]})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)
