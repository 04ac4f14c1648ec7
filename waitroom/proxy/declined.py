"""The ordinary answer to a handshake: the origin would not upgrade."""

from __future__ import annotations

import asyncio
from typing import Final

from waitroom.errors import OriginTimeoutError
from waitroom.proxy.answer import Answer
from waitroom.proxy.link import Link

_PIECE_BYTES: Final = 32_768
"""Read at once: less than makes an answer pause the connection, which the link itself does here."""


class Declined:
    """Reads the answer as :class:`~waitroom.proxy.exchange.Exchange` does, from a link on which it has begun.

    Args:
        head: that of the answer.
        idle_seconds: patience between two pieces.
    """

    __slots__ = ("_answer", "_head", "_idle_seconds", "_link")

    def __init__(self, link: Link, head: bytes, *, idle_seconds: float) -> None:
        self._link = link
        self._head = head
        self._idle_seconds = idle_seconds
        self._answer = Answer(link.transport, to_head=False)

    async def answer(self) -> Answer:
        """The answer. Raises :class:`~waitroom.errors.OriginError` where it is not a proper one."""
        self._answer.feed(self._head)
        if self._answer.failure is not None:
            raise self._answer.failure
        return self._answer

    async def more(self) -> bytes:
        """Wait for more of the body. Raises :class:`~waitroom.errors.OriginError`: it broke off, or took too long."""
        seconds = self._idle_seconds
        try:
            async with asyncio.timeout(seconds):
                await self._read()
        except TimeoutError as error:
            raise OriginTimeoutError(f"no sign of life from the origin within {seconds:g} s") from error
        if self._answer.failure is not None:
            raise self._answer.failure
        return self._answer.take()

    async def _read(self) -> None:
        try:
            piece = await self._link.reader.read(_PIECE_BYTES)
        except OSError as error:
            self._answer.ended(error)
            return
        if piece:
            self._answer.feed(piece)
        else:
            self._answer.ended(None)

    def finish(self) -> None:
        """The answer is complete: the connection is not used again."""
        self._link.close()

    def close(self) -> None:
        """End everything."""
        self._answer.dismiss()
        self._link.close()
