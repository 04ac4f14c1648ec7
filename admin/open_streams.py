"""How many event streams are open: bounded, for one who listens and in all, so that nobody can use the console up."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

MOST = 1000
"""In all."""
MOST_EACH = 32
"""Of one sign-in or token: a browser has six connections by HTTP/1.1, and a page needs one."""


class TooManyStreamsError(Exception):
    """No more streams are opened; the text says of whom there are so many."""


class OpenStreams:
    """Counts the streams that are open."""

    def __init__(self, most: int = MOST, most_each: int = MOST_EACH) -> None:
        self._most = most
        self._most_each = most_each
        self._open: Counter[str] = Counter()

    def __repr__(self) -> str:
        return f"<OpenStreams: {self.count} of {len(self._open)}>"

    @property
    def count(self) -> int:
        """How many are open."""
        return self._open.total()

    @contextmanager
    def one(self, whose: str) -> Iterator[None]:
        """A stream, which is open for as long as the block goes on. Raises :class:`TooManyStreamsError`."""
        if self._open.get(whose, 0) >= self._most_each:
            raise TooManyStreamsError(
                f"You have {self._most_each} event streams open: close some, or wait a moment."
            )
        if self.count >= self._most:
            raise TooManyStreamsError(f"{self._most:,} event streams are open: try again in a moment.")
        self._open[whose] += 1
        try:
            yield
        finally:
            self._open[whose] -= 1
            if not self._open[whose]:
                del self._open[whose]
