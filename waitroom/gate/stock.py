"""What the shop says of its stock with any of its answers: whether there is anything left to buy."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Coroutine

from waitroom.errors import LineUnavailableError
from waitroom.line.room import Room
from waitroom.line.rules import SoldOut

WHO = "shop"
"""As whom it stands in the record."""
SETTLES_SECONDS = 3.0
"""For so long a worker says nothing again: two servers of a shop that do not agree would fill the record."""

logger = logging.getLogger("waitroom.gate")


class Stock:
    """Takes what one room's answers say of it to all workers. ``begin`` starts a task."""

    def __init__(self, room: Room, begin: Callable[[Coroutine[None, None, None]], None]) -> None:
        self._room = room
        self._begin = begin
        self._said_at = -SETTLES_SECONDS

    def heard(self, says: SoldOut) -> None:
        """An answer says so."""
        now = time.monotonic()
        if says is self._room.rules.sold_out or now - self._said_at < SETTLES_SECONDS:
            return
        self._said_at = now
        self._begin(self._change(says))

    async def _change(self, says: SoldOut) -> None:
        try:
            await self._room.change({"sold_out": says.value}, who=WHO, why="said by an answer of the shop")
        except LineUnavailableError:
            self._said_at = -SETTLES_SECONDS  # the next answer says it again
            logger.warning(
                "room %s: what the shop says of its stock could not be told to Redis", self._room.name
            )
