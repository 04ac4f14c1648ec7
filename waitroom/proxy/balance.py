"""The connections to several addresses of the origin."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections import deque
from collections.abc import Collection, Sequence
from dataclasses import replace
from operator import attrgetter
from weakref import WeakKeyDictionary

from waitroom.errors import OriginError, OriginUnreachableError
from waitroom.proxy.address import OriginAddress
from waitroom.proxy.connection import Connection
from waitroom.proxy.limits import PoolLimits
from waitroom.proxy.member import Member
from waitroom.proxy.supply import Waiter

_logger = logging.getLogger("waitroom.proxy")
_outstanding = attrgetter("outstanding")
_failed_at = attrgetter("health.failed_at")


class Balancer:
    """A pool for each address: a request goes to the one with the fewest under way, in turn where they are even.

    An address that fails is passed over for a while (:class:`Health`); where all do, the one that failed
    longest ago is tried. Who could not be connected goes on to the next address, each at most once.
    Requests beyond what the addresses together may have wait in the order of their coming for whichever has
    room first.

    Args:
        limits: for each address. An address gets half of the patience with a new connection: who meets one
            that swallows packets has as much time left for another.
    """

    def __init__(self, addresses: Sequence[OriginAddress], limits: PoolLimits) -> None:
        self._connect_seconds = limits.connect_seconds
        of_each = replace(limits, connect_seconds=limits.connect_seconds / 2)
        self._members = tuple(Member(address, of_each, self._unopened) for address in addresses)
        self._up = list(self._members)
        """Those in use, the one whose turn is longest ago first."""
        self._out: list[Member] = []
        self._overflow: deque[Waiter] = deque()
        self._tried: WeakKeyDictionary[Waiter, set[Member]] = WeakKeyDictionary()
        self._closed = False
        self._loop: asyncio.AbstractEventLoop

    def __repr__(self) -> str:
        return f"<Balancer {', '.join(map(repr, self._members))}, waiting: {len(self._overflow)}>"

    def take(self) -> Connection | None:
        """Take an unused connection to the address whose turn it is, if there is one."""
        member = self._choose()
        if member is None or not member.has_room:
            return None
        connection = member.take()
        if connection is not None:
            self._turn_of(member)
        return connection

    def queue(self, *, fresh: bool = False) -> Waiter:
        """Wait for a connection behind all others; ``fresh`` ones, which tried before, wait in front.

        The future fails with an :class:`OriginError` when no address could be connected to. Who no longer
        wants it must :meth:`withdraw` it.
        """
        self._loop = asyncio.get_running_loop()
        waiter: Waiter = self._loop.create_future()
        member = self._choose()
        if self._closed:
            waiter.set_exception(OriginUnreachableError("the gateway no longer talks to the origin"))
        elif member is not None and member.has_room:
            self._turn_of(member)
            member.admit(waiter, fresh=fresh)
        elif fresh:
            self._overflow.appendleft(waiter)
        else:
            self._overflow.append(waiter)
        return waiter

    def withdraw(self, waiter: Waiter) -> None:
        """Give up a place in the queue, or the connection that came of it."""
        with contextlib.suppress(ValueError):
            self._overflow.remove(waiter)
        for member in self._members:
            member.forget(waiter)
        if not waiter.done():
            waiter.cancel()
        elif not waiter.cancelled() and waiter.exception() is None:
            self.release(waiter.result())
        self._serve()

    def release(self, connection: Connection) -> None:
        """Give back a connection that can carry another request."""
        member = self._holder(connection)
        if member is None:
            connection.abort()
            return
        self._proved_by(connection, member)
        if member.health.out:
            # It was opened before the failure, so it is of a kind with those that failed.
            member.discard(connection)
        else:
            member.release(connection)
        if self._overflow:
            self._serve()

    def discard(self, connection: Connection) -> None:
        """Drop a connection for good. What ended it was no fault of the address."""
        member = self._holder(connection)
        if member is None:
            connection.abort()
            return
        self._proved_by(connection, member)
        member.discard(connection)
        self._serve()

    def fail(self, connection: Connection) -> None:
        """Drop a connection that ended before any byte of an answer came.

        A kept one tells nothing of the address: every origin closes those. A new one does when it was on trial,
        or the last of several in a row.
        """
        member = self._holder(connection)
        if member is None:
            connection.abort()
            return
        health, new = member.health, connection.requests <= 1
        failed = connection in member.proving if health.out else new and self._suspicious(member)
        member.fail(connection)
        if failed:
            self._failed(member, f"it closed {health.hang_ups} new connections in a row without an answer")
        self._serve()

    async def aclose(self) -> None:
        """Drop every connection and refuse those who wait."""
        self._closed = True
        while self._overflow:
            waiter = self._overflow.popleft()
            if not waiter.done():
                waiter.set_exception(OriginUnreachableError("the gateway no longer talks to the origin"))
        await asyncio.gather(*(member.aclose() for member in self._members))

    def _choose(self, tried: Collection[Member] = ()) -> Member | None:
        """The address for the next request; ``None`` where all were tried."""
        if self._out:
            now = self._loop.time()
            for member in self._out:
                if member.health.due(now) and member.has_room and member not in tried:
                    return member
        up = [member for member in self._up if member not in tried] if tried else self._up
        if up:
            return min(up, key=_outstanding)
        out = [member for member in self._out if member not in tried]
        return min(out, key=_failed_at, default=None)

    def _turn_of(self, member: Member) -> None:
        if not member.health.out:
            self._up.remove(member)
            self._up.append(member)
        elif member.health.due(now := self._loop.time()):
            member.health.tries(now, patience=self._connect_seconds)

    def _holder(self, connection: Connection) -> Member | None:
        return next((member for member in self._members if member.holds(connection)), None)

    def _suspicious(self, member: Member) -> bool:
        """Whether the address hung up on several in a row while others did not."""
        suspicious = member.health.hung_up()
        if any(up.health.hang_ups == 0 for up in self._up):
            return suspicious
        # Where all hang up it is what they were asked.
        for up in self._up:
            up.health.forget_hang_ups()
        return False

    def _unopened(self, member: Member, error: OriginError) -> None:
        """A connection to this address could not be opened: whoever waits there goes on to another."""
        self._failed(member, str(error))
        waiters = member.let_go(everybody=bool(self._up))
        for waiter in reversed(waiters):
            tried = self._tried.setdefault(waiter, set())
            tried.add(member)
            other = self._choose(tried)
            if other is None:
                waiter.set_exception(error)
            else:
                self._turn_of(other)
                other.admit_before_others(waiter)
        self._serve()

    def _failed(self, member: Member, reason: str) -> None:
        member.proving.clear()
        if member.health.failed(self._loop.time()):
            self._up.remove(member)
            self._out.append(member)
            member.close_unused()
            _logger.warning("the origin %s is passed over: %s", member.address, reason)

    def _proved_by(self, connection: Connection, member: Member) -> None:
        if connection.answered:
            member.health.forget_hang_ups()
        if member.health.out and connection in member.proving:
            member.proving.clear()
            member.health.proved()
            self._out.remove(member)
            self._up.append(member)
            _logger.warning("the origin %s is back", member.address)

    def _serve(self) -> None:
        """Let those who wait for any address go to one that has room."""
        while self._overflow:
            member = self._choose()
            if member is None or not member.has_room:
                return
            waiter = self._overflow.popleft()
            if not waiter.done():
                self._turn_of(member)
                member.admit_before_others(waiter)
