"""How many requests one visitor may have under way at once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from waitroom.errors import WaitroomError


class TooManyRequestsError(WaitroomError):
    """A visitor has as many requests under way as one may have."""

    status = 429


class Shares:
    """Counts what each has under way in this worker; ``most`` of 0 lets everyone have any number."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._held: Counter[str] = Counter()

    def __repr__(self) -> str:
        return f"<Shares of {self._most}, {len(self._held)} with some>"

    @contextmanager
    def one(self, who: str) -> Iterator[None]:
        """Holds one share of ``who`` for as long as the block lasts. Raises :class:`TooManyRequestsError`."""
        held = self._held
        if not self._most:
            yield
            return
        if held[who] >= self._most:
            raise TooManyRequestsError(f"There are more than {self._most} requests under way.")
        held[who] += 1
        try:
            yield
        finally:
            held[who] -= 1
            if not held[who]:
                del held[who]
