"""Whether one of several addresses is passed over, judged by what its visitors met. Pure: it is told the time.

An address goes out with its first failure. That it hung up on a request without an answer is none by itself: a
shop may do so on one URL of its own, whoever asks for it. Several in a row without an answer are.

From then on one request may try it each time a pause has gone by; a trial that fails doubles the pause, the first
that succeeds brings the address back.
"""

from __future__ import annotations

from typing import Final

FIRST_PAUSE_SECONDS: Final = 1.0
LONGEST_PAUSE_SECONDS: Final = 30.0
SUSPICIOUS_HANG_UPS: Final = 3


class Health:
    """The standing of one address. All times are seconds of one clock."""

    __slots__ = ("_due_at", "_trying", "failed_at", "hang_ups", "out", "pause")

    def __init__(self) -> None:
        self.out = False
        """It is passed over."""
        self.pause = 0.0
        """For how many seconds."""
        self.failed_at = 0.0
        """When it failed last."""
        self.hang_ups = 0
        """How many requests in a row it hung up on."""
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

    def hung_up(self) -> bool:
        """Take note of a request that it hung up on; return whether this has become a failure."""
        self.hang_ups += 1
        return self.hang_ups >= SUSPICIOUS_HANG_UPS

    def forget_hang_ups(self) -> None:
        """Start the count of hang-ups anew: after an answer, or where they were not the address's fault."""
        self.hang_ups = 0

    def proved(self) -> None:
        """Take note that the address works again."""
        self.hang_ups = 0
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
