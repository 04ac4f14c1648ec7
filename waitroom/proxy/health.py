"""Whether one of several addresses is passed over, judged by what its visitors met. Pure: it is told the time.

An address goes out with its first failure. From then on one request may try it each time a pause has gone by;
a trial that fails doubles the pause, the first that succeeds brings the address back.
"""

from __future__ import annotations

from typing import Final

FIRST_PAUSE_SECONDS: Final = 1.0
LONGEST_PAUSE_SECONDS: Final = 30.0


class Health:
    """The standing of one address. All times are seconds of one clock."""

    __slots__ = ("_due_at", "_trying", "failed_at", "out", "pause")

    def __init__(self) -> None:
        self.out = False
        """It is passed over."""
        self.pause = 0.0
        """For how many seconds."""
        self.failed_at = 0.0
        """When it failed last."""
        self._due_at = 0.0
        self._trying = False

    def __repr__(self) -> str:
        return f"<Health {f'out, pause: {self.pause:g} s' if self.out else 'up'}>"

    def failed(self, now: float) -> bool:
        """Take note of a failure; return whether the address goes out by it.

        Of the many requests that meet the same failure only the first counts, and later the one on trial.
        """
        goes_out = not self.out
        self.failed_at = now
        if goes_out or self._trying:
            self.pause = FIRST_PAUSE_SECONDS if goes_out else min(2 * self.pause, LONGEST_PAUSE_SECONDS)
            self._due_at = now + self.pause
        self.out = True
        self._trying = False
        return goes_out

    def proved(self) -> None:
        """Take note that the address works again."""
        self.out = False
        self.pause = 0.0
        self._trying = False

    def due(self, now: float) -> bool:
        """Whether one request may try the address that is out."""
        return self.out and now >= self._due_at

    def tries(self, now: float, *, patience: float) -> None:
        """Take note that one request tries it.

        What it comes to may be known late, after a long download say: another may try after ``patience``.
        """
        self._trying = True
        self._due_at = now + max(self.pause, patience)
