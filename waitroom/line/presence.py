"""Who was seen: gathered in the worker, told to Redis in one command every few seconds."""

from __future__ import annotations

from contextlib import AbstractContextManager

MAX_FLUSH = 1000
"""Numbers told in one call: about two milliseconds of Redis."""


class _Watch:
    """One open event stream. Its number changes when its life of the line is put behind another."""

    __slots__ = ("_presence", "number")

    def __init__(self, presence: Presence, number: int) -> None:
        self._presence = presence
        self.number = number

    def __enter__(self) -> None:
        self._presence._begin(self)

    def __exit__(self, *_: object) -> None:
        self._presence._end(self)


class Presence:
    """The ticket holders of one lane that this worker has seen in the running presence slot.

    A number is told once a slot, however often it polls. Whoever holds an event stream open is present for as
    long as it is open, and is told again in each slot.
    """

    def __init__(self) -> None:
        self._slot = -1
        self._told: set[int] = set()
        self._pending: dict[int, None] = {}
        self._streams: set[_Watch] = set()

    def __repr__(self) -> str:
        return f"<Presence slot {self._slot}: {len(self._pending)} to tell, {len(self._streams)} streams>"

    def saw(self, number: int) -> None:
        """The holder of ``number`` made a request."""
        if number not in self._told:
            self._pending[number] = None

    def streaming(self, number: int) -> AbstractContextManager[None]:
        """The holder of ``number`` is present until the block ends."""
        return _Watch(self, number)

    def _begin(self, watch: _Watch) -> None:
        self._streams.add(watch)
        self.saw(watch.number)

    def _end(self, watch: _Watch) -> None:
        self._streams.discard(watch)

    def enter_slot(self, slot: int) -> None:
        """A presence slot began: whoever is still there is told anew."""
        if slot == self._slot:
            return
        self._slot = slot
        self._told.clear()
        self._pending.update(dict.fromkeys(watch.number for watch in self._streams))

    def forget(self) -> None:
        """Redis lost what it was told: all of this slot is told again, those who only poll included."""
        self._pending.update(dict.fromkeys(self._told))
        self.enter_slot(-1)

    def shift(self, offset: int) -> None:
        """Every number is now ``offset`` higher: this life of the line was put behind one that came back."""
        for watch in self._streams:
            watch.number += offset
        self._pending = {number + offset: None for number in (*self._told, *self._pending)}
        self._told.clear()

    def drop(self) -> None:
        """The line was begun anew: the numbers seen so far are nobody's."""
        self._told.clear()
        self._pending.clear()
        self._streams.clear()

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
