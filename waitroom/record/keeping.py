"""Entries of the record that are older than they are to be kept go. That they went is an entry itself, which pins the
last of them: so nobody can take more away unseen."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Sequence

from waitroom.errors import LineUnavailableError
from waitroom.line.store import LineStore

LOOK_SECONDS = 3600.0
WHO = "settings"
WHY = "privacy.record_keep"

logger = logging.getLogger("waitroom.line")


class RecordKeeping:
    """Keeps the records of some rooms as long as they are to be kept."""

    def __init__(self, stores: Sequence[LineStore], keep_seconds: float) -> None:
        self._stores = stores
        self._keep_seconds = keep_seconds

    async def run(self) -> None:
        """Looks now and again, until it is cancelled. A Redis that is away is left for the next time."""
        while True:
            # the rooms begin first
            await asyncio.sleep(LOOK_SECONDS)
            await self.look(time.time())

    async def look(self, now: float) -> None:
        """Takes away what is too old at that moment, in seconds since 1970."""
        for store in self._stores:
            try:
                await store.forget(int((now - self._keep_seconds) * 1000), who=WHO, why=WHY)
            except LineUnavailableError as error:
                logger.debug("old entries of a record stay for now: %s", error)
