"""The visitors inside, as one worker sees them: renewals are gathered and told in batches."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable

from waitroom.line.losses import Losses

MAX_FLUSH = 500
"""Sessions renewed in one call."""
SURE_SECONDS = 5.0
"""By then Redis knows of an end that a worker has noted, or has refused to hear of it."""


class Visits:
    """Sessions that were active in this worker since the last flush, and those that the shop ended."""

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._active: dict[str, float] = {}
        self._ended: dict[str, float] = {}
        self.losses = Losses(self.active, self.has_ended, monotonic=monotonic)
        """Those of them whom the shop failed."""

    def __repr__(self) -> str:
        return f"<Visits {len(self._active)} to renew, {len(self._ended)} ended>"

    def active(self, session: str) -> None:
        """The visitor made a request."""
        self._active[session] = self._monotonic()

    def has_ended(self, session: str) -> bool:
        """Whether the shop ended this session, as far as this worker has heard."""
        return session in self._ended

    def goes_on(self, session: str, *, is_new: bool) -> None:
        """Redis says that the visit runs. Where it was noted here as ended, the support desk has given its place back:
        it began anew just now, or in another worker. What was ended a moment ago Redis may not have heard of."""
        ended = self._ended.get(session)
        if ended is not None and (is_new or self._monotonic() - ended > SURE_SECONDS):
            del self._ended[session]

    def end(self, sessions: Iterable[str]) -> None:
        """The shop ended these sessions."""
        now = self._monotonic()
        for session in sessions:
            self._ended[session] = now
            self._active.pop(session, None)
            self.losses.forget(session)

    def forget_ended(self, older_than_seconds: float) -> None:
        """Drops ended sessions whose pass has expired by itself meanwhile."""
        limit = self._monotonic() - older_than_seconds
        self._ended = {session: at for session, at in self._ended.items() if at > limit}

    def take(self) -> dict[str, int]:
        """Up to ``MAX_FLUSH`` sessions with the milliseconds since their last request."""
        now = self._monotonic()
        taken = list(self._active)[:MAX_FLUSH]
        return {session: int((now - self._active.pop(session)) * 1000) for session in taken}

    def put_back(self, idle_ms: dict[str, int]) -> None:
        """These could not be told."""
        now = self._monotonic()
        for session, idle in idle_ms.items():
            self._active.setdefault(session, now - idle / 1000)
