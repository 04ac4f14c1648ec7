"""Time, budget and calling in the pure model of the line: :mod:`waitroom.line.model`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from math import floor

from waitroom.line.memory import GENERAL
from waitroom.line.model_lane import Lane
from waitroom.line.rules import Mode, Rules
from waitroom.line.ticket import Event, Stage, Ticket
from waitroom.line.turns import Turns

SPARED_MS = 2000
"""What accrues in this time is kept for those who were drawn, until their order is handed over."""
SLOTS = 4
"""Presence slots kept; each is a third of the presence window long."""


@dataclass(slots=True)
class Calling:
    """All lanes of one room, and how those who stand in them are called. Times are room clock milliseconds, handed in
    by :meth:`pass_time`."""

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
        return self.rules.mode in (Mode.AUTO, Mode.QUEUE) and not self.rules.is_halted and self.is_opened

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
        if self.rules.mode is not Mode.CLOSED and not self.rules.is_halted and self.is_opened:
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

    def _is_summoned(self, ticket: Ticket) -> bool:
        return ticket.summoned > self.open

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
