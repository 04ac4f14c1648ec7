"""Was the draw right, and was its order kept?"""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha1

from waitroom.line.draw import Draw, commitment, draw_key
from waitroom.record.checks.check import Now, Verdicts
from waitroom.record.checks.order import Order
from waitroom.record.entries import Entry
from waitroom.record.findings import Figures, Promise
from waitroom.record.standing import Standing

REVEALED_WITHIN_MS = 60_000
"""The first gateway that sees the opening publishes the seed."""


@dataclass(slots=True)
class _Held:
    """The draw of one lane."""

    entry: Entry
    draw: Draw | None = None


class Draws:
    """The seed is the one that was committed to before anybody came, the whole row was drawn, and it was called in
    the order that follows from them."""

    def __init__(self, figures: Figures, room: str, order: Order) -> None:
        self._figures = figures
        self._room = room
        self._order = order
        self._committed: dict[str, str] = {}
        self._revealed: dict[str, str] = {}
        self._held: dict[str, _Held] = {}
        self._unrevealed: dict[str, Entry] = {}
        self._is_known = True
        self._is_used = False

    def feed(self, entry: Entry, now: Now) -> Verdicts:
        """Follows the draws of the room."""
        if now.is_new_life:
            self._held, self._is_used, self._is_known = {}, False, True
        match entry.kind:
            case "begun":
                yield from self._begin(entry)
            case "drawn":
                yield from self._draw(entry, now)
            case "revealed":
                yield from self._reveal(entry)
            case "restored":
                # a draw comes back with its line, and the record does not say which
                self._is_known = False
            case "called":
                yield from self._call(entry, now)
            case "passed":
                self._is_used = True

    def _begin(self, entry: Entry) -> Verdicts:
        event, committed = entry.fields["event"], entry.fields.get("commitment", "")
        self._committed[event] = committed
        if committed and self._is_used:
            yield Promise.DRAW, f"{event!r} was committed to when people had entered its line already"
        if any(commitment(bytes.fromhex(seed)) == committed for seed in self._revealed.values()):
            yield Promise.DRAW, f"the seed of {event!r} was public before it began"

    def _draw(self, entry: Entry, now: Now) -> Verdicts:
        fields = entry.fields
        event, lane = fields["event"], fields["lane"]
        first, count = entry.number("first"), entry.number("count")
        self._figures.drawn += count
        called = self._order.called_of(lane)
        if called not in (None, first - 1) or count < 1:
            yield (
                Promise.DRAW,
                f"{count} of {lane} were drawn from {first} on, where {called} had been called",
            )
        committed = self._committed.get(event)
        if committed is None and now.is_whole and self._is_known:
            yield Promise.DRAW, f"{event!r} was drawn, and had never begun"
        if committed not in (None, fields["commitment"]):
            yield Promise.DRAW, f"{event!r} was drawn under another commitment than it began with"
        if lane in self._held:
            yield Promise.DRAW, f"{lane} was drawn twice"
        if any(held.entry.fields["digest"] != fields["digest"] for held in self._held.values()):
            yield Promise.DRAW, f"the digest of {lane} is another than that of the other lanes"
        self._held[lane] = _Held(entry)
        self._unrevealed.setdefault(event, entry)

    def _reveal(self, entry: Entry) -> Verdicts:
        event, seed = entry.fields["event"], bytes.fromhex(entry.fields["seed"])
        if self._revealed.get(event, seed.hex()) != seed.hex():
            yield Promise.DRAW, f"two seeds of {event!r} were published"
        self._revealed[event] = seed.hex()
        self._unrevealed.pop(event, None)
        held = [(lane, of) for lane, of in self._held.items() if of.entry.fields["event"] == event]
        committed = {of.entry.fields["commitment"] for _, of in held} or {
            self._committed.get(event, commitment(seed))
        }
        if committed - {commitment(seed)} or entry.fields.get("as_committed") != "1":
            yield Promise.DRAW, f"the seed of {event!r} is not the one that was committed to"
        for lane, of in held:
            first, count = of.entry.number("first"), of.entry.number("count")
            digest = of.entry.fields["digest"]
            key = draw_key(seed, digest, room=self._room, event=event, lane=lane, first=first, count=count)
            of.draw = Draw(key, first, count)

    def _call(self, entry: Entry, now: Now) -> Verdicts:
        self._is_used = True
        lane, told = entry.fields["lane"], entry.fields.get("drawn", "")
        held = self._held.get(lane)
        if held is None:
            if told and now.is_whole and self._is_known:
                yield Promise.DRAW, f"{lane} was called in a drawn order, and nobody had been drawn"
            return
        first, count = held.entry.number("first"), held.entry.number("count")
        turns = range(max(entry.number("from") + 1, first), min(entry.number("to") + 1, first + count))
        if not turns:
            return
        if held.draw is None:
            yield Promise.DRAW, f"{lane} was called before the seed of its draw was published"
            return
        numbers = " ".join(str(held.draw.number_at(turn)) for turn in turns)
        if sha1(numbers.encode(), usedforsecurity=False).hexdigest() != told:
            yield (
                Promise.DRAW,
                f"{lane} was called in another order than was drawn, by turns {turns[0]} to {turns[-1]}",
            )

    def finish(self, standing: Standing) -> Verdicts:
        """Each draw that was held was published."""
        for event, drawn in self._unrevealed.items():
            if standing.at_ms - drawn.at_ms > REVEALED_WITHIN_MS:
                yield Promise.DRAW, f"the seed of {event!r} was never published"
