"""How often somebody may try to sign in.

After a few failures each further one doubles the wait, up to a longest, for the account and for the address. Nobody is
locked out for good, and the true owner of an account hardly notices those who guess at it: a browser that has signed in
before holds a device cookie and is counted by itself (`OWASP, Slow Down Online Guessing Attacks with Device Cookies
<https://owasp.org/www-community/Slow_Down_Online_Guessing_Attacks_with_Device_Cookies>`_).
"""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from hashlib import sha256

FIRST_WAIT_SECONDS = 2.0
LONGEST_WAIT_SECONDS = 900.0
FORGET_SECONDS = 86_400.0
"""Failures are forgotten when there was none for so long."""
_MOST_KEPT = 20_000


@dataclass(frozen=True, slots=True)
class Counted:
    """What attempts are counted by."""

    key: str
    free: int
    """Failures that cost no wait."""
    is_cleared: bool
    """Whether a success forgets the failures."""


def account(name_key: str) -> Counted:
    """All browsers that have never signed in to an account."""
    # hashed: somebody may send names of any length
    return Counted(f"account {sha256(name_key.encode(errors='replace')).hexdigest()}", 5, is_cleared=True)


def device(user_id: str, device_id: str) -> Counted:
    """One browser that has signed in to it before."""
    return Counted(f"device {user_id} {device_id}", 5, is_cleared=True)


def address(place: str) -> Counted:
    """One address: an office may share one. A success proves nothing of its other attempts."""
    return Counted(f"address {place}", 20, is_cleared=False)


def code(user_id: str) -> Counted:
    """The second step, for which the password must be known."""
    return Counted(f"code {user_id}", 5, is_cleared=True)


@dataclass(slots=True)
class _Failures:
    count: int
    last: float


class Throttle:
    """Counts attempts, in memory: a restart forgets them, and no flood of them fills the disk."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._failures: OrderedDict[str, _Failures] = OrderedDict()

    def __repr__(self) -> str:
        return f"<Throttle of {len(self._failures)}>"

    def begin(self, counted: Iterable[Counted]) -> float:
        """Begins an attempt: 0, or how many seconds it has to wait, and then it is none.

        It counts as a failure until :meth:`succeeded` is told, so that many at once are no way around.
        """
        now, together = self._clock(), tuple(counted)
        wait = max((self._wait(each, now) for each in together), default=0.0)
        if wait > 0:
            return wait
        for each in together:
            found = self._failures.setdefault(each.key, _Failures(0, now))
            found.count, found.last = found.count + 1, now
            self._failures.move_to_end(each.key)
        while len(self._failures) > _MOST_KEPT:
            self._failures.popitem(last=False)
        return 0.0

    def succeeded(self, counted: Iterable[Counted]) -> None:
        """The attempt that was begun with these was no failure."""
        for each in counted:
            found = self._failures.get(each.key)
            if found is None:
                continue
            found.count = 0 if each.is_cleared else found.count - 1
            if found.count <= 0:
                del self._failures[each.key]

    def _wait(self, counted: Counted, now: float) -> float:
        found = self._failures.get(counted.key)
        if found is None:
            return 0.0
        if now - found.last > FORGET_SECONDS:
            del self._failures[counted.key]
            return 0.0
        return max(0.0, found.last + wait_after(found.count - counted.free) - now)


def wait_after(beyond: int) -> float:
    """Seconds to wait after so many failures beyond those that are free: 0, 2, 4, 8 … 900."""
    if beyond < 0:
        return 0.0
    return min(FIRST_WAIT_SECONDS * 2.0 ** min(beyond, 30), LONGEST_WAIT_SECONDS)
