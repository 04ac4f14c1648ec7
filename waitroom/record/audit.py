"""The audit: replays the record of a room, and proves or disproves that its promises were kept. Pure.

The checks stand in :mod:`waitroom.record.checks`; here they are led through the record, which is itself checked: each
entry is chained to the one before, their clocks do not run back, and a life of the line ends as one can end.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from waitroom.line.rules import Rules
from waitroom.record.checks import Check, Door, Draws, Limits, Now, Order, Settings, Verdicts
from waitroom.record.entries import LOG_LENGTH, Entry
from waitroom.record.findings import Figures, Finding, Promise
from waitroom.record.standing import Standing

KNOWN_KINDS = frozenset(
    {
        "began", "begun", "brought_forward", "called", "changed", "clock_agrees", "clock_astray", "codes_minted",
        "drawn", "forgotten", "let_in_alone", "moved", "opened", "passed", "planned", "redis_restarted",
        "reinstated", "reset",
        "restored", "rested", "revealed", "revoked", "shared", "undone",
    }
)  # fmt: skip
"""The kinds of entries that there are."""
_BEGIN_A_LIFE = frozenset({"began", "begun", "restored"})


class Audit:
    """One room's audit. Feed it the record, oldest entry first, then :meth:`finish` it.

    ``known`` is what is known of the settings where the record does not go back to the beginning of the room: see
    :class:`SettingsBefore`.
    """

    def __init__(self, room: str, known: Mapping[str, str] | None = None) -> None:
        self.room = room
        self.findings: list[Finding] = []
        self.figures = Figures()
        self._settings = Settings(self.figures, known)
        order = Order(self.figures)
        self._checks: tuple[Check, ...] = (
            self._settings,
            order,
            Limits(self.figures),
            Door(self.figures),
            Draws(self.figures, room, order),
        )
        self._rules: Rules | None = self._settings.rules()
        self._first: Entry | None = None
        self._last: Entry | None = None
        self._forgotten: Entry | None = None
        """The newest that tells that older ones were taken away."""

    def replay(self, entries: Iterable[tuple[str, Mapping[str, str]]]) -> None:
        """Goes through entries in their order: an id and its fields each."""
        for entry_id, fields in entries:
            self.feed(entry_id, fields)

    def feed(self, entry_id: str, fields: Mapping[str, str]) -> None:
        """Goes through one entry."""
        try:
            entry = Entry.parse(entry_id, fields)
        except (KeyError, ValueError):
            text = f"this is no entry of a room: {', '.join(f'{k}={v}' for k, v in fields.items())[:200]}"
            self.findings.append(Finding(Promise.RECORD, entry_id, "", text))
            return
        figures = self.figures
        if entry.kind == "forgotten":
            self._forgotten = entry
        if self._last is None:
            self._first = entry
            figures.is_whole, figures.since = entry.kind == "began", entry.at
        figures.entries += 1
        figures.until = entry.at
        figures.unknown += entry.kind not in KNOWN_KINDS
        now = Now(figures.is_whole, self._is_new_life(entry), self._rules, self._rules)
        self._find(entry, self._hang_together(entry))
        for check in self._checks:
            self._find(entry, check.feed(entry, now))
            if check is self._settings and entry.kind == "changed":
                self._find(entry, self._change(now))
        self._last = entry

    def finish(self, standing: Standing) -> None:
        """The record is at its end; ``standing`` is how the room stands there."""
        last = self._last
        if last is None and standing.last_id and not standing.since:
            text = "there is no record, and there has been one"
            self.findings.append(Finding(Promise.RECORD, "", "", text))
        if last is None:
            return
        if standing.chain != last.fields.get("chain"):
            self._find(last, iter([(Promise.RECORD, "the record does not end with what was written last")]))
        is_cut = not self.figures.is_whole and not standing.since and standing.length < LOG_LENGTH
        if is_cut and not self._is_told():
            text = f"its beginning is missing, and only {standing.length} entries are left"
            self._find(last, iter([(Promise.RECORD, text)]))
        for check in self._checks:
            self._find(last, check.finish(standing))

    def _is_told(self) -> bool:
        """Whether the record says that its beginning was taken away, and just that much of it."""
        first, forgotten = self._first, self._forgotten
        if first is None or forgotten is None:
            return False
        return first.chained_to(forgotten.fields["last"]) == first.fields.get("chain")

    def _is_new_life(self, entry: Entry) -> bool:
        return self._last is not None and entry.epoch != self._last.epoch

    def _hang_together(self, entry: Entry) -> Verdicts:
        last = self._last
        if entry.kind == "began" and last is not None:
            yield Promise.RECORD, "the room began anew, and its record did not"
        before = last.fields.get("chain", "") if last else ""
        is_link = last is not None or entry.kind == "began"
        if "chain" not in entry.fields or (is_link and entry.chained_to(before) != entry.fields["chain"]):
            yield (
                Promise.RECORD,
                "this entry does not follow the one before it: something was changed, put in or left out",
            )
        if last is None:
            return
        if entry.order <= last.order:
            yield Promise.RECORD, f"this entry is not newer than {last.id}, which stands before it"
        if entry.clock < last.clock:
            yield Promise.RECORD, f"the room's clock ran back by {last.clock - entry.clock} ms"
        if entry.epoch != last.epoch and last.kind != "reset" and entry.kind not in _BEGIN_A_LIFE:
            yield Promise.RECORD, f"another life of the line began with {entry.kind!r}"

    def _change(self, now: Now) -> Verdicts:
        try:
            now.rules = self._rules = self._settings.rules()
        except ValueError as error:
            yield Promise.RECORD, f"these settings cannot be read: {error}"

    def _find(self, entry: Entry, verdicts: Iterator[tuple[Promise, str]]) -> None:
        try:
            for promise, text in verdicts:
                self.findings.append(Finding(promise, entry.id, entry.at, text))
        except (KeyError, ValueError) as error:
            text = f"this entry ({entry.kind}) cannot be read: {error}"
            self.findings.append(Finding(Promise.RECORD, entry.id, entry.at, text))


class SettingsBefore:
    """The settings as they were before a record begins: those that changed since, as they were before that; the
    others as they are. Feed it the record."""

    def __init__(self) -> None:
        self._first: dict[str, str] = {}

    def feed(self, entry_id: str, fields: Mapping[str, str]) -> None:
        """Notes what an entry changed."""
        if fields.get("type") == "changed":
            for name, change in Entry(entry_id, "changed", 0, 0, fields).changes().items():
                self._first.setdefault(name, change.before)

    def of(self, standing: Standing) -> dict[str, str]:
        """The settings, by what they are now."""
        settings = {**standing.settings, **self._first}
        return {name: value for name, value in settings.items() if value}
