"""A Redis that hangs is waited for by one at a time; everyone else is told at once.

See M. Nygard, "Release It!", 2007, chapter 5, "Circuit Breaker".
"""

from __future__ import annotations

import time
from collections.abc import Callable

PROBE_SECONDS = 0.5
"""After an answer did not come, the next one to ask may try so much later."""


class Circuit:
    """Open once an answer did not come in time, until one does. ``patience_seconds`` is how long one is waited for."""

    def __init__(self, patience_seconds: float, monotonic: Callable[[], float] = time.monotonic) -> None:
        self.open_since: float | None = None
        self._patience_seconds = patience_seconds
        self._monotonic = monotonic
        self._next_probe = 0.0

    def __repr__(self) -> str:
        return f"<Circuit {'closed' if self.open_since is None else 'open'}>"

    @property
    def open_seconds(self) -> float:
        """For how long it has been open."""
        return 0.0 if self.open_since is None else self._monotonic() - self.open_since

    def lets_through(self) -> bool:
        """Whether the next command may go: while the circuit is open, one in a while, to see."""
        if self.open_since is None:
            return True
        now = self._monotonic()
        if now < self._next_probe:
            return False
        # whether it fails or is given up: by then it is over
        self._next_probe = now + self._patience_seconds + PROBE_SECONDS
        return True

    def timed_out(self) -> None:
        """An answer did not come in time."""
        now = self._monotonic()
        if self.open_since is None:
            self.open_since = now
        self._next_probe = now + PROBE_SECONDS

    def failed(self) -> None:
        """There was no connection, or it broke: whoever saw that waited for nothing, and the next one may try soon."""
        if self.open_since is not None:
            self.timed_out()

    def answered(self) -> None:
        """An answer came."""
        self.open_since = None
