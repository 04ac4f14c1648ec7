"""One address among several: its pool, and its standing."""

from __future__ import annotations

from collections.abc import Callable

from waitroom.errors import OriginError
from waitroom.proxy.address import OriginAddress
from waitroom.proxy.connection import Connection
from waitroom.proxy.health import Health
from waitroom.proxy.limits import PoolLimits
from waitroom.proxy.pool import Pool
from waitroom.proxy.supply import Waiter


class Member(Pool):
    """A pool that tells its balancer what it could not open, instead of those who wait.

    Args:
        on_unopened: called with the reason when a connection could not be opened.
    """

    def __init__(
        self,
        address: OriginAddress,
        limits: PoolLimits,
        on_unopened: Callable[[Member, OriginError], None],
    ) -> None:
        super().__init__(address, limits)
        self.health = Health()
        self.proving: set[Connection] = set()
        """Those that were opened since the address went out: what comes of them tells whether it is back."""
        self._on_unopened = on_unopened

    def __repr__(self) -> str:
        return f"{super().__repr__()[:-1]}, out>" if self.health.out else super().__repr__()

    def admit(self, waiter: Waiter, *, fresh: bool) -> None:
        """Let someone wait here who found nothing to take; ``fresh`` as in :meth:`queue`."""
        self._stand(waiter, in_front=fresh)

    def admit_before_others(self, waiter: Waiter) -> None:
        """Let someone who has waited elsewhere have the next connection."""
        connection = self.take()
        if connection is not None:
            waiter.set_result(connection)
        else:
            self._stand(waiter, in_front=True)

    def let_go(self, *, everybody: bool) -> list[Waiter]:
        """Take those who wait out of the queue: all, or only the first."""
        waiters: list[Waiter] = []
        while (everybody or not waiters) and (waiter := self._next_waiter()) is not None:
            waiters.append(waiter)
        return waiters

    def _opened(self, connection: Connection) -> None:
        if self.health.out:
            self.proving.add(connection)
        super()._opened(connection)

    def _unopened(self, error: OriginError) -> None:
        self._on_unopened(self, error)
