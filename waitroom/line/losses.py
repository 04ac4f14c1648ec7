"""Visitors whom the shop failed: while it does, their visits do not run out.

What a request that failed took itself is made good by counting its end as activity. Beyond that, whoever was failed
and waits for the shop to come back would lose their visit to a long outage: so the visit is kept as if they had gone
on asking, until the shop answers again, and has its full time from then on.
"""

from __future__ import annotations

import time
from collections.abc import Callable

LONGEST_SECONDS = 3600.0
"""For so long after a visitor was failed is the visit kept."""
NOTED_SECONDS = 10.0
"""How often at most the visits are said to be active meanwhile."""


class Losses:
    """The visits of one room that the shop failed last, as one worker saw it.

    ``active`` is told of each visit that must go on; ``has_ended`` says whether the shop ended one.
    """

    def __init__(
        self,
        active: Callable[[str], None],
        has_ended: Callable[[str], bool],
        *,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._active = active
        self._has_ended = has_ended
        self._monotonic = monotonic
        self._failed: dict[str, float] = {}
        self._kept = 0.0

    def __repr__(self) -> str:
        return f"<Losses {len(self._failed)}>"

    def __bool__(self) -> bool:
        """Whether the shop has failed anybody and not answered since."""
        return bool(self._failed)

    def __contains__(self, session: str) -> bool:
        """Whether this visit is kept."""
        return session in self._failed

    def failed(self, session: str) -> None:
        """The shop failed this visitor: with an error, or by letting them wait until they left. Of a visit that it has
        ended, a request may still be under way: there is nothing to keep."""
        if self._has_ended(session):
            return
        self._failed[session] = self._monotonic()
        self._active(session)

    def forget(self, session: str) -> None:
        """The shop ended this visit."""
        self._failed.pop(session, None)

    def answered(self) -> None:
        """The shop answers again: every visit has its full time from now on."""
        for session in self._failed:
            self._active(session)
        self._failed.clear()

    def keep(self, session_seconds: float) -> bool:
        """Keep the visits, which end ``session_seconds`` after the last activity. To be called every second or so.

        True says that there are some, and that it is time to see whether the shop is back.
        """
        now = self._monotonic()
        if not self._failed or now - self._kept < min(session_seconds / 4, NOTED_SECONDS):
            return False
        self._kept = now
        self._failed = {each: at for each, at in self._failed.items() if now - at < LONGEST_SECONDS}
        for session in self._failed:
            self._active(session)
        return bool(self._failed)
