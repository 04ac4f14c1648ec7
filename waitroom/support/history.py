"""What the record tells of one place: when it was given out, drawn and called, and why it moved. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, tzinfo

from waitroom.record.entries import DESK_KINDS, Entry
from waitroom.record.honoured import calls, turn_by_record
from waitroom.record.words import what
from waitroom.support.place import Happening, Located, WentBefore

_OF_EVERYONE = frozenset({"begun", "moved", "opened"})
_OF_THE_LANE = frozenset({"redis_restarted", "reset", "restored"})
_TOLD_CHANGES = frozenset({"rate", "capacity", "mode", "weights", "keep_ms"})
"""Settings that move a line. What a controller does to it from second to second is left out."""
MOST = 200
"""Happenings that are kept: the newest."""


class History:
    """Follows one place through the record of its room. Feed it the record, oldest entry first."""

    def __init__(self, place: Located, *, keep_ms: int = 0, zone: tzinfo = UTC) -> None:
        """``keep_ms`` is for how long a called place may be taken, where the record does not tell; ``zone`` is that of
        times within texts."""
        self._place = place
        self._zone = zone
        self._keep_ms = keep_ms
        self.joined_after_ms: int | None = None
        self.joined_before_ms: int | None = None
        self._has_joined = False
        self._drawn: Entry | None = None
        self._seed = b""
        self._called_ms: int | None = None
        self._called_keep_ms = 0
        self._late = self._forward = 0
        self._happenings: list[Happening] = []

    def feed(self, entry_id: str, fields: Mapping[str, str]) -> None:
        """Notes what an entry says of the place. What no script wrote is left to the audit."""
        try:
            entry = Entry.parse(entry_id, fields)
            if entry.kind == "changed" and "keep_ms" in entry.changes():
                self._keep_ms = int(entry.changes()["keep_ms"].after)
            if entry.epoch == self._place.epoch:
                self._follow(entry)
        except (KeyError, ValueError):
            return

    @property
    def turn(self) -> int | None:
        """The turn by the record; None: it is not known."""
        place = self._place
        return turn_by_record(place.number, self._drawn, self._seed, room=place.room, lane=place.lane)

    @property
    def went_before(self) -> WentBefore:
        """Who was let in before it."""
        return WentBefore(self._late, self._forward)

    def happenings(self, *, is_missed: bool) -> tuple[Happening, ...]:
        """What happened, oldest first."""
        told = list(self._happenings)
        if is_missed and self._called_ms is not None and self._called_keep_ms:
            # a door that was shut meanwhile kept the time from passing
            until = self._called_ms + self._called_keep_ms
            told.append(Happening(until, "missed", "its holder could come in until about now, and did not"))
        return tuple(sorted(told, key=lambda each: each.at_ms)[-MOST:])

    def _follow(self, entry: Entry) -> None:
        is_of_lane = entry.fields.get("lane") == self._place.lane
        if is_of_lane and "issued" in entry.fields and not self._has_joined:
            self._join(entry)
        match entry.kind:
            case "drawn" if is_of_lane:
                self._drawn = entry
            case "revealed":
                self._reveal(entry)
            case "called" | "passed" if is_of_lane:
                self._call(entry)
            case "changed" if any(
                name in _TOLD_CHANGES and change.before for name, change in entry.changes().items()
            ):
                self._tell(entry)
            case kind if kind in DESK_KINDS:
                self._help(entry)
            case kind if kind in _OF_EVERYONE or (kind in _OF_THE_LANE and is_of_lane):
                self._tell(entry)
            case "undone" | "rested" if is_of_lane and entry.number("number") == self._place.number:
                self._tell(entry)
            case "shared" if entry.fields["visit"] == ":".join(map(str, self._place[1:])):
                self._tell(entry)

    def _join(self, entry: Entry) -> None:
        if entry.number("issued") < self._place.number:
            self.joined_after_ms = entry.at_ms
            # of before it was there nothing needs to be told but the room's own settings
            self._happenings = [each for each in self._happenings if each.kind in ("begun", "moved")]
            return
        self._has_joined = True
        self.joined_before_ms = entry.at_ms

    def _reveal(self, entry: Entry) -> None:
        self._seed = bytes.fromhex(entry.fields["seed"])
        if self._drawn is not None and (turn := self.turn) is not None:
            of = self._drawn.fields
            self._note(self._drawn, f"{of['count']} were drawn for {of['event']}: its turn became {turn:,}")

    def _call(self, entry: Entry) -> None:
        if self._called_ms is None and (turn := self.turn) is not None and calls(entry, turn):
            self._called_ms, self._called_keep_ms = entry.at_ms, self._keep_ms
            before = str(self.went_before)
            went = f"; {before} went before it" if before else ""
            turns = f", with turns {entry.number('from') + 1:,} to {entry.number('to'):,}"
            self._note(entry, f"turn {turn:,} was called{turns if entry.kind == 'called' else ''}{went}")
        elif self._called_ms is None and self._has_joined:
            self._late += entry.number("late")

    def _help(self, entry: Entry) -> None:
        place, lane = self._place, entry.fields["lane"]
        if (lane, entry.number("number")) == (place.lane, place.number):
            self._tell(entry)
            if entry.fields.get("is") == "called":
                self._called_ms, self._called_keep_ms = entry.at_ms, self._keep_ms
        elif entry.fields.get("instead_of") == f"{place.lane}:{place.number}":
            self._tell(entry)
        elif entry.kind == "brought_forward" and lane == place.lane and self._called_ms is None:
            self._forward += 1

    def _tell(self, entry: Entry) -> None:
        self._note(entry, what(entry, self._zone), entry.fields.get("who", ""), entry.fields.get("why", ""))

    def _note(self, entry: Entry, text: str, who: str = "", why: str = "") -> None:
        self._happenings.append(Happening(entry.at_ms, entry.kind, text, who, why))
