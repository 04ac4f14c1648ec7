"""Ending what runs beside."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable
from typing import Any

logger = logging.getLogger("waitroom.tasks")

AGAIN_SECONDS = 0.5
MOST_SECONDS = 10.0
"""After which what has not ended is left behind: a process that is told to stop must stop."""


async def end_all(tasks: Iterable[asyncio.Task[Any]], *, most_seconds: float = MOST_SECONDS) -> None:
    """Cancels tasks until each has ended. Once is not enough: a client of Redis may swallow a cancellation. What
    swallows every one for ``most_seconds`` is named in the log, and left."""
    pending = set(tasks)
    ends = asyncio.get_running_loop().time() + most_seconds
    while pending:
        for task in pending:
            task.cancel()
        _, pending = await asyncio.wait(pending, timeout=AGAIN_SECONDS)
        if pending and asyncio.get_running_loop().time() >= ends:
            logger.error("left behind at the end: %s", ", ".join(sorted(repr(task) for task in pending)))
            return
