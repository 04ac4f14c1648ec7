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
from dataclasses import dataclass, field
from math import floor

from waitroom.line.draw import Draw
from waitroom.line.memory import GENERAL
from waitroom.line.model_lane import Lane
from waitroom.line.rules import Mode, Rules
from waitroom.line.ticket import Event, Outcome, Stage, Ticket
from waitroom.line.turns import Turns

PROVISIONAL_MS = 30_000
"""A new visit counts this long before its pass is first returned."""
SPARED_MS = 2000
"""What accrues in this time is kept for those who were drawn, until their order is handed over."""
SLOTS = 4
"""Presence slots kept; each is a third of the presence window long."""


@dataclass(slots=True)
class Line:
    """All lanes of one room. Times are room clock milliseconds, handed in by :meth:`pass_time`."""

    rules: Rules
    clock: int = 0
    names: Sequence[str] = (GENERAL,)
    lanes: dict[str, Lane] = field(default_factory=dict)
    turns: Turns = field(default_factory=Turns)
    tokens: float = 0.0
    admitted: int = 0
    entered: int = 0
    no_shows: int = 0
    given_back: int = 0
    refunded: float = 0.0
    open: int = 0
    slot: int = 0
    slot_since: float = 0.0
    is_opened: bool = True

    def __post_init__(self) -> None:
        """A new room has saved up its burst."""
        self.slot_since = self.open = self.clock
        self.tokens = self.most_tokens
        self.lanes = {name: Lane(name) for name in self.names}
        self.turns = Turns([0.0 for _ in self.names])

    @property
    def most_tokens(self) -> float:
        """What the bucket holds: an idle room's ``burst``; a queue that holds everyone saves nothing; at a rate of
        0 there is nothing to hold."""
        rate = self.rules.admission_rate
        if rate <= 0:
            return 0.0
        if self.rules.mode is not Mode.AUTO:
            return 1.0
        return max(1.0, rate * self.rules.burst_ms / 60_000)

    @property
    def admits(self) -> bool:
        """Whether the line moves at all."""
        return self.rules.mode in (Mode.AUTO, Mode.QUEUE) and self.is_opened

    def staged(self, stage: Stage) -> list[Ticket]:
        """The tickets of all lanes in a stage."""
        return [ticket for lane in self.lanes.values() for ticket in lane.staged(stage)]

    def is_present(self, ticket: Ticket) -> bool:
        """Seen in one of the slots that are kept."""
        return self.slot - ticket.seen < SLOTS

    def pass_time(self, clock: int) -> None:
        """Time passes up to ``clock``: the budget fills, and what has lapsed lapses."""
        step, self.clock = clock - self.clock, clock
        stood = not all(lane.is_empty for lane in self.lanes.values())
        if self.rules.mode not in (Mode.PAUSE, Mode.CLOSED) and self.is_opened:
            self.open += step
        if self.admits:
            accrued = self.rules.admission_rate * step / 60_000
            self.tokens += accrued
            self.refunded = max(self.refunded - accrued, 0.0)
            if not stood:
                self.tokens = min(self.tokens, self.most_tokens)
        width = self.rules.presence_ms / 3
        while self.clock - self.slot_since >= width:
            self.slot += 1
            self.slot_since += width
        for ticket in self.staged(Stage.INSIDE):
            if ticket.until <= self.clock:
                ticket.on(Event.END)
        lapsed = 0
        for lane in self.lanes.values():
            for ticket in lane.staged(Stage.GRANTED):
                if ticket.until <= self.open:
                    ticket.on(Event.LAPSE)
                    ticket.lapses += 1
                    if ticket.lapses == 2:
                        ticket.on(Event.OUTLIVE)
                    else:
                        self._leave_off(lane, ticket)
                    lapsed += 1
        self.no_shows += lapsed
        self._refund(lapsed)
        for lane in self.lanes.values():
            lane.move_floor(self.open, self.rules.keep_ms)

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

    def advance(self, *, hand_over: bool = True) -> None:
        """Spends the budget on those present: in each lane the late ones first, then the line.

        Those who were drawn are called only by who hands their order over; until then the budget waits for them, so
        that no other lane gets more than its share.
        """
        lanes = list(self.lanes.values())
        if not hand_over and any(self._awaits_order(lane) for lane in lanes):
            spared = self.rules.admission_rate * SPARED_MS / 60_000
            self.tokens = min(self.tokens, max(self.most_tokens, spared))
            return
        served = self.turns.share_out(
            self._spendable(),
            [self.rules.weight_of(lane.name) for lane in lanes],
            lambda i: lanes[i].is_empty,
            lambda i, most: self._serve(lanes[i], most, hand_over=hand_over),
        )
        self.tokens = min(self.tokens - served, self.most_tokens)
        self.admitted += served

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

    def _is_summoned(self, ticket: Ticket) -> bool:
        return ticket.summoned > self.open

    def _summon(self, ticket: Ticket) -> None:
        ticket.summoned = max(ticket.summoned, self.open + self.rules.keep_ms)
        if self.is_present(ticket):
            ticket.on(Event.SHOW)

    def _leave_off(self, lane: Lane, ticket: Ticket) -> None:
        """It was called, and its holder is not there: where its turn is still to come, it waits for that."""
        if lane.turn_of(ticket.number) > lane.called:
            ticket.on(Event.STAND_BACK)

    def _refund(self, count: int) -> None:
        rate = self.rules.admission_rate
        most = max(1.0, rate * self.rules.entry_ms / 60_000) if rate > 0 else 0.0
        refund = min(count, max(floor(most - self.refunded + 1e-6), 0))
        self.refunded += refund
        self.tokens += refund

    def _spendable(self) -> int:
        if not self.admits:
            return 0
        places = floor(self.tokens + 1e-6)
        if self.rules.places:
            inside = len(self.staged(Stage.INSIDE)) + len(self.staged(Stage.GRANTED))
            places = min(places, self.rules.places - inside)
        return max(places, 0)

    def _awaits_order(self, lane: Lane) -> bool:
        draw = lane.draw
        if draw is None or not self.rules.weight_of(lane.name):
            return False
        return lane.called < draw.first + draw.count - 1

    def _serve(self, lane: Lane, places: int, *, hand_over: bool) -> int:
        """Up to ``places`` of one lane; how many there were."""
        served = self._serve_late(lane, places)
        while served < places and lane.called < lane.issued:
            number = lane.number_at(lane.called + 1)
            if not hand_over and lane.draw is not None and number in lane.draw:
                break
            lane.called += 1
            ticket = lane.tickets[number]
            if ticket.stage is not Stage.WAITING:
                continue
            if self.is_present(ticket) and not self._is_summoned(ticket):
                self._grant(ticket, Event.CALL)
                served += 1
            else:
                ticket.on(Event.PASS_OVER)
        return served

    def _serve_late(self, lane: Lane, places: int) -> int:
        served = 0
        for ticket in lane.staged(Stage.LATE)[: 4 * places + 1] if places else []:
            if served == places:
                break
            if self.is_present(ticket):
                self._grant(ticket, Event.GRANT)
                if lane.turn_of(ticket.number) > lane.called:
                    ticket.summoned = max(ticket.summoned, self.open + self.rules.entry_ms)
                served += 1
            else:
                ticket.on(Event.FALL_SILENT)
                self._leave_off(lane, ticket)
        return served

    def _grant(self, ticket: Ticket, event: Event) -> None:
        ticket.on(event)
        ticket.until = self.open + self.rules.entry_ms

    def _enter(self, ticket: Ticket) -> None:
        ticket.summoned = 0.0
        self.entered += 1
        ticket.on(Event.ENTER)
        ticket.until = self.clock + min(PROVISIONAL_MS, self.rules.session_ms)
