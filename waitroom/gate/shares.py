"""How many requests one visitor, or one address, may have under way at once."""

from __future__ import annotations

from collections.abc import Hashable

from waitroom.errors import WaitroomError


class TooManyRequestsError(WaitroomError):
    """A visitor or an address has as many requests under way as one may have, or asks too often."""

    status = 429

    def __init__(self, message: str, *, retry_after: int = 1) -> None:
        super().__init__(message)
        self.retry_after = retry_after
        """Seconds."""


class Shares:
    """Counts what each has under way in this worker; 0 for ``most`` lets everyone have any number."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._held: dict[Hashable, int] = {}

    def __repr__(self) -> str:
        return f"<Shares of {self._most}, {len(self._held)} with some>"

    def take(self, who: Hashable) -> None:
        """Take a share of ``who``. Raises :class:`TooManyRequestsError` when they have as many as there may be."""
        held = self._held.get(who, 0)
        if 0 < self._most <= held:
            raise TooManyRequestsError(f"More than {self._most} requests are under way.")
        self._held[who] = held + 1

    def give_back(self, who: Hashable) -> None:
        """Give one back."""
        left = self._held.pop(who) - 1
        if left:
            self._held[who] = left
