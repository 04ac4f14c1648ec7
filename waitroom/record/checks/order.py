"""Was each lane called in one unbroken row?"""

from __future__ import annotations

from math import inf

from waitroom.record.checks.check import Now, Verdicts
from waitroom.record.entries import Entry
from waitroom.record.findings import Figures, Promise
from waitroom.record.standing import Standing


class Order:
    """No turn is called twice, and none is left out; who comes late had been passed over before, or was called by the
    support desk."""

    def __init__(self, figures: Figures) -> None:
        self._figures = figures
        self.called: dict[str, int] = {}
        """How far each lane was called."""
        self._issued: dict[str, int] = {}
        self._is_known = True
        self._may_be_late: float = 0
        self._forward: dict[str, list[int]] = {}
        self._numbers: dict[str, set[int]] = {}
        self._no_shows = 0
        self._given_back = 0
        self._given_up = 0
        self._undone = 0
        self._epoch = 0
        self._has_ended = False

    def called_of(self, lane: str) -> int | None:
        """How far a lane was called; None: the record does not tell."""
        return self.called.get(lane, 0 if self._is_known else None)

    def feed(self, entry: Entry, now: Now) -> Verdicts:
        """Follows each lane."""
        if self._epoch == 0:
            self._is_known = now.is_whole
            self._may_be_late = 0 if now.is_whole else inf
        elif now.is_new_life:
            self.called, self._issued = {}, {}
            self._is_known, self._may_be_late = True, 0
            self._forward, self._numbers = {}, {}
            self._given_up = self._undone = 0
        self._epoch = entry.epoch
        self._has_ended = entry.kind == "reset"
        match entry.kind:
            case "called":
                yield from self._call(entry)
            case "passed":
                yield from self._pass(entry)
            case "reset":
                yield from self._reset(entry)
            case "brought_forward":
                yield from self._bring_forward(entry)
            case "reinstated":
                yield from self._reinstate(entry)
            case "rested":
                # whose place had been granted comes late, and no turn was passed over for it
                was_granted = entry.fields["was"] == "granted"
                self._may_be_late += was_granted
                self._given_up -= was_granted
            case "let_in_alone":
                # by a gateway's own count, and named
                numbers = self._numbers.setdefault(entry.fields["lane"], set())
                numbers.update(map(int, entry.fields["numbers"].split()))
            case "undone":
                yield from self._undo(entry)
            case "restored":
                # how far the lane has been called is what the gateways remembered
                self._figures.restored += 1
                self.called[entry.fields["lane"]] = entry.number("called")
                self._issued[entry.fields["lane"]] = entry.number("issued")
                self._may_be_late = inf
                self._forward.pop(entry.fields["lane"], None)
            case "redis_restarted":
                self._figures.restarts += 1

    def _call(self, entry: Entry) -> Verdicts:
        figures, lane = self._figures, entry.fields["lane"]
        before, after = entry.number("from"), entry.number("to")
        granted, late = entry.number("granted"), entry.number("late")
        skipped = after - before - granted + late
        expected = self.called_of(lane)
        if expected is not None and before != expected:
            figures.overtakes += abs(before - expected)
            yield (
                Promise.ORDER,
                f"{lane} was called from turn {before} on, where {expected} had been called",
            )
        if after < before or skipped < 0 or not 0 <= late <= granted:
            yield (
                Promise.ORDER,
                f"{granted} of {lane} were let in, {late} of them late, by turns {before} to {after}",
            )
        issued = entry.number("issued")
        if not self._issued.get(lane, 0) <= issued or issued < after:
            yield (
                Promise.ORDER,
                f"{lane} was called up to {after}, with {issued} numbers given out"
                f" ({self._issued.get(lane, 0)} before)",
            )
        lapsed, self._no_shows = entry.number("no_shows") - self._no_shows, entry.number("no_shows")
        # who gave up a granted place and has it back comes late, and no turn was passed over for it; the others' were
        given_back, self._given_back = (
            entry.number("given_back") - self._given_back,
            entry.number("given_back"),
        )
        self._given_up += given_back
        explained = max(min(self._undone, self._given_up), 0)
        self._undone, self._given_up = self._undone - explained, self._given_up - explained
        self._may_be_late += explained
        # a turn that the desk has called before is passed over when the line comes to it
        passed = [turn for turn in self._forward.get(lane, ()) if turn <= after]
        self._may_be_late += max(skipped, 0) + max(lapsed, 0) - late - len(passed)
        if passed:
            self._forward[lane] = [turn for turn in self._forward[lane] if turn > after]
        if self._may_be_late < 0:
            yield Promise.ORDER, f"{-self._may_be_late:.0f} came late to {lane} who had not been passed over"
            self._may_be_late = 0
        self.called[lane], self._issued[lane] = after, issued
        figures.admitted += granted
        figures.late += late
        figures.skipped += max(skipped, 0)
        figures.lanes[lane] = figures.lanes.get(lane, 0) + granted

    def _pass(self, entry: Entry) -> Verdicts:
        lane, count, after = entry.fields["lane"], entry.number("count"), entry.number("to")
        before = self.called_of(lane)
        if before is not None and not before <= after <= before + count:
            yield Promise.ORDER, f"{count} of {lane} were let through, and {before} called became {after}"
        self.called[lane] = after
        self._figures.passed += count

    def _bring_forward(self, entry: Entry) -> Verdicts:
        lane, turn = entry.fields["lane"], entry.number("turn")
        called = self.called_of(lane)
        if called is not None and (called != entry.number("called") or turn <= called):
            yield (
                Promise.ORDER,
                f"turn {turn} of {lane} was brought forward, where {called} had been called",
            )
        self._count_desk(entry)
        self._figures.brought_forward += 1
        self._may_be_late += 1
        self._forward.setdefault(lane, []).append(turn)
        self._numbers.setdefault(lane, set()).add(entry.number("number"))

    def _reinstate(self, entry: Entry) -> Verdicts:
        lane, turn, is_called = entry.fields["lane"], entry.number("turn"), entry.fields["is"] == "called"
        called = self.called_of(lane)
        was_called = called is None or turn <= called
        if was_called != is_called and called is not None and turn not in self._forward.get(lane, ()):
            yield (
                Promise.ORDER,
                f"turn {turn} of {lane} was given back as {entry.fields['is']}, where {called} had been called",
            )
        if not is_called and turn in self._forward.get(lane, ()):
            self._forward[lane].remove(turn)
        self._count_desk(entry)
        self._figures.reinstated += 1
        self._may_be_late += is_called

    def _undo(self, entry: Entry) -> Verdicts:
        """Who gave a place up, and has it back after its turn was called, comes late; whom the desk had called, and
        nobody since, is called in their own turn."""
        lane, turn = entry.fields["lane"], entry.number("turn")
        called, forward = self.called_of(lane), self._forward.get(lane, [])
        if called is None or turn <= called:
            self._undone += 1
        elif turn in forward:
            forward.remove(turn)
        elif self._may_be_late < inf and entry.number("number") not in self._numbers.get(lane, ()):
            yield Promise.ORDER, f"turn {turn} of {lane} comes late, where {called} had been called"

    def _count_desk(self, entry: Entry) -> None:
        desk, who = self._figures.desk, entry.fields.get("who", "")
        desk[who] = desk.get(who, 0) + 1

    def _reset(self, entry: Entry) -> Verdicts:
        lane = entry.fields["lane"]
        before = self.called_of(lane)
        if before is not None and before != entry.number("called"):
            yield (
                Promise.ORDER,
                f"{lane} ended at turn {entry.number('called')}, where {before} had been called",
            )

    def finish(self, standing: Standing) -> Verdicts:
        """The lanes stand where the record leaves them."""
        figures = self._figures
        if figures.is_whole and figures.admitted != standing.admitted:
            yield (
                Promise.RECORD,
                f"the room counts {standing.admitted} admissions, the record explains {figures.admitted}",
            )
        if self._has_ended:
            return
        if standing.epoch != self._epoch:
            yield Promise.RECORD, f"the room is in epoch {standing.epoch}, the record ends in {self._epoch}"
            return
        for lane, called in standing.called.items():
            expected = self.called_of(lane)
            if expected not in (None, called):
                yield Promise.RECORD, f"{lane} is called up to {called}, the record explains {expected}"
        is_told = figures.is_whole and not figures.passed and not figures.restored
        for lane, numbers in standing.beyond.items() if is_told else ():
            expected, forward = self.called_of(lane), self._numbers.get(lane, set())
            beyond = [number for number in numbers if expected is not None and number > expected]
            if unexplained := [number for number in beyond if number not in forward]:
                yield (
                    Promise.RECORD,
                    f"ticket {unexplained[0]} of {lane} is inside, and only {expected} have been called",
                )
