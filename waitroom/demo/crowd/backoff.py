"""Pauses between attempts: longer each time, and never the same for two shoppers."""

from __future__ import annotations

import asyncio
from random import Random


class GaveUpError(Exception):
    """A shopper has tried often enough."""


class Backoff:
    """Pauses of 0.25, 0.5, 1, 2, 4, 4, … seconds, each cut by chance to between half and all of it.

    The jitter keeps a crowd that lost its gateway at one moment from coming back at one moment.
    """

    def __init__(self, chance: Random, *, attempts: int) -> None:
        self._chance = chance
        self._attempts = attempts
        self._failed = 0

    def reset(self) -> None:
        """Something worked: the next pause is short again."""
        self._failed = 0

    async def pause(self) -> None:
        """Waits before the next attempt.

        Raises:
            GaveUpError: there have been enough.
        """
        if self._failed >= self._attempts:
            raise GaveUpError
        longest = min(4.0, 0.25 * 2**self._failed)
        self._failed += 1
        await asyncio.sleep(longest * self._chance.uniform(0.5, 1.0))
