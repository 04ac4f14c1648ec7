"""One lane of a room as one worker runs it: kept in view, and told who is there."""

from __future__ import annotations

import asyncio
import time

from waitroom.errors import LineUnavailableError
from waitroom.line.draw import Draw
from waitroom.line.drawn import DrawnOrder
from waitroom.line.group_commit import GroupCommit
from waitroom.line.head import Head
from waitroom.line.joins import Joins, Place
from waitroom.line.presence import Presence
from waitroom.line.redeeming import BroughtTicket, Entitlement, Redeemed, Redemption
from waitroom.line.rules import Rules
from waitroom.line.snapshot import Snapshot, blank
from waitroom.line.store import Handed, LineStore, View
from waitroom.line.ticket import Outcome
from waitroom.shaping.outlook import Outlook

HEARD_OF_MS = 3_000
"""By this age a number is known to every worker that reaches Redis."""
RECALL_MS = 3_600_000
"""For so long after Redis lost everything may tickets bring their line back."""
RECALLED_TICKET_MS = 12 * 3_600_000
"""So old may they be."""
HANDED = 256
"""Drawn numbers that are handed over with each call of ``advance``, besides four times what the rate may take: of
those who are there."""
MOST_HANDED = 5000
"""No more in one call: some ten milliseconds of Redis."""


MAX_REDEEMED = 100
"""Invitations redeemed in one call, so that no call holds Redis for long."""


class Lane:
    """The tickets of one lane: who holds them, where they stand, and which of them are called.

    Everything a visitor asks is answered from ``snapshot``; only a join, a claim and a leave go to Redis.
    """

    def __init__(self, store: LineStore) -> None:
        self.name = store.lane
        self.store = store
        self.snapshot = blank()
        self.presence = Presence()
        self.outlook = Outlook()
        self.order: DrawnOrder | None = None
        self._joins = Joins(store.join)
        self._redemptions = GroupCommit(store.redeem, MAX_REDEEMED)
        self._recalling = asyncio.Lock()
        self._clock = (0, 0.0)

    def __repr__(self) -> str:
        return f"<Lane {self.name}: {self.snapshot!r}>"

    @property
    def head(self) -> Head:
        """The counters as last heard."""
        return self.snapshot.head

    @property
    def is_busy(self) -> bool:
        """Whether somebody waits in it."""
        return bool(self.snapshot.waiting or self.head.late)

    @property
    def clock_ms(self) -> int:
        """The room clock now, as heard in this lane; 0: not heard yet."""
        clock, at = self._clock
        return clock + int((time.monotonic() - at) * 1000) if clock else 0

    async def join(self) -> Place:
        """A place in line, and admission where nobody waits and the budget allows."""
        place = await self._joins.join()
        self.note(place.head)
        if not place.admitted:
            self.presence.saw(place.number)
        return place

    async def redeem(self, right: Entitlement, brought: BroughtTicket) -> Redeemed:
        """A place by right."""
        redeemed = await self._redemptions.ask((right, brought))
        self.note(redeemed.head)
        if redeemed.outcome is Redemption.NEW and not redeemed.admitted:
            self.presence.saw(redeemed.number)
        return redeemed

    async def claim(self, number: int) -> Outcome:
        """Shows a ticket at the door."""
        outcome, head = await self.store.claim(number, self.snapshot.turn_of(number))
        self.note(head)
        if outcome is Outcome.CALLED:
            self.snapshot.add_late(number)
        return outcome

    async def leave(self, number: int) -> Outcome:
        """Gives a place up."""
        outcome, head = await self.store.leave(number)
        self.note(head)
        return outcome

    def is_forgotten(self, epoch: int, number: int, at: int) -> bool:
        """Whether a genuine ticket, given at room clock ``at``, shows that Redis forgot and should be told.

        A line that has run for an hour is not put behind an older one any more, and a ticket of yesterday brings
        no line back.
        """
        if not self.snapshot.may_be_lost(epoch, number):
            return False
        head, now = self.head, self.clock_ms
        if epoch == head.epoch:
            # a number that another worker gave just now is only news that has not come here yet
            return at + HEARD_OF_MS < now
        settled = epoch < head.epoch and now - head.epoch * 1000 > RECALL_MS
        return not settled and at + RECALLED_TICKET_MS > now

    async def recall(self, epoch: int, number: int) -> bool:
        """Tells Redis of a genuine ticket that shows it forgot, or that this worker has not heard yet.

        Whether the line lives another life by that.
        """
        async with self._recalling:
            if not self.snapshot.may_be_lost(epoch, number):
                return False  # the ticket of another visitor brought it back meanwhile
            before = self.head
            memory = self.store.memory.of_ticket(epoch, self.name, number, self.clock_ms)
            self.note(await self.store.restore(memory))
            return (self.head.epoch, self.head.alias) != (before.epoch, before.alias)

    def handed(self, rules: Rules) -> Handed | None:
        """The numbers whose drawn turn comes next; None where nobody who was drawn is left to call."""
        head = self.head
        if self.order is None or not head.called < head.drawn_last:
            return None
        turn = max(head.called + 1, head.drawn_first)
        # where few are there, more turns go by for each who is
        wanted = (HANDED + 4 * rules.admission_rate / 60) / max(self.snapshot.drawn_share, 0.01)
        numbers = self.order.upcoming(turn, min(int(wanted), MOST_HANDED))
        return Handed(self.name, turn, numbers)

    def set_draw(self, draw: Draw | None) -> None:
        """The outcome of the draw is known; None: there was none."""
        if draw != (self.order and self.order.draw):
            self.order = DrawnOrder(draw) if draw else None

    async def look(self) -> View:
        """Fetches the bits."""
        view = await self.store.view(max(self.head.clock - 5_000, 0))
        self.snapshot = Snapshot(view, self.order)
        self.note(view.head)
        return view

    async def flush(self) -> None:
        """Tells Redis who was seen."""
        while numbers := self.presence.take():
            try:
                await self.store.see(numbers)
            except LineUnavailableError:
                self.presence.put_back(numbers)
                raise

    def note(self, head: Head) -> None:
        """Lays a newer head over the bits."""
        previous = self.head
        overtaken = (
            head.clock < previous.clock if head.epoch == previous.epoch else head.epoch < previous.epoch
        )
        if overtaken and head.alias == previous.alias:
            return  # a later answer came first
        if head.epoch != previous.epoch:
            self._renumber(previous, head)
            self.order = None
            self.snapshot = blank(head)
        elif head.alias != previous.alias:
            self.presence.forget()
        self.snapshot.head = head
        self.presence.enter_slot(head.slot)
        self._clock = (head.clock, time.monotonic())

    def _renumber(self, previous: Head, head: Head) -> None:
        """Another life of the line goes on: those who were seen have other numbers in it, or none."""
        if head.alias and head.alias == previous.epoch:
            self.presence.shift(head.offset)
        elif head.alias and head.alias == previous.alias:
            self.presence.shift(head.offset - previous.offset)
        elif previous.epoch:
            self.presence.drop()
