"""The audit: replays the record of a room, and proves or disproves that its promises were kept. Pure.

What it checks, entry by entry:

- **order**: each lane was called in one unbroken row; no turn twice, none left out. Whoever was passed over was
  absent, and comes back among the late.
- **rate**: no more were let in than the rate, what a room saves up, and the places that nobody took come to.
- **capacity**: nobody was let in while more were inside than there is room for.
- **door**: nobody was let in while the door was shut: paused, closed, or before the opening.
- **draw**: the seed is the one that was committed to before anybody had joined, and the whole row was drawn.
- **record**: every change says who made it; the entries hang together; nobody is inside who is not explained.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum

from waitroom.line.draw import commitment
from waitroom.line.rules import Mode, Rules
from waitroom.record.bucket import Bucket
from waitroom.record.entries import Entry


class Promise(StrEnum):
    """What a finding is about."""

    ORDER = "order"
    RATE = "rate"
    CAPACITY = "capacity"
    DOOR = "door"
    DRAW = "draw"
    RECORD = "record"


@dataclass(frozen=True, slots=True)
class Finding:
    """A promise that was not kept, when, and what the record says of it."""

    promise: Promise
    entry: str
    """The id of the entry in the record."""
    at: str
    text: str


@dataclass(slots=True)
class Figures:
    """What the record comes to."""

    entries: int = 0
    is_whole: bool = False
    """Whether the record goes back to the beginning of the room."""
    admitted: int = 0
    late: int = 0
    """Of those: absent when called, and let in when they came back."""
    passed: int = 0
    """Let through while the room let everyone through."""
    wasted_turns: int = 0
    overtakes: int = 0
    """Turns that were called out of their order."""
    changes: int = 0
    openings: int = 0
    drawn: int = 0
    lanes: dict[str, int] = field(default_factory=dict)
    """Admissions by lane."""


class Audit:
    """One room's audit. Feed it the record, oldest entry first, then :meth:`finish` it."""

    def __init__(self) -> None:
        self.findings: list[Finding] = []
        self.figures = Figures()
        self._rules: Rules | None = None
        self._settings: dict[bytes, bytes] = {}
        self._called: dict[str, int | None] = {}
        self._epoch = 0
        self._bucket = Bucket()
        self._shut_until_opening = False
        self._has_passed = False
        self._committed: dict[str, str] = {}
        self._drawn: list[Entry] = []

    def replay(self, entries: Iterable[Entry]) -> None:
        """Goes through entries in their order."""
        for entry in entries:
            self.feed(entry)

    def feed(self, entry: Entry) -> None:
        """Goes through one entry."""
        figures = self.figures
        if not figures.entries:
            figures.is_whole = entry.kind == "began"
        figures.entries += 1
        if entry.epoch != self._epoch:
            self._begin_life(entry)
        if self._rules is not None:
            self._bucket.pass_time(entry.clock, self._rules)
        act = {
            "changed": self._change,
            "called": self._call,
            "passed": self._pass,
            "begun": self._begin_event,
            "moved": self._move_opening,
            "opened": self._open,
            "drawn": self._draw,
            "revealed": self._reveal,
            "restored": self._restore,
            "redis_restarted": self._lose_sight,
        }.get(entry.kind)
        if act is not None:
            act(entry)

    def finish(self, *, admitted: int | None = None) -> None:
        """The record is at its end. ``admitted`` is the room's own count of all its admissions."""
        for entry in self._drawn:
            self._find(Promise.DRAW, entry, f"the seed of {entry.fields.get('event')!r} was never published")
        if admitted is not None and self.figures.is_whole and admitted != self.figures.admitted:
            self.findings.append(
                Finding(
                    Promise.RECORD,
                    "",
                    "",
                    f"the room counts {admitted} admissions, the record explains {self.figures.admitted}",
                )
            )

    def _begin_life(self, entry: Entry) -> None:
        is_first = self._epoch == 0
        if not is_first and entry.kind not in ("reset", "begun", "restored", "began"):
            self._find(Promise.RECORD, entry, f"another life of the line begins with {entry.kind!r}")
        self._epoch = entry.epoch
        self._called = {}
        if is_first and entry.kind != "began":
            # the record was cut off: how far each lane had been called is not known
            self._bucket.forget()

    def _change(self, entry: Entry) -> None:
        self.figures.changes += 1
        if not entry.fields.get("who"):
            self._find(Promise.RECORD, entry, "settings changed, and nobody did it")
        changes = entry.changes()
        self._settings |= {name.encode(): value.encode() for name, value in changes.items()}
        if self._rules is None and not self.figures.is_whole:
            # what was set before the record begins is not known
            return
        self._has_passed |= self._rules is not None and self._rules.mode is Mode.PASS
        self._rules = Rules.from_redis(self._settings)

    def _call(self, entry: Entry) -> None:
        figures, lane = self.figures, entry.fields["lane"]
        before, after = entry.number("from"), entry.number("to")
        granted, late = entry.number("granted"), entry.number("late")
        figures.admitted += granted
        figures.late += late
        figures.lanes[lane] = figures.lanes.get(lane, 0) + granted
        expected = self._called.get(lane, 0 if figures.is_whole else before)
        if expected is not None and before != expected:
            figures.overtakes += abs(before - expected)
            self._find(
                Promise.ORDER, entry, f"{lane} was called from {before}, where {expected} had been called"
            )
        if after < before or granted - late > after - before or late > granted:
            self._find(
                Promise.ORDER,
                entry,
                f"{granted} of {lane} were let in, {late} of them late, from {before} to {after}",
            )
        self._called[lane] = after
        figures.wasted_turns = entry.number("no_shows")
        if self._rules is not None:
            self._check(entry, self._rules, granted)

    def _check(self, entry: Entry, rules: Rules, granted: int) -> None:
        if rules.mode in (Mode.PAUSE, Mode.CLOSED):
            self._find(Promise.DOOR, entry, f"{granted} were let in while the room was in mode {rules.mode}")
        if self._shut_until_opening:
            self._find(Promise.DOOR, entry, f"{granted} were let in before the opening")
        inside = entry.number("inside")
        if 0 < rules.places < inside:
            self._find(
                Promise.CAPACITY,
                entry,
                f"{granted} were let in to {inside} inside, with room for {rules.places}",
            )
        too_many = self._bucket.spend(granted, entry.number("no_shows"))
        if too_many:
            self._find(
                Promise.RATE,
                entry,
                f"{granted} were let in, {too_many:.0f} more than {rules.admission_rate:g} a minute allow",
            )

    def _pass(self, entry: Entry) -> None:
        self.figures.passed += entry.number("count")
        self._called[entry.fields["lane"]] = entry.number("to")
        if self._rules is not None and self._rules.mode is not Mode.PASS and not self._has_passed:
            self._find(
                Promise.DOOR, entry, f"{entry.number('count')} were let through in mode {self._rules.mode}"
            )
        self._has_passed = False

    def _begin_event(self, entry: Entry) -> None:
        self._shut_until_opening = True
        self._committed[entry.fields["event"]] = entry.fields.get("commitment", "")

    def _move_opening(self, entry: Entry) -> None:
        self._shut_until_opening = entry.number("opens_at") > 0

    def _open(self, _entry: Entry) -> None:
        self.figures.openings += 1
        self._shut_until_opening = False

    def _draw(self, entry: Entry) -> None:
        figures, lane = self.figures, entry.fields["lane"]
        first, count = entry.number("first"), entry.number("count")
        figures.drawn += count
        if (called := self._called.get(lane, 0 if figures.is_whole else None)) not in (None, first - 1):
            self._find(
                Promise.DRAW, entry, f"{lane} was drawn from {first} on, where {called} had been called"
            )
        event = entry.fields["event"]
        if self._committed.get(event, entry.fields["commitment"]) != entry.fields["commitment"]:
            self._find(
                Promise.DRAW, entry, f"{event!r} was drawn under another commitment than it began with"
            )
        self._drawn.append(entry)

    def _reveal(self, entry: Entry) -> None:
        event, seed = entry.fields["event"], bytes.fromhex(entry.fields["seed"])
        drawn = [of for of in self._drawn if of.fields["event"] == event]
        if any(of.fields["commitment"] != commitment(seed) for of in drawn):
            self._find(Promise.DRAW, entry, f"the seed of {event!r} is not the one that was committed to")
        self._drawn = [of for of in self._drawn if of not in drawn]

    def _restore(self, entry: Entry) -> None:
        # a place that Redis forgot came back: how far the lane has been called is what the entry says
        self._called[entry.fields["lane"]] = entry.number("called")
        self._bucket.forget()

    def _lose_sight(self, entry: Entry) -> None:
        # what had happened in the last second may be missing from the record
        lane = entry.fields.get("lane")
        if lane is not None:
            self._called[lane] = None
        self._bucket.forget()

    def _find(self, promise: Promise, entry: Entry, text: str) -> None:
        at = datetime.fromtimestamp(entry.at_ms / 1000, UTC).isoformat(timespec="milliseconds")
        self.findings.append(Finding(promise, entry.id, at, text))
