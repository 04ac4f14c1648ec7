"""The joins of one lane in one worker: those that arrive together share one round trip to Redis."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from waitroom.line.group_commit import GroupCommit
from waitroom.line.head import Head
from waitroom.line.store import Joined

MAX_BATCH = 1000
"""Numbers drawn in one call, so that no call holds Redis for long."""


@dataclass(frozen=True, slots=True)
class Place:
    """A newcomer's number in line, and whether the door was open."""

    number: int
    admitted: bool
    head: Head


class Joins:
    """The joins of one room in one worker. Numbers follow the order of the calls to :meth:`join`."""

    def __init__(self, draw: Callable[[int], Awaitable[Joined]]) -> None:
        self._draw = draw
        self._together: GroupCommit[None, Place] = GroupCommit(self._commit, MAX_BATCH)

    async def join(self) -> Place:
        """A place in line. Raises what the draw raised, to everyone of the batch."""
        return await self._together.ask(None)

    async def _commit(self, newcomers: Sequence[None]) -> list[Place]:
        joined = await self._draw(len(newcomers))
        return [
            Place(joined.first + index, index < joined.admitted, joined.head)
            for index in range(len(newcomers))
        ]
