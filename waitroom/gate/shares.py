"""How many requests one visitor may have under way at once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable

from waitroom.errors import WaitroomError


class TooManyRequestsError(WaitroomError):
    """A visitor has as many requests under way as one may have."""

    status = 429


class Shares:
    """Counts what each has under way in this worker; ``0 for ``most`` lets everyone have any number."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._held: Counter[Hashable] = Counter()

    def __repr__(self) -> str:
        return f"<Shares of {self._most}, {len(self._held)} with some>"

    def take(self, who: Hashable) -> None:
        """Take a share of ``who``. Raises :class:`TooManyRequestsError` when they have as many as there may be."""
        held = self._held
        if 0 < self._most <= held[who]:
            raise TooManyRequestsError(f"More than {self._most} requests are under way.")
        held[who] += 1

    def give_back(self, who: Hashable) -> None:
        """Give one back."""
        held = self._held
        if held[who] > 1:
            held[who] -= 1
        else:
            del held[who]
