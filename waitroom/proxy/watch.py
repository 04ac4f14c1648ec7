"""Keeps an eye on all exchanges under way: their deadlines, and the visitors who leave."""

from __future__ import annotations

import asyncio
from typing import Final, Protocol

LOOK_SECONDS: Final = 0.05


class Watched(Protocol):
    """What can be watched."""

    def look(self, now: float) -> None:
        """Do what is due at ``now``, in the event loop's time."""


class Watch:
    """Looks at each exchange twenty times a second.

    One timer serves them all: a small request is done before the first look, and need not set and cancel one.
    """

    __slots__ = ("_exchanges", "_loop", "_timer")

    def __init__(self) -> None:
        self._loop: asyncio.AbstractEventLoop | None = None
        self._exchanges: set[Watched] = set()
        self._timer: asyncio.TimerHandle | None = None

    def add(self, exchange: Watched) -> asyncio.AbstractEventLoop:
        """Begin to look at an exchange; returns the event loop in which that happens."""
        loop = self._loop
        if loop is None:
            loop = self._loop = asyncio.get_running_loop()
        self._exchanges.add(exchange)
        if self._timer is None:
            self._timer = loop.call_later(LOOK_SECONDS, self._look, loop)
        return loop

    def discard(self, exchange: Watched) -> None:
        """Look at it no more."""
        self._exchanges.discard(exchange)

    def _look(self, loop: asyncio.AbstractEventLoop) -> None:
        now = loop.time()
        for exchange in list(self._exchanges):
            exchange.look(now)
        self._timer = loop.call_later(LOOK_SECONDS, self._look, loop) if self._exchanges else None
