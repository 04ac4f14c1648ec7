"""Group commit: the joins that arrive together share one round trip to Redis."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from waitroom.line.head import Head
from waitroom.line.store import Joined

GATHER_SECONDS = 0.002
"""How long the first join of a batch waits for company."""
MAX_BATCH = 1000
"""Numbers drawn in one call, so that no call holds Redis for long."""


@dataclass(frozen=True, slots=True)
class Place:
    """A newcomer's number in line, and whether the door was open."""

    number: int
    admitted: bool
    head: Head


class Joins:
    """The joins of one room in one worker. Numbers follow the order of the calls to :meth:`join`.

    One batch is under way at a time: those who come meanwhile are the next one, so that batches grow with the
    load and the number of round trips does not.
    """

    def __init__(self, draw: Callable[[int], Awaitable[Joined]]) -> None:
        self._draw = draw
        self._newcomers: list[asyncio.Future[Place]] = []
        self._task: asyncio.Task[None] | None = None

    async def join(self) -> Place:
        """A place in line. Raises what the draw raised, to everyone of the batch."""
        place: asyncio.Future[Place] = asyncio.get_running_loop().create_future()
        self._newcomers.append(place)
        if self._task is None:
            self._task = asyncio.create_task(self._serve())
        return await place

    async def _serve(self) -> None:
        try:
            await asyncio.sleep(GATHER_SECONDS)
            while self._newcomers:
                batch, self._newcomers = self._newcomers[:MAX_BATCH], self._newcomers[MAX_BATCH:]
                # a request that was cancelled meanwhile needs no number
                await self._commit([place for place in batch if not place.done()])
        finally:
            self._task = None

    async def _commit(self, batch: list[asyncio.Future[Place]]) -> None:
        if not batch:
            return
        try:
            joined = await self._draw(len(batch))
        except Exception as error:
            for place in batch:
                if not place.done():
                    place.set_exception(error)
            return
        for index, place in enumerate(batch):
            if not place.done():
                place.set_result(Place(joined.first + index, index < joined.admitted, joined.head))
