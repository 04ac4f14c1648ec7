"""Log lines that anybody could cause by the thousand, of which one a second is enough."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable

EVERY_SECONDS = 1.0


class Complaints:
    """Complains at most once in ``every_seconds`` of each kind; what was left out is counted in the next line.

    Args:
        logger: where the lines go.
        every_seconds: between two lines of one kind.
        clock: seconds that never run backwards.
    """

    def __init__(
        self,
        logger: logging.Logger,
        *,
        every_seconds: float = EVERY_SECONDS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._logger = logger
        self._every_seconds = every_seconds
        self._clock = clock
        self._told: dict[str, tuple[float, int]] = {}
        """By kind: when the last line was written, and how many were left out since."""

    def warn(self, kind: str, message: str, *args: object) -> None:
        """Log ``message % args``. There must be few kinds, none of them made from what a client sent."""
        self._tell(kind, message, args, failed=False)

    def exception(self, kind: str, message: str, *args: object) -> None:
        """Log an error likewise, with the exception that is being handled."""
        self._tell(kind, message, args, failed=True)

    def _tell(self, kind: str, message: str, args: tuple[object, ...], *, failed: bool) -> None:
        now = self._clock()
        at, left_out = self._told.get(kind, (now - self._every_seconds, 0))
        if now - at < self._every_seconds:
            self._told[kind] = (at, left_out + 1)
            return
        self._told[kind] = (now, 0)
        if left_out:
            message, args = message + " (and %d more)", (*args, left_out)
        self._logger.log(logging.ERROR if failed else logging.WARNING, message, *args, exc_info=failed)
