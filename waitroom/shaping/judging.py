"""Is the shop well? A judgement of a window, pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto
from math import inf, sqrt

from waitroom.shaping.aims import Aims
from waitroom.shaping.window import Window, certain_share, percentile

SLOW_SHARE = 0.1
"""One of ten answers may be slower than the target: the target is of the 90th percentile."""
ENOUGH = 20
"""Visitors with an answer from which on no sign of trouble is a good sign."""
LONG_ENOUGH_SECONDS = 10.0
"""After so long, fewer will have to do."""
FEWEST = 5
TIMES_USUAL = 4.0
"""Where no target is set it is this many times what the shop takes when it is not busy, ..."""
LEAST_SLACK_SECONDS, MOST_SLACK_SECONDS = 0.05, 1.0
"""... but so much more at the least, and no more than so much more."""
TIMES_EASY = 1.8
"""Beyond this many times the usual the shop begins to be busy."""
BUSY_LOAD = 0.8
"""The same, where the shop tells its load."""


class Sign(Enum):
    """What a window says of the shop."""

    UNKNOWN = auto()
    """Too few requests to tell."""
    EASY = auto()
    """It could do more."""
    BUSY = auto()
    """It is well, and has begun to be busy."""
    FULL = auto()
    """It is well, and should not get more."""
    SLOW = auto()
    """It is too slow, for the first time: a burst does that."""
    OVERLOADED = auto()
    """It gets more than it can carry."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """A sign, and why."""

    sign: Sign
    why: str = ""
    ease: float = 1.0
    """Of an overloaded shop: the share of what it carries that it should get, so that it can catch up."""


def target(usual: float, aims: Aims) -> float:
    """Seconds within which nine of ten answers should begin. ``usual`` is what they take when the shop is not busy (0:
    not known). Infinity where nobody knows."""
    if aims.latency:
        return aims.latency
    if not usual:
        return inf
    slack = (TIMES_USUAL - 1) * usual
    return usual + min(max(slack, LEAST_SLACK_SECONDS), MOST_SLACK_SECONDS)


def judge(seen: Window, usual: float, aims: Aims, *, was_slow: bool) -> Judgement:
    """What a window says. ``was_slow``: the window before was too slow, too.

    A share counts as beyond its bound only where that is certain (see :func:`certain_share`), so a few requests
    never accuse the shop. Nor does a burst: a line in the shop is a sign only where it stands (K. Nichols and
    V. Jacobson, "Controlling queue delay", 2012), here for two windows, or where it is twice too long.
    """
    bound = target(usual, aims)
    slow = seen.slower_than(bound) if bound < inf else 0.0
    too_slow = certain_share(slow, seen.timed) > SLOW_SHARE
    p90 = percentile(seen.times, 1 - SLOW_SHARE)
    whys: list[str] = []
    ease = 1.0
    if certain_share(seen.failures, seen.well + seen.failures) > aims.errors:
        ease = min(ease, 1 - seen.failed_share)
        whys.append(f"{seen.failed_share:.1%} of its answers are errors (bound {aims.errors:.1%})")
    if too_slow and (was_slow or p90 > 2 * bound):
        ease = min(ease, sqrt(bound / max(p90, bound)))
        whys.append(f"1 of 10 answers takes {_ms(p90)} to begin (bound {_ms(bound)})")
    if seen.load > 1:
        ease = min(ease, 1 / seen.load)
        whys.append(f"it says that its load is {seen.load:.2f}")
    if whys:
        return Judgement(Sign.OVERLOADED, "; ".join(whys), max(ease, 0.5))
    if too_slow:
        return Judgement(Sign.SLOW)
    if seen.timed < ENOUGH and (seen.seconds < LONG_ENOUGH_SECONDS or seen.timed < FEWEST):
        return Judgement(Sign.UNKNOWN)
    near = slow > SLOW_SHARE / 2 * seen.timed or seen.failed_share > aims.errors
    if near or seen.load > (1 + BUSY_LOAD) / 2:
        return Judgement(Sign.FULL)
    easy = max(TIMES_EASY * usual, usual + LEAST_SLACK_SECONDS / 5)
    busy = usual > 0 and certain_share(seen.slower_than(easy), seen.timed) > SLOW_SHARE
    return Judgement(Sign.BUSY if busy or seen.load > BUSY_LOAD else Sign.EASY)


def _ms(seconds: float) -> str:
    return f"{seconds * 1000:.0f} ms" if seconds < 10 else f"{seconds:.0f} s"
