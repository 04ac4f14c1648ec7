"""What one worker counts of one room."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict

from waitroom.errors import (
    ClientGoneError,
    OriginError,
    OriginTimeoutError,
    OriginUnreachableError,
    WaitroomError,
)
from waitroom.telemetry.families import (
    ADMISSIONS,
    BROKEN,
    BY_HUNDRED,
    GONE,
    JOINS,
    TIMEOUT,
    UNREACHABLE,
)
from waitroom.telemetry.histogram import SHOP_SECONDS

_BOUNDS, _TIMED, _MICROSECONDS = SHOP_SECONDS.bounds, SHOP_SECONDS.fields, SHOP_SECONDS.sum_field


class Counters(defaultdict[str, int]):
    """Counts by field (see :mod:`~waitroom.telemetry.families`) since the worker was started.

    An increment, ``counters[PAGE] += 1``, is all that most requests have to do with it: no lock, no I/O, and no more
    fields than there are families, whatever visitors send.
    """

    def __init__(self) -> None:
        super().__init__(int)

    def answered(self, status: int, seconds: float | None) -> None:
        """The shop's answer has begun; ``seconds`` is None where the time says nothing of the shop."""
        self[BY_HUNDRED[status // 100]] += 1
        if seconds is not None:
            self._took(seconds)

    def failed(self, error: WaitroomError, seconds: float | None) -> None:
        """There was no answer. One that took too long counts as slow as it was waited for."""
        match error:
            case OriginTimeoutError():
                self[TIMEOUT] += 1
                if seconds is not None:
                    self._took(seconds)
            case OriginUnreachableError():
                self[UNREACHABLE] += 1
            case OriginError():
                self[BROKEN] += 1
            case ClientGoneError():
                self[GONE] += 1

    def joined(self, lane: str, *, admitted: bool) -> None:
        """A newcomer was given a place."""
        self[JOINS.field(lane, "open" if admitted else "held")] += 1
        if admitted:
            self.entered(lane)

    def entered(self, lane: str) -> None:
        """A visitor was let in."""
        self[ADMISSIONS.field(lane)] += 1

    def _took(self, seconds: float) -> None:
        self[_TIMED[bisect_left(_BOUNDS, seconds)]] += 1
        self[_MICROSECONDS] += int(seconds * 1e6)
