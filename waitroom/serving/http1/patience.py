"""How long one connection has been waiting for its visitor."""

from __future__ import annotations

import asyncio
import fcntl
import termios
from contextlib import suppress

from waitroom.serving.http1.limits import Limits


class Patience:
    """Keeps the time of one connection, all of it in that of the event loop in seconds.

    An answer is judged by how fast it is taken, and only by the time in which the gateway has more to write than
    fits: a visitor who takes all that there is may be given it as slowly as the shop likes. That time and what was
    taken in it add up over the whole answer, since a byte now and then would else buy another pause each.
    """

    __slots__ = (
        "_limits",
        "_mark",
        "_pending_since",
        "_seen",
        "_taken",
        "_transport",
        "_waited",
        "since",
        "written",
    )

    def __init__(self, transport: asyncio.Transport, limits: Limits, now: float) -> None:
        self.since = now
        """When what is waited for began, or last went on."""
        self.written = 0
        """Bytes that were handed to the transport."""
        self._transport = transport
        self._limits = limits
        self._pending_since: float | None = None
        self._mark = self._seen = self._taken = 0
        self._waited = 0.0

    def has_lasted(self, now: float, seconds: float) -> bool:
        """Whether what is waited for has not gone on for longer than that."""
        return now - self.since > seconds

    def begin_answer(self) -> None:
        """Forget how the last answer was taken, unless it still is under way."""
        if self._pending_since is None:
            self._waited, self._taken = 0.0, 0

    def fell_behind(self, now: float) -> None:
        """From here on the visitor is waited for, to take what was written."""
        if self._pending_since is None:
            self._pending_since = self.since = now
            self._mark = self._seen = self._left()

    def caught_up(self, now: float) -> None:
        """The visitor has taken most of it."""
        if self._pending_since is not None:
            self._waited += now - self._pending_since
            self._taken += self._left() - self._mark
            self._pending_since = None

    def is_at_an_end(self, now: float) -> bool:
        """Whether a visitor who fell behind takes nothing for too long, or too little."""
        limits, left = self._limits, self._left()
        if left != self._seen:
            self._seen, self.since = left, now
        waited, taken = self._waited, self._taken
        if self._pending_since is not None:
            waited += now - self._pending_since
            taken += left - self._mark
        return (
            self.has_lasted(now, limits.stall_seconds)
            or (waited - limits.rate_grace_seconds) * limits.answer_rate > taken
        )

    def _left(self) -> int:
        """Bytes of the connection's that the visitor's system has confirmed. Those in this system's buffer, often
        megabytes, are not: it makes room in it in large steps, with minutes between them for a slow visitor."""
        queued = bytearray(4)
        wire = self._transport.get_extra_info("socket")
        with suppress(OSError, ValueError):  # closed, or a system that does not tell
            fcntl.ioctl(wire.fileno(), termios.TIOCOUTQ, queued)
        return self.written - self._transport.get_write_buffer_size() - int.from_bytes(queued, "little")
