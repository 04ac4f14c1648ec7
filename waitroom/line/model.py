"""The rules of the line, pure: no Redis, no clock, no randomness. The scripts in Redis follow this file.

A lane gives out numbers. ``called`` is how far it has been called; it only grows. Whoever is present when
called is *granted* a place, which spends one unit of the budget, and enters with the next request. Whoever is
absent is passed over for nothing, and may come back within ``keep``: into the short line of the *late*, which is
served before ``called`` moves on, and in which nobody's turn runs out.

1. FIFO to the ticket. Among those present in a lane, the lower turn is granted first: the late ones (all of whom
   were called) stand before the line, both in the order of their turns. A ticket's turn is its number, but for those
   who came before an opening with a draw: theirs are the same numbers in another order.
2. A present visitor never waits behind an absent one, and an absent one spends nothing.
3. A ticket opens the door once. Shown again while its visit lasts it yields the same visit, after that nothing.
4. The budget is one bucket (Turner's token bucket) for all lanes: ``rate`` fills it, ``burst`` bounds it while nobody
   stands in line, each grant takes one, and a grant that nobody took, or that was given up, gives it back, up to once
   the rate on top of it. Who lets two grants lapse has missed the turn.
   ``capacity`` bounds visits plus grants at every grant, and throws nobody out. Lanes share it by their weights
   (:mod:`waitroom.line.turns`).
5. Two clocks. The room clock dates visits and presence. The open clock dates turns, and stands still while the
   door is shut, so that no turn lapses behind it.
6. Before its opening a room gives out numbers and lets nobody in.
7. The support desk may call a place that waits, or give back one that is over. It is *summoned*: for ``keep`` from
   then on it enters as the late ones do, within the budget and before those not yet called. Only so is anybody
   overtaken, and the record tells.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from waitroom.line.draw import Draw
from waitroom.line.memory import GENERAL
from waitroom.line.model_calling import Calling
from waitroom.line.rules import Mode, Rules
from waitroom.line.ticket import Event, Outcome, Stage, Ticket

PROVISIONAL_MS = 30_000
"""A new visit counts this long before its pass is first returned."""


@dataclass(slots=True)
class Line(Calling):
    """All lanes of one room, and what visitors, the shop and ops staff do in it."""

    def open_door(self, draws: Sequence[Draw] = ()) -> None:
        """The opening. ``draws`` are the orders of those who came before, one a lane in the order of the lanes."""
        self.is_opened = True
        for lane, draw in zip(self.lanes.values(), draws, strict=False):
            lane.draw = draw

    def join(self, count: int, name: str = GENERAL) -> tuple[int, int]:
        """The first of ``count`` new numbers, and how many of them enter at once."""
        lane = self.lanes[name]
        first = lane.issued + 1
        lane.issued += count
        for number in range(first, lane.issued + 1):
            lane.tickets[number] = Ticket(number, self.slot)
        entering = 0
        if self.rules.mode is Mode.PASS:
            entering = count
            if lane.called == first - 1:
                lane.called = lane.issued
        elif self.rules.mode is Mode.AUTO:
            self.advance(hand_over=False)
            entering = max(lane.called - first + 1, 0)
        for number in range(first, first + entering):
            self._enter(lane.tickets[number])
        return first, entering

    def claim(self, number: int, name: str = GENERAL) -> Outcome:
        """Shows a ticket at the door."""
        lane = self.lanes[name]
        ticket = lane.tickets.get(number)
        if ticket is None:
            return Outcome.UNKNOWN
        if ticket.stage is Stage.INSIDE:
            return Outcome.AGAIN
        if ticket.stage is Stage.SPENT:
            return Outcome.SPENT
        ticket.seen = self.slot
        if self.rules.mode is Mode.PASS:
            self._enter(ticket)
            return Outcome.ADMITTED
        if not self.admits:
            return Outcome.SHUT
        summoned = self._is_summoned(ticket)
        if ticket.stage is Stage.PASSED and lane.turn_of(number) <= lane.floor and not summoned:
            ticket.on(Event.OUTLIVE)
        if ticket.stage is Stage.MISSED:
            return Outcome.MISSED
        if ticket.stage is Stage.PASSED or (ticket.stage is Stage.WAITING and summoned):
            ticket.on(Event.SHOW)
        self.advance(hand_over=False)
        if ticket.stage is Stage.GRANTED:
            self._enter(ticket)
            return Outcome.ADMITTED
        return Outcome.WAITING if ticket.stage is Stage.WAITING else Outcome.CALLED

    def see(self, number: int, name: str = GENERAL) -> None:
        """The holder of ``number`` was seen."""
        self.lanes[name].tickets[number].seen = self.slot

    def leave(self, number: int, name: str = GENERAL) -> Outcome:
        """Gives a place up."""
        ticket = self.lanes[name].tickets.get(number)
        if ticket is None:
            return Outcome.UNKNOWN
        if ticket.stage in (Stage.INSIDE, Stage.SPENT):
            return Outcome.SPENT
        if ticket.stage is Stage.GRANTED:
            self.given_back += 1
            self._refund(1)
        ticket.on(Event.LEAVE)
        ticket.summoned = 0.0
        return Outcome.LEFT

    def reinstate(self, number: int, name: str = GENERAL) -> bool:
        """The support desk gives a place back; False where there is nothing to give back."""
        lane = self.lanes[name]
        ticket = lane.tickets.get(number)
        lost = (Stage.PASSED, Stage.MISSED, Stage.SPENT)
        called_ahead = ticket is not None and ticket.stage is Stage.WAITING and self._is_summoned(ticket)
        if ticket is None or (ticket.stage not in lost and not called_ahead):
            return False
        if not called_ahead:
            ticket.on(Event.REINSTATE)
        ticket.lapses = 0
        if lane.turn_of(number) <= lane.called or self._is_summoned(ticket):
            self._summon(ticket)
        else:
            ticket.on(Event.STAND_BACK)
        return True

    def bring_forward(self, number: int, name: str = GENERAL) -> bool:
        """The support desk calls a waiting place next; False where it cannot."""
        ticket = self.lanes[name].tickets.get(number)
        if ticket is None or ticket.stage is not Stage.WAITING or self._is_summoned(ticket):
            return False
        if not self.is_opened or not self.rules.weight_of(name):
            return False
        self._summon(ticket)
        return True

    def renew(self, number: int, name: str = GENERAL) -> None:
        """The visitor inside was active just now."""
        ticket = self.lanes[name].tickets[number]
        if ticket.stage is Stage.INSIDE:
            ticket.until = max(ticket.until, self.clock + self.rules.session_ms)

    def finish(self, number: int, name: str = GENERAL) -> None:
        """The shop ends a visit."""
        ticket = self.lanes[name].tickets[number]
        if ticket.stage is Stage.INSIDE:
            ticket.on(Event.END)

    def configure(self, rules: Rules) -> None:
        """Changes the rules. Nobody inside is thrown out."""
        if rules == self.rules:
            return
        self.rules = rules
        self.tokens = min(self.tokens, self.most_tokens)

    def _summon(self, ticket: Ticket) -> None:
        ticket.summoned = max(ticket.summoned, self.open + self.rules.keep_ms)
        if self.is_present(ticket):
            ticket.on(Event.SHOW)

    def _enter(self, ticket: Ticket) -> None:
        ticket.summoned = 0.0
        self.entered += 1
        ticket.on(Event.ENTER)
        ticket.until = self.clock + min(PROVISIONAL_MS, self.rules.session_ms)
