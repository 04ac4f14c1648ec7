"""Does the record say of every change who made it, and do the changes fit each other?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields

from waitroom.errors import UnreadableRulesError
from waitroom.line.plan import Step, StepKind
from waitroom.line.rules import KEPT_BY_SCRIPTS, Rules
from waitroom.record.checks.check import Now, Verdicts
from waitroom.record.entries import DESK_KINDS, Entry
from waitroom.record.findings import Figures, Promise
from waitroom.record.standing import Standing

_BY_SOMEBODY = frozenset({"changed", "planned", "reset", *DESK_KINDS})
_OF_RULES = (
    frozenset(field.name for field in fields(Rules)) - KEPT_BY_SCRIPTS - {"message", "translations", "notice"}
)
"""The settings that decide who enters. What is said to those who wait is a text of any form, and decides nothing."""


class Settings:
    """Every change says who made it and begins where the last one ended; the schedule does what was planned."""

    def __init__(self, figures: Figures, known: Mapping[str, str] | None) -> None:
        self._figures = figures
        self.values = dict(known or {})
        self._is_known = known is not None
        self._plan: list[Step] | None = None

    def feed(self, entry: Entry, now: Now) -> Verdicts:
        """Follows each setting."""
        has_author = entry.kind in _BY_SOMEBODY or "who" in entry.fields
        if has_author and not entry.fields.get("who", "").strip():
            yield Promise.RECORD, f"the record does not say who it was ({entry.kind})"
        if entry.kind in DESK_KINDS and not entry.fields.get("why", "").strip():
            yield Promise.RECORD, f"the record does not say why ({entry.kind})"
        match entry.kind:
            case "changed":
                yield from self._change(entry, now)
            case "planned":
                self._plan = entry.planned()
            case "reset":
                self._figures.resets += 1
            case "begun" | "opened":
                kind = StepKind.BEGIN if entry.kind == "begun" else StepKind.OPEN
                yield from self._do_as_planned(entry, now, kind)

    def _change(self, entry: Entry, now: Now) -> Verdicts:
        self._figures.changes += 1
        changes = {name: change for name, change in entry.changes().items() if name in _OF_RULES}
        for name, change in changes.items():
            known = self.values.get(name, "" if now.is_whole or self._is_known else change.before)
            if known != change.before:
                yield (
                    Promise.RECORD,
                    f"{name} became {change.after!r} from {change.before!r}, where it had been {known!r}",
                )
            self.values[name] = change.after
        if entry.fields.get("who") == "schedule" and self._knows_plan(now):
            after = {name: change.after for name, change in changes.items()}
            event = entry.fields.get("why", "")
            if after and not any(
                step.event == event and after.items() <= step.changes.items() for step in self._plan or ()
            ):
                yield Promise.RECORD, f"the schedule changed {', '.join(after)}, which nobody had planned"

    def _do_as_planned(self, entry: Entry, now: Now, kind: StepKind) -> Verdicts:
        event = entry.fields["event"]
        steps = [step for step in self._plan or () if (step.kind, step.event) == (kind, event)]
        if not steps and self._knows_plan(now):
            yield Promise.RECORD, f"{event!r} has {entry.kind}, which nobody had planned"
        committed = entry.fields.get("commitment")
        if steps and committed is not None and all(step.commitment != committed for step in steps):
            yield Promise.DRAW, f"{event!r} began with another commitment than was planned"

    def _knows_plan(self, now: Now) -> bool:
        return self._plan is not None or now.is_whole

    def rules(self) -> Rules | None:
        """The rules that the settings make; None where they are not known. Raises ``ValueError`` for what none can
        be made of."""
        if "rate" not in self.values:
            return None
        text = {name: value for name, value in self.values.items() if name in _OF_RULES}
        try:
            return Rules.from_redis({name.encode(): value.encode() for name, value in text.items()})
        except UnreadableRulesError as error:
            raise ValueError(str(error)) from None

    def finish(self, standing: Standing) -> Verdicts:
        """The room's settings are those that the record leaves."""
        for name in sorted(_OF_RULES & standing.settings.keys()):
            is_known = self._figures.is_whole or self._is_known
            known = self.values.get(name, "" if is_known else standing.settings[name])
            if known != standing.settings[name]:
                yield (
                    Promise.RECORD,
                    f"{name} is {standing.settings[name]!r}, and the record leaves it at {known!r}",
                )
