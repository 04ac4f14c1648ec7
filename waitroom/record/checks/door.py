"""Was the door shut while it had to be?"""

from __future__ import annotations

from waitroom.line.plan import StepKind
from waitroom.line.rules import Mode
from waitroom.record.checks.check import Now, Verdicts
from waitroom.record.entries import Entry
from waitroom.record.findings import Figures, Promise
from waitroom.record.standing import Standing

CLOCKS_AGREE_MS = 60_000
"""By so much may Redis's clock be off without an entry of its own (``CLOCKS_AGREE`` in ``scripts/lib/state.lua``)."""


class Door:
    """Nobody is let in while the room is paused or closed, or before the opening, which comes when it was said to."""

    def __init__(self, figures: Figures) -> None:
        self._figures = figures
        self._is_shut = False
        self._opens_at = 0
        self._planned: dict[str, int] = {}
        self._is_astray = False

    def feed(self, entry: Entry, now: Now) -> Verdicts:
        """Follows the door."""
        match entry.kind:
            case "called":
                yield from self._call(entry, now)
            case "passed":
                if now.rules is not None and now.rules.mode is not Mode.PASS:
                    yield (
                        Promise.DOOR,
                        f"{entry.number('count')} were let through in mode {now.rules.mode}",
                    )
            case "begun" | "moved" | "restored":
                self._opens_at = entry.number("opens_at")
                self._is_shut = self._opens_at > 0
            case "planned":
                self._planned = {
                    step.event: step.at_ms for step in entry.planned() if step.kind is StepKind.OPEN
                }
            case "opened":
                yield from self._open(entry, now)
            case "clock_astray" | "clock_agrees":
                self._is_astray = entry.kind == "clock_astray"

    def _call(self, entry: Entry, now: Now) -> Verdicts:
        granted = entry.number("granted")
        if granted and now.rules is not None and now.rules.mode not in (Mode.AUTO, Mode.QUEUE):
            yield Promise.DOOR, f"{granted} were let in while the room was in mode {now.rules.mode}"
        if granted and self._is_shut:
            yield Promise.DOOR, f"{granted} were let in before the opening"

    def _open(self, entry: Entry, now: Now) -> Verdicts:
        self._figures.openings += 1
        if not self._is_shut and now.is_whole:
            yield Promise.DOOR, "the door opened, and no event had shut it"
        early = self._planned.get(entry.fields["event"], self._opens_at) - entry.at_ms
        if self._is_shut and early > CLOCKS_AGREE_MS and not self._is_astray:
            yield Promise.DOOR, f"the door opened {early // 1000} seconds before the time that was set"
        self._is_shut = False

    def finish(self, standing: Standing) -> Verdicts:
        """Nothing is left to say."""
        yield from ()
