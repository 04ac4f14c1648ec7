"""How many refusals are written: whoever is let in nowhere must not fill the disk."""

from __future__ import annotations

MINUTE = 60.0
OF_ONE = 30
OF_ALL = 300


class Flood:
    """Counts the refusals of a minute, for each who caused them and for all together."""

    def __init__(self) -> None:
        self._minute = -1
        self._counts: dict[str, int] = {}
        self._written = 0
        self.left_out = 0
        """Refusals that were not written, and are to be told of in one entry."""

    def __repr__(self) -> str:
        return f"<Flood: {self._written} written, {self.left_out} left out>"

    def takes(self, whose: str, now: float) -> bool:
        """Whether one more of theirs is to be written."""
        minute = int(now // MINUTE)
        if minute != self._minute:
            self._minute, self._counts, self._written = minute, {}, 0
        count = self._counts.get(whose, 0)
        if count >= OF_ONE or self._written >= OF_ALL:
            self.left_out += 1
            return False
        self._counts[whose] = count + 1
        self._written += 1
        return True

    def told(self, now: float) -> int:
        """How many were left out in minutes before this one; they count as told of then."""
        if not self.left_out or int(now // MINUTE) == self._minute:
            return 0
        count, self.left_out = self.left_out, 0
        return count
