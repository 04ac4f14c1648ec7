"""What one worker sees of the shop, request by request, gathered until it is told."""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable, Sequence
from hashlib import blake2b
from math import isfinite

from waitroom.shaping.telling import MOST_NAMES
from waitroom.shaping.window import Window, bucket

LOAD = b"waitroom-load"
"""The header by which the shop tells its load: 1 is all that it can carry."""
MOST_OF_A_VISITOR = 4
"""Requests of one visitor that count between two tellings, so that nobody alone is the load, or what the shop can
carry. All of them together are one vote on how it does."""
_HIGHEST_LOAD = 10.0
_UNKNOWN_PATIENCE_SECONDS = 5.0
_NOT_OVERLOAD = frozenset((501, 505))
"""Errors of 5xx that speak of the request, not of the shop."""
Header = tuple[bytes, bytes]


class _Visitor:
    """What one visitor met since the last telling."""

    __slots__ = ("asked", "failed", "served", "times")

    def __init__(self) -> None:
        self.asked = self.served = self.failed = 0
        self.times: list[int] = []


class Signals:
    """The requests to the shop of one room in one worker. ``is_on`` says whether anybody wants to know.

    Each request is :meth:`asked`, and then :meth:`answered`, :meth:`failed` or :meth:`refused`, or its visitor has
    :meth:`left`.
    An answer that has not begun when it is late counts as slow at once: a shop that hangs answers nothing.
    """

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self.is_on = False
        self.patience_seconds = _UNKNOWN_PATIENCE_SECONDS
        self._monotonic = monotonic
        self._since = monotonic()
        self._number = 0
        self._open: dict[int, float] = {}
        """When each request began whose answer is waited for and timed, oldest first."""
        self._judged: dict[int, Hashable] = {}
        """The requests under way that count, and whose they are."""
        self._asked = self._served = self._load_count = 0
        self._retry_after = self._load_sum = 0.0
        self._visitors: dict[Hashable, _Visitor] = {}

    def __repr__(self) -> str:
        return f"<Signals {self._asked} asked, {len(self._open)} open{'' if self.is_on else ', off'}>"

    def asked(self, who: Hashable, *, timed: bool) -> int:
        """A request goes to the shop; returns what to call it by. Of one that is not ``timed`` the answer may take
        long for a reason of its own."""
        number = self._number = self._number + 1
        visitor = self._visitor(who)
        if visitor.asked < MOST_OF_A_VISITOR:
            visitor.asked += 1
            self._asked += 1
            self._judged[number] = who
            if timed:
                self._open[number] = self._monotonic()
        return number

    def answered(self, number: int, status: int, headers: Sequence[Header]) -> None:
        """Its answer has begun."""
        if status >= 500 and status not in _NOT_OVERLOAD:
            self.failed(number, _seconds_of(headers))
            return
        if number not in self._judged:
            return
        self._time(number)
        self._served += 1
        self._visitor(self._judged.pop(number)).served += 1
        for name, value in headers:
            if name == LOAD:
                self._tell_load(value)
                break

    def failed(self, number: int, retry_after: float = 0.0) -> None:
        """It got an error of the shop, or no answer at all."""
        if number not in self._judged:
            return
        self._visitor(self._judged.pop(number)).failed += 1
        self._retry_after = max(self._retry_after, retry_after)
        # a shop that fails at once is not fast
        self._open.pop(number, None)

    def refused(self, number: int) -> None:
        """The gateway kept it from the shop, at once: it is no load."""
        if self._judged.pop(number, None) is not None:
            self._asked -= 1
        self._open.pop(number, None)

    def left(self, number: int) -> None:
        """Its visitor did not wait for the answer, or it never went to the shop."""
        self._judged.pop(number, None)
        self._open.pop(number, None)

    def take(self) -> Window:
        """What was seen since the last call."""
        now = self._monotonic()
        self._note_late(now)
        failing: dict[str, float] = {}
        times: dict[int, float] = {}
        well = failed = 0.0
        for who, visitor in self._visitors.items():
            if visitor.failed:
                part = visitor.failed / (visitor.served + visitor.failed)
                well += 1 - part
                if len(failing) < MOST_NAMES:
                    failing[_name(who)] = part
                else:
                    failed += part
            elif visitor.served:
                well += 1
            for at in visitor.times:
                times[at] = times.get(at, 0.0) + 1 / len(visitor.times)
        window = Window(
            seconds=now - self._since,
            asked=self._asked,
            served=self._served,
            well=well,
            failed=failed,
            failing=failing,
            times=times,
            retry_after=self._retry_after,
            load_sum=self._load_sum,
            load_count=self._load_count,
        )
        self._since = now
        self._clear()
        return window

    def forget(self) -> None:
        """Drops all that was seen, and what is under way."""
        self._open.clear()
        self._judged.clear()
        self.take()

    def _visitor(self, who: Hashable) -> _Visitor:
        visitor = self._visitors.get(who)
        if visitor is None:
            visitor = self._visitors[who] = _Visitor()
        return visitor

    def _note_late(self, now: float) -> None:
        late = []
        for number, begun in self._open.items():
            if now - begun < self.patience_seconds:
                break
            late.append(number)
        for number in late:
            self._time(number)

    def _time(self, number: int) -> None:
        begun = self._open.pop(number, None)
        if begun is not None:
            self._visitor(self._judged[number]).times.append(bucket(self._monotonic() - begun))

    def _tell_load(self, value: bytes) -> None:
        try:
            load = float(value)
        except ValueError:
            return
        if isfinite(load) and load >= 0:
            self._load_sum += min(load, _HIGHEST_LOAD)
            self._load_count += 1

    def _clear(self) -> None:
        self._asked = self._served = self._load_count = 0
        self._retry_after = self._load_sum = 0.0
        self._visitors = {}


def _name(who: Hashable) -> str:
    """The same in every worker, and short."""
    return blake2b(repr(who).encode(), digest_size=8).hexdigest()


def _seconds_of(headers: Sequence[Header]) -> float:
    """``Retry-After`` in seconds; 0 where there is none, or a date."""
    for name, value in headers:
        if name == b"retry-after":
            return float(value) if value.isdigit() and len(value) < 8 else 0.0
    return 0.0
