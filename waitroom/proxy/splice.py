"""Bytes both ways between a visitor and the origin."""

from __future__ import annotations

import asyncio
import contextlib
from typing import Final

from starlette.types import Receive, Send

CLOSING_SECONDS: Final = 10.0
"""How long it may take to hand over what is under way, once one side has ended."""

_PIECE_BYTES: Final = 65_536


class Splice:
    """Carries bytes each way, no faster than the other side takes them, until one side ends or both are silent.

    What had arrived by the time that one side ended is still handed to the other, which is then closed.

    Args:
        receive: gives what the visitor sends, as bodies of ``http.request``.
        send: takes what the visitor gets, as ``http.response.body``.
        idle_seconds: how long no byte may come from either side.
        stall_seconds: how long the origin may refuse to take more. Of visitors the server sees to that.
    """

    __slots__ = (
        "_gone",
        "_idle_seconds",
        "_last",
        "_loop",
        "_reader",
        "_receive",
        "_send",
        "_stall_seconds",
        "_writer",
    )

    def __init__(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        receive: Receive,
        send: Send,
        *,
        idle_seconds: float,
        stall_seconds: float,
    ) -> None:
        self._reader = reader
        self._writer = writer
        self._receive = receive
        self._send = send
        self._idle_seconds = idle_seconds
        self._stall_seconds = stall_seconds
        self._loop = asyncio.get_running_loop()
        self._last = self._loop.time()
        self._gone = False
        """The visitor is."""

    async def run(self) -> None:
        """Carry bytes until the end of either side, then close the other."""
        up, down = self._loop.create_task(self._up()), self._loop.create_task(self._down())
        try:
            while (left := self._last + self._idle_seconds - self._loop.time()) > 0:
                done, _ = await asyncio.wait((up, down), timeout=left, return_when=asyncio.FIRST_COMPLETED)
                if done:
                    break
            if up.done() and not self._gone:
                # The origin takes no more, but what it has said may still be under way.
                await asyncio.wait((down,), timeout=CLOSING_SECONDS)
        finally:
            up.cancel()
            down.cancel()
            await asyncio.gather(up, down, return_exceptions=True)
        for task in (up, down):
            if not task.cancelled():
                task.result()
        await self._close()

    async def _up(self) -> None:
        with contextlib.suppress(OSError):
            while (message := await self._receive())["type"] != "http.disconnect":
                self._last = self._loop.time()
                if self._writer.is_closing():
                    return
                self._writer.write(message["body"])
                if self._writer.transport.get_write_buffer_size():
                    await self._drain()
            self._gone = True

    async def _drain(self) -> None:
        try:
            async with asyncio.timeout(self._stall_seconds):
                await self._writer.drain()
        except TimeoutError:
            # There is no use in waiting for the rest to be taken, either.
            self._writer.transport.abort()
            raise

    async def _down(self) -> None:
        with contextlib.suppress(OSError):
            while piece := await self._reader.read(_PIECE_BYTES):
                self._last = self._loop.time()
                await self._send({"type": "http.response.body", "body": piece, "more_body": True})

    async def _close(self) -> None:
        with contextlib.suppress(TimeoutError, OSError):
            async with asyncio.timeout(CLOSING_SECONDS):
                self._writer.close()
                if not self._gone:
                    await self._send({"type": "http.response.body", "body": b"", "more_body": False})
                await self._writer.wait_closed()
