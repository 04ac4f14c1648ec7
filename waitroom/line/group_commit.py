"""Group commit: what is asked for together shares one round trip to Redis."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

GATHER_SECONDS = 0.002
"""How long the first of a batch waits for company."""

Asked = TypeVar("Asked")
Given = TypeVar("Given")


class GroupCommit(Generic[Asked, Given]):
    """Gathers what is asked for, and asks for it at once. Answers follow the order of the calls to :meth:`ask`.

    One batch is under way at a time: what is asked for meanwhile is the next one, so that batches grow with the load
    and the number of round trips does not.
    """

    def __init__(self, commit: Callable[[Sequence[Asked]], Awaitable[Sequence[Given]]], most: int) -> None:
        """``commit`` answers up to ``most`` at once, each in its place."""
        self._commit = commit
        self._most = most
        self._waiting: list[tuple[Asked, asyncio.Future[Given]]] = []
        self._task: asyncio.Task[None] | None = None

    async def ask(self, asked: Asked) -> Given:
        """The answer to ``asked``. Raises what the commit raised, to everyone of the batch."""
        answer: asyncio.Future[Given] = asyncio.get_running_loop().create_future()
        self._waiting.append((asked, answer))
        if self._task is None:
            self._task = asyncio.create_task(self._serve())
        return await answer

    async def _serve(self) -> None:
        try:
            await asyncio.sleep(GATHER_SECONDS)
            while self._waiting:
                batch, self._waiting = self._waiting[: self._most], self._waiting[self._most :]
                # a request that was cancelled meanwhile needs nothing
                await self._answer([pair for pair in batch if not pair[1].done()])
        finally:
            self._task = None

    async def _answer(self, batch: list[tuple[Asked, asyncio.Future[Given]]]) -> None:
        if not batch:
            return
        try:
            given = await self._commit([asked for asked, _ in batch])
        except Exception as error:
            for _, answer in batch:
                if not answer.done():
                    answer.set_exception(error)
            return
        for (_, answer), each in zip(batch, given, strict=True):
            if not answer.done():
                answer.set_result(each)
