"""What becomes of a try to deliver: when comes the next, and which was the last. Pure.

The waits double from two seconds up to ten minutes, each cut by up to half at random, so that many who failed together
do not come back together (https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/, "equal jitter"). A
receiver's ``Retry-After`` is kept where it is longer, for up to a day.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC
from email.utils import parsedate_to_datetime
from enum import StrEnum

FIRST_WAIT_SECONDS = 1.0
MOST_WAIT_SECONDS = 600.0
MOST_RETRY_AFTER_SECONDS = 86_400.0
TRIES_OF_REFUSED = 3
"""What a receiver calls wrong in itself will hardly become right, and holds up what comes after it."""


class Result(StrEnum):
    """What came of one try."""

    DELIVERED = "delivered"
    FAILED = "failed"
    """It may go better later."""
    REFUSED = "refused"
    """The receiver says that the message is wrong."""
    GONE = "gone"
    """The receiver says that it wants nothing any more."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """One try. ``note`` says what was wrong, in words without secrets."""

    result: Result
    note: str = ""
    retry_after: float | None = None
    """For how many seconds the receiver wants to be left alone."""


class Fate(StrEnum):
    """What becomes of a delivery."""

    DELIVERED = "delivered"
    WAITING = "waiting"
    GIVEN_UP = "given up"
    GONE = "gone"
    """Given up, and so is the channel."""


@dataclass(frozen=True, slots=True)
class Decision:
    """What becomes of it, and in how many seconds the next try is."""

    fate: Fate
    wait: float = 0.0


def decide(outcome: Outcome, *, tries: int, age: float, retry_for: float, jitter: float) -> Decision:
    """What follows from the outcome of the last of ``tries``. ``age`` is that of the message and ``retry_for`` the most
    that it may become, in seconds; ``jitter`` is random, from 0 to 1."""
    if outcome.result is Result.DELIVERED:
        return Decision(Fate.DELIVERED)
    if outcome.result is Result.GONE:
        return Decision(Fate.GONE)
    if age >= retry_for or (outcome.result is Result.REFUSED and tries >= TRIES_OF_REFUSED):
        return Decision(Fate.GIVEN_UP)
    longest = min(FIRST_WAIT_SECONDS * 2 ** min(tries, 20), MOST_WAIT_SECONDS)
    # the last try is when the time is over, and no later
    wait = min(longest * (1 - jitter / 2), retry_for - age)
    return Decision(Fate.WAITING, max(wait, min(outcome.retry_after or 0.0, MOST_RETRY_AFTER_SECONDS)))


def retry_after(written: str, now: float) -> float | None:
    """The seconds in a ``Retry-After`` (RFC 9110, 10.2.3); None where it holds neither seconds nor a date."""
    text = written.strip()
    if text.isascii() and text.isdigit():
        return float(text[:12])
    try:
        date = parsedate_to_datetime(text)
    except ValueError:
        return None
    return max((date if date.tzinfo else date.replace(tzinfo=UTC)).timestamp() - now, 0.0)
