"""What one worker counts of one room."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter, defaultdict

from waitroom.errors import (
    ClientGoneError,
    OriginError,
    OriginTimeoutError,
    OriginUnreachableError,
    WaitroomError,
)
from waitroom.telemetry.families import ADMISSIONS, BROKEN, BY_HUNDRED, GONE, JOINS, TIMEOUT, UNREACHABLE
from waitroom.telemetry.histogram import SHOP_SECONDS

_BOUNDS, _TIMED, _MICROSECONDS = SHOP_SECONDS.bounds, SHOP_SECONDS.fields, SHOP_SECONDS.sum_field


class Counters(defaultdict[str, int]):
    """Counts by field (see :mod:`~waitroom.telemetry.families`) since the worker was started.

    An increment, ``counters[PAGE] += 1``, is all that most requests have to do with it: no lock, no I/O, and no more
    fields than there are families, whatever visitors send. The answers of the shop, which are many, are only noted, and
    sorted into their fields by :meth:`summed_up`.
    """

    def __init__(self) -> None:
        super().__init__(int)
        self._statuses: list[int] = []
        self._seconds: list[float] = []

    def answered(self, status: int, seconds: float | None) -> None:
        """The shop's answer has begun; ``seconds`` is None where the time says nothing of the shop."""
        self._statuses.append(status)
        if seconds is not None:
            self._seconds.append(seconds)

    def failed(self, error: WaitroomError, seconds: float) -> None:
        """There was no answer. One that took too long counts as slow as it was waited for."""
        match error:
            case OriginTimeoutError():
                self[TIMEOUT] += 1
                self._seconds.append(seconds)
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

    def summed_up(self) -> dict[str, int]:
        """All counts as they are now."""
        for status, count in Counter(self._statuses).items():
            self[BY_HUNDRED[status // 100]] += count
        # what is sorted is counted by one search a bucket, however many there are
        seconds, below = sorted(self._seconds), 0
        for name, bound in zip(_TIMED, _BOUNDS, strict=False):
            upto = bisect_right(seconds, bound, below)
            if upto > below:
                self[name] += upto - below
            below = upto
        if seconds:
            self[_TIMED[-1]] += len(seconds) - below
            self[_MICROSECONDS] += int(sum(seconds) * 1e6)
        self._statuses.clear()
        self._seconds.clear()
        return dict(self)
