"""What is counted of one room in one worker, and how much of it was told."""

from __future__ import annotations

from collections.abc import Callable, Mapping


class Source:
    """The counts of one room, parted into what was told, what is being told, and what is new since.

    Args:
        room: its name.
        counted: all counts since the worker was started, by field, in a mapping that does not change any more. It is
            asked once a second, come what may.
        streams: how many event streams are open; None: it is no room, and has none.
    """

    def __init__(
        self,
        room: str,
        counted: Callable[[], Mapping[str, int]],
        streams: Callable[[], int] | None = None,
    ) -> None:
        self.room = room
        self.counted = counted
        self.streams = streams
        self.number = 0
        """Of what is being told."""
        self.under_way: dict[str, int] = {}
        """Increments that are not known to have arrived."""
        self._taken: Mapping[str, int] = {}

    def __repr__(self) -> str:
        return f"<Source {self.room}: {self.number} tellings{', one under way' if self.under_way else ''}>"

    def gather(self) -> bool:
        """Takes what is new, unless something is still under way; whether there is anything to tell."""
        now, taken = self.counted(), self._taken
        if not self.under_way:
            self.under_way = {name: count - taken.get(name, 0) for name, count in now.items()}
            self.under_way = {name: rise for name, rise in self.under_way.items() if rise}
            self.number += bool(self.under_way)
            self._taken = now
        return bool(self.under_way)

    def settle(self) -> None:
        """What was under way has arrived."""
        self.under_way = {}
