"""What runs beside, and its end."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine, Iterable
from typing import Any

logger = logging.getLogger("waitroom.tasks")

AGAIN_SECONDS = 0.5
MOST_SECONDS = 10.0
"""After which what has not ended is left behind: a process that is told to stop must stop."""


async def run_together(*works: Coroutine[Any, Any, None]) -> None:
    """Runs works, at least one, beside each other until all have ended or one has failed, which it raises; then, and
    when it is cancelled, it ends what is left.

    Neither a task group nor ``gather`` would do: they cancel each task once, and wait for ever for one whose client of
    Redis swallowed that.
    """
    tasks = [asyncio.create_task(work) for work in works]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_EXCEPTION)
    finally:
        await end_all(tasks)
    for task in done:
        task.result()


async def end_all(tasks: Iterable[asyncio.Task[Any]], *, most_seconds: float = MOST_SECONDS) -> None:
    """Cancels tasks until each has ended. Once is not enough: a client of Redis may swallow a cancellation. What
    swallows every one for ``most_seconds`` is named in the log, and left. Who is cancelled while they end is so once
    they have ended."""
    pending = set(tasks)
    ends = asyncio.get_running_loop().time() + most_seconds
    cancelled: asyncio.CancelledError | None = None
    while pending:
        for task in pending:
            task.cancel()
        try:
            _, pending = await asyncio.wait(pending, timeout=AGAIN_SECONDS)
        except asyncio.CancelledError as error:
            cancelled = error
            pending = {task for task in pending if not task.done()}
        if pending and asyncio.get_running_loop().time() >= ends:
            logger.error("left behind at the end: %s", ", ".join(sorted(repr(task) for task in pending)))
            break
    if cancelled is not None:
        raise cancelled
