"""Who was seen: gathered in the worker, told to Redis in one command every few seconds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

MAX_FLUSH = 1000
"""Numbers told in one call: about two milliseconds of Redis."""


class Presence:
    """The ticket holders of one lane that this worker has seen in the running presence slot.

    A number is told once a slot, however often it polls. Whoever holds an event stream open is present for as
    long as it is open, and is told again in each slot.
    """

    def __init__(self) -> None:
        self._slot = -1
        self._told: set[int] = set()
        self._pending: dict[int, None] = {}
        self._streams: Counter[int] = Counter()

    def __repr__(self) -> str:
        return f"<Presence slot {self._slot}: {len(self._pending)} to tell, {len(self._streams)} streams>"

    def saw(self, number: int) -> None:
        """The holder of ``number`` made a request."""
        if number not in self._told:
            self._pending[number] = None

    @contextmanager
    def streaming(self, number: int) -> Iterator[None]:
        """The holder of ``number`` is present until the block ends."""
        self._streams[number] += 1
        self.saw(number)
        try:
            yield
        finally:
            self._streams[number] -= 1
            if not self._streams[number]:
                del self._streams[number]

    def enter_slot(self, slot: int) -> None:
        """A presence slot began, or Redis lost the bits: all is to be told anew."""
        if slot == self._slot:
            return
        self._slot = slot
        self._told.clear()
        self._pending.update(dict.fromkeys(self._streams))

    def forget(self) -> None:
        """Redis lost what it was told."""
        self.enter_slot(-1)

    def take(self) -> list[int]:
        """Up to ``MAX_FLUSH`` numbers to tell; give them back with :meth:`put_back` if that fails."""
        numbers = list(self._pending)[:MAX_FLUSH]
        for number in numbers:
            del self._pending[number]
        self._told.update(numbers)
        return numbers

    def put_back(self, numbers: list[int]) -> None:
        """These could not be told."""
        self._told.difference_update(numbers)
        self._pending.update(dict.fromkeys(numbers))
