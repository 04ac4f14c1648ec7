"""What the shop says of its stock with any of its answers: whether there is anything left to buy."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Coroutine, Mapping, Sequence

from waitroom.errors import LineUnavailableError
from waitroom.gate.answers import Header
from waitroom.line.room import Room
from waitroom.line.rules import SoldOut

HEADER = b"waitroom-sold-out"
WHO = "shop"
"""As whom it stands in the record."""
SETTLES_SECONDS = 3.0
"""For so long a worker says nothing again: two servers of a shop that do not agree would fill the record."""
_WORDS: Mapping[bytes, SoldOut] = {
    b"1": SoldOut.YES,
    b"0": SoldOut.NO,
    **{word.encode(): word for word in SoldOut},
}

logger = logging.getLogger("waitroom.gate")


class Stock:
    """Takes what one room's answers say of it to all workers. ``begin`` starts a task.

    It is believed because only the shop can say it: the gateway takes the field from every answer that it passes on,
    and visitors' own ``Waitroom-*`` fields never reach the shop.
    """

    def __init__(self, room: Room, begin: Callable[[Coroutine[None, None, None]], None]) -> None:
        self._room = room
        self._begin = begin
        self._said_at = -SETTLES_SECONDS

    def heard(self, headers: Sequence[Header]) -> None:
        """Looks through the fields of an answer. What nobody understands counts for nothing."""
        for name, value in headers:
            if name == HEADER and (says := _WORDS.get(value.strip().lower())) is not None:
                self._tell(says)

    def _tell(self, says: SoldOut) -> None:
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
