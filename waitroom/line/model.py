"""The rules of the line, pure: no Redis, no clock, no randomness. The scripts in Redis follow this file.

A room gives out numbers. ``called`` is how far the line has been called; it only grows. Whoever is present when
called is *granted* a place, which spends one unit of the budget, and enters with the next request. Whoever is
absent is passed over for nothing, and may come back within ``keep``: into the short line of the *late*, which is
served before ``called`` moves on, and in which nobody's turn runs out.

1. FIFO to the ticket. Among those present, the lower number is granted first: the late ones (all of whom were
   called) stand before the line, both in the order of their numbers.
2. A present visitor never waits behind an absent one, and an absent one spends nothing.
3. A ticket opens the door once. Shown again while its visit lasts it yields the same visit, after that nothing.
4. The budget is one bucket (Turner's token bucket): ``rate`` fills it, ``burst`` bounds it while nobody stands
   in line, each grant takes one. ``capacity`` bounds visits plus grants at every grant, and throws nobody out.
5. Two clocks. The room clock dates visits and presence. The open clock dates turns, and stands still while the
   door is shut, so that no turn lapses behind it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from math import floor

from waitroom.line.rules import Mode, Rules
from waitroom.line.ticket import Event, Outcome, Stage, Ticket

PROVISIONAL_MS = 30_000
"""A new visit counts this long before its pass is first returned."""
SLOTS = 4
"""Presence slots kept; each is a third of the presence window long."""
FLOOR_STEPS = 64
"""``keep`` is measured in this many steps: that many marks tell how far ``called`` was when."""


@dataclass(slots=True)
class Line:
    """One lane of one room. Times are room clock milliseconds, handed in by :meth:`pass_time`."""

    rules: Rules
    clock: int = 0
    tickets: dict[int, Ticket] = field(default_factory=dict)
    issued: int = 0
    called: int = 0
    floor: int = 0
    tokens: float = 0.0
    admitted: int = 0
    no_shows: int = 0
    open: int = 0
    slot: int = 0
    slot_since: float = 0.0
    marks: list[tuple[int, int]] = field(default_factory=list)
    """Open clock and ``called`` then, oldest first."""
    marked: tuple[int, int] = (0, 0)

    def __post_init__(self) -> None:
        """A new room has saved up its burst."""
        self.slot_since = self.open = self.clock
        self.tokens = self.most_tokens

    @property
    def most_tokens(self) -> float:
        """What the bucket holds: an idle room's ``burst``; a queue that holds everyone saves nothing; at a rate of
        0 there is nothing to hold."""
        if self.rules.rate <= 0:
            return 0.0
        if self.rules.mode is not Mode.AUTO:
            return 1.0
        return max(1.0, self.rules.rate * self.rules.burst_ms / 60_000)

    @property
    def admits(self) -> bool:
        """Whether the line moves at all."""
        return self.rules.mode in (Mode.AUTO, Mode.QUEUE)

    def staged(self, stage: Stage) -> list[Ticket]:
        """The tickets in a stage, by number."""
        return [
            self.tickets[number] for number in sorted(self.tickets) if self.tickets[number].stage is stage
        ]

    def is_present(self, ticket: Ticket) -> bool:
        """Seen in one of the slots that are kept."""
        return self.slot - ticket.seen < SLOTS

    def pass_time(self, clock: int) -> None:
        """Time passes up to ``clock``: the budget fills, and what has lapsed lapses."""
        step, self.clock = clock - self.clock, clock
        stood = self.called < self.issued or bool(self.staged(Stage.LATE))
        if self.rules.mode not in (Mode.PAUSE, Mode.CLOSED):
            self.open += step
        if self.admits:
            self.tokens += self.rules.rate * step / 60_000
            if not stood:
                self.tokens = min(self.tokens, self.most_tokens)
        width = self.rules.presence_ms / 3
        while self.clock - self.slot_since >= width:
            self.slot += 1
            self.slot_since += width
        for ticket in self.staged(Stage.INSIDE):
            if ticket.until <= self.clock:
                ticket.on(Event.END)
        for ticket in self.staged(Stage.GRANTED):
            if ticket.until <= self.open:
                ticket.on(Event.LAPSE)
                self.no_shows += 1
        self._move_floor()

    def join(self, count: int) -> tuple[int, int]:
        """The first of ``count`` new numbers, and how many of them enter at once."""
        first = self.issued + 1
        self.issued += count
        for number in range(first, self.issued + 1):
            self.tickets[number] = Ticket(number, self.slot)
        entering = 0
        if self.rules.mode is Mode.PASS:
            entering = count
            if self.called == first - 1:
                self.called = self.issued
        elif self.rules.mode is Mode.AUTO:
            self.advance()
            entering = max(self.called - first + 1, 0)
        for number in range(first, first + entering):
            self._enter(self.tickets[number])
        return first, entering

    def advance(self) -> None:
        """Spends the budget on those present: the late ones first, then the line."""
        places = self._spendable()
        served = self._serve_late(places)
        while served < places and self.called < self.issued:
            self.called += 1
            ticket = self.tickets[self.called]
            if ticket.stage is not Stage.WAITING:
                continue
            if self.is_present(ticket):
                self._grant(ticket, Event.CALL)
                served += 1
            else:
                ticket.on(Event.PASS_OVER)
        self.tokens = min(self.tokens - served, self.most_tokens)
        self.admitted += served

    def claim(self, number: int) -> Outcome:
        """Shows a ticket at the door."""
        ticket = self.tickets.get(number)
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
        if ticket.stage is Stage.PASSED and number <= self.floor:
            ticket.on(Event.OUTLIVE)
        if ticket.stage is Stage.MISSED:
            return Outcome.MISSED
        if ticket.stage is Stage.PASSED:
            ticket.on(Event.SHOW)
        self.advance()
        if ticket.stage is Stage.GRANTED:
            self._enter(ticket)
            return Outcome.ADMITTED
        return Outcome.WAITING if ticket.stage is Stage.WAITING else Outcome.CALLED

    def see(self, number: int) -> None:
        """The holder of ``number`` was seen."""
        self.tickets[number].seen = self.slot

    def leave(self, number: int) -> Outcome:
        """Gives a place up."""
        ticket = self.tickets.get(number)
        if ticket is None:
            return Outcome.UNKNOWN
        if ticket.stage in (Stage.INSIDE, Stage.SPENT):
            return Outcome.SPENT
        ticket.on(Event.LEAVE)
        return Outcome.LEFT

    def renew(self, number: int) -> None:
        """The visitor inside was active just now."""
        ticket = self.tickets[number]
        if ticket.stage is Stage.INSIDE:
            ticket.until = max(ticket.until, self.clock + self.rules.session_ms)

    def finish(self, number: int) -> None:
        """The shop ends a visit."""
        if self.tickets[number].stage is Stage.INSIDE:
            self.tickets[number].on(Event.END)

    def configure(self, rules: Rules) -> None:
        """Changes the rules. Nobody inside is thrown out."""
        if rules == self.rules:
            return
        self.rules = rules
        self.tokens = min(self.tokens, self.most_tokens)

    def _spendable(self) -> int:
        if not self.admits:
            return 0
        places = floor(self.tokens + 1e-6)
        if self.rules.capacity:
            taken = len(self.staged(Stage.INSIDE)) + len(self.staged(Stage.GRANTED))
            places = min(places, self.rules.capacity - taken)
        return max(places, 0)

    def _serve_late(self, places: int) -> int:
        served = 0
        for ticket in self.staged(Stage.LATE)[: 4 * places + 1] if places else []:
            if served == places:
                break
            if self.is_present(ticket):
                self._grant(ticket, Event.GRANT)
                served += 1
            else:
                ticket.on(Event.FALL_SILENT)
        return served

    def _grant(self, ticket: Ticket, event: Event) -> None:
        ticket.on(event)
        ticket.until = self.open + self.rules.entry_ms

    def _enter(self, ticket: Ticket) -> None:
        ticket.on(Event.ENTER)
        ticket.until = self.clock + min(PROVISIONAL_MS, self.rules.session_ms)

    def _move_floor(self) -> None:
        at, called = self.marked
        if self.called != called and self.open - at >= self.rules.keep_ms / FLOOR_STEPS:
            self.marked = (self.open, self.called)
            self.marks.append(self.marked)
        for at, called in self.marks[:8]:
            if at + self.rules.keep_ms > self.open:
                break
            self.floor = max(self.floor, called)
            self.marks.pop(0)
