"""Tells everyone who waits for it that there is news."""

from __future__ import annotations

import asyncio


class Bell:
    """Rings for all who wait just then; who comes later waits for the next ring."""

    def __init__(self) -> None:
        self._next = asyncio.Event()

    def ring(self) -> None:
        """Wakes everyone."""
        rung, self._next = self._next, asyncio.Event()
        rung.set()

    async def wait(self, seconds: float) -> bool:
        """Waits for the next ring, for so long at the most; whether it rang."""
        try:
            async with asyncio.timeout(seconds):
                await self._next.wait()
        except TimeoutError:
            return False
        return True
