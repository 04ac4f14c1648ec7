"""What runs beside is ended, whatever it does."""

from __future__ import annotations

import asyncio
import logging

import pytest

from waitroom.tasks import end_all

pytestmark = pytest.mark.anyio


async def test_a_swallowed_cancellation_is_said_again() -> None:
    """A task that goes on once ends at the next one."""
    heard: list[str] = []

    async def deaf_once() -> None:
        try:
            await asyncio.sleep(60)
        except asyncio.CancelledError:
            heard.append("once")
        await asyncio.sleep(60)

    task = asyncio.create_task(deaf_once())
    await asyncio.sleep(0)
    await end_all([task])
    assert (["once"], True) == (heard, task.cancelled())


async def test_what_never_ends_is_left_and_named(caplog: pytest.LogCaptureFixture) -> None:
    """A process that is told to stop must stop."""
    over = asyncio.Event()

    async def deaf() -> None:
        while not over.is_set():
            try:
                await over.wait()
            except asyncio.CancelledError:
                continue

    task = asyncio.create_task(deaf(), name="deaf")
    await asyncio.sleep(0)
    with caplog.at_level(logging.ERROR, logger="waitroom.tasks"):
        await end_all([task], most_seconds=0.1)
    assert "deaf" in caplog.text
    over.set()
    await task
