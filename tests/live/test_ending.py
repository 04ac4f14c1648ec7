"""What runs beside is ended, whatever it does."""

from __future__ import annotations

import asyncio
import logging

import pytest

from waitroom.tasks import end_all, run_together

pytestmark = pytest.mark.anyio


async def test_a_swallowed_cancellation_is_said_again() -> None:
    """A task that goes on once ends at the next one."""
    heard: list[str] = []

    task = asyncio.create_task(deaf_once(heard))
    await asyncio.sleep(0)
    await end_all([task])
    assert (["once"], True) == (heard, task.cancelled())


async def deaf_once(heard: list[str]) -> None:
    """What a client of Redis makes of a task that is cancelled while it waits for an answer."""
    try:
        await asyncio.sleep(60)
    except asyncio.CancelledError:
        heard.append("once")
    await asyncio.sleep(60)


@pytest.mark.parametrize("count", [1, 3])
async def test_those_beside_each_other_end_though_one_swallows_a_cancellation(count: int) -> None:
    """Also when they are cancelled by somebody who says it once."""
    before = asyncio.all_tasks()
    heard: list[str] = []
    works = [deaf_once(heard) for _ in range(count)]
    task = asyncio.create_task(run_together(*works))
    await asyncio.sleep(0.01)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert heard == ["once"] * count
    assert asyncio.all_tasks() == before


async def test_the_cancelled_end_is_carried_through() -> None:
    """Who ends others and is cancelled meanwhile waits for them, and is cancelled then."""
    heard: list[str] = []
    other = asyncio.create_task(deaf_once(heard))
    await asyncio.sleep(0)
    task = asyncio.create_task(end_all([other]))
    await asyncio.sleep(0.01)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert other.cancelled()


async def test_the_error_of_one_ends_the_others() -> None:
    """And is raised."""

    before = asyncio.all_tasks()

    async def fails() -> None:
        await asyncio.sleep(0.01)
        raise ValueError("one")

    with pytest.raises(ValueError, match="one"):
        await run_together(deaf_once([]), fails())
    assert asyncio.all_tasks() == before


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
