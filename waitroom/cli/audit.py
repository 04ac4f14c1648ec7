"""``waitroom audit``: did a room keep its promises?"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

from pydantic_core import to_json
from redis.asyncio import Redis

from waitroom.assembly.line import reader_of
from waitroom.cli.line import find_room, with_redis
from waitroom.record.audit import Audit, SettingsBefore
from waitroom.record.file import RecordFile
from waitroom.record.findings import Figures, Promise
from waitroom.record.reading import RecordReader, Stored
from waitroom.record.standing import Standing
from waitroom.settings import Settings

PROGRESS_ENTRIES = 5_000
"""So often is told how far it is."""
_SHOWN = 20
_KEPT = {
    Promise.ORDER: "each lane was called in one unbroken row",
    Promise.RATE: "nobody was let in above the rate",
    Promise.CAPACITY: "nobody was let in above the capacity",
    Promise.DOOR: "nobody was let in through a shut door",
    Promise.DRAW: "the drawn order follows from what was committed to, and was kept",
    Promise.RECORD: "every entry follows the one before, and the room is what they come to",
}


@dataclass(frozen=True, slots=True)
class AuditReport:
    """What was found of some rooms."""

    audits: tuple[Audit, ...]

    @property
    def ok(self) -> bool:
        """Whether nothing is wrong."""
        return not any(audit.findings for audit in self.audits)

    def to_json(self) -> str:
        """As a JSON object: ``ok``, ``findings``, and the figures of each room."""
        findings = [
            {
                "room": audit.room, "promise": found.promise, "entry": found.entry, "at": found.at, "text": found.text,
            }
            for audit in self.audits
            for found in audit.findings
        ]  # fmt: skip
        rooms = {audit.room: audit.figures.members() for audit in self.audits}
        return to_json({"ok": self.ok, "findings": findings, "rooms": rooms}).decode()

    def to_text(self) -> str:
        """In plain words, some lines for each room."""
        return "\n".join(line for audit in self.audits for line in _lines(audit))


def audit_rooms(settings: Settings, room: str | None) -> AuditReport:
    """Audits a running room, or all of them, and changes nothing."""
    rooms = settings.rooms if room is None else (find_room(settings, room),)

    async def run(redis: Redis) -> AuditReport:
        return AuditReport(tuple([await _audit(reader_of(of_room, redis)) for of_room in rooms]))

    return with_redis(settings, run)


def audit_file(path: Path) -> AuditReport:
    """Audits a record that was written to a file. Raises :class:`~waitroom.errors.WaitroomError` for what is none."""
    file = RecordFile(path)
    standing, before = file.standing, SettingsBefore()
    first = next(file.entries(), None)
    is_cut_off = _is_cut_off(first)
    for entry in file.entries() if is_cut_off else ():
        before.feed(*entry)
    audit = Audit(standing.room, before.of(standing) if is_cut_off else None)
    progress = _Progress(standing)
    for entry in file.entries():
        audit.feed(*entry)
        progress.step()
    audit.finish(standing)
    return AuditReport((audit,))


async def _audit(reader: RecordReader) -> Audit:
    standing, before = await reader.standing(), SettingsBefore()
    if not standing.last_id:
        audit = Audit(reader.room)
        audit.finish(standing)
        return audit
    first = await anext(reader.entries(until=standing.last_id), None)
    is_cut_off = _is_cut_off(first)
    if is_cut_off:
        async for entry in reader.entries(until=standing.last_id):
            before.feed(*entry)
    audit = Audit(reader.room, before.of(standing) if is_cut_off else None)
    progress = _Progress(standing)
    async for entry in reader.entries(until=standing.last_id):
        audit.feed(*entry)
        progress.step()
    audit.finish(standing)
    return audit


def _is_cut_off(first: Stored | None) -> bool:
    return first is not None and first[1].get("type") != "began"


class _Progress:
    """A line that says how far it is, where somebody looks and it takes a while."""

    def __init__(self, standing: Standing) -> None:
        self._room = standing.room
        self._length = standing.length
        self._done = 0

    def step(self) -> None:
        """One entry more."""
        self._done += 1
        if self._done % PROGRESS_ENTRIES == 0 and sys.stderr.isatty():
            end = "\n" if self._done + PROGRESS_ENTRIES > self._length else "\r"
            print(
                f"{self._room}: {self._done:,} of {self._length:,} entries",
                end=end,
                file=sys.stderr,
                flush=True,
            )


def _lines(audit: Audit) -> list[str]:
    figures, broken = audit.figures, {found.promise for found in audit.findings}
    if not figures.entries:
        lines = [f"room {audit.room}: nothing has happened yet"]
    else:
        lines = [f"room {audit.room}: {figures.entries:,} entries, {_span(figures)}"]
        lines += [f"ok    {promise}: {kept}" for promise, kept in _KEPT.items() if promise not in broken]
    for promise in Promise:
        found = [finding for finding in audit.findings if finding.promise is promise]
        lines += [
            f"WRONG {promise}: {each.at} {each.text} (entry {each.entry or 'none'})"
            for each in found[:_SHOWN]
        ]
        if len(found) > _SHOWN:
            lines.append(f"WRONG {promise}: and {len(found) - _SHOWN:,} more")
    if figures.entries:
        lines += [f"note  {note}" for note in _notes(figures)]
        lines += [f"      {line}" for line in _figures(figures)]
    return lines


def _span(figures: Figures) -> str:
    begins = "from the beginning of the room" if figures.is_whole else "what was before is not kept, from"
    return f"{begins} {figures.since} to {figures.until}"


def _notes(figures: Figures) -> list[str]:
    notes = []
    if not figures.is_whole:
        notes.append("nothing is said of the time before the first entry")
    if figures.restored:
        notes.append(
            f"Redis forgot: a lane was put back {figures.restored:,} times as the gateways and tickets knew it"
        )
    if figures.restarts:
        notes.append("Redis was restarted or replaced: what it had not yet written down then is in no record")
    if figures.desk:
        names = ", ".join(who or "nobody" for who in figures.desk)
        notes.append(
            f"by the support desk: {figures.reinstated:,} given back, {figures.brought_forward:,} brought to the front"
            f" ({names}); waitroom record tells which, and why"
        )
    if figures.unknown:
        notes.append(f"{figures.unknown:,} entries are of kinds that this version does not know")
    return notes


def _figures(figures: Figures) -> list[str]:
    by_lane = ", ".join(f"{lane} {count:,}" for lane, count in figures.lanes.items())
    return [
        f"{figures.admitted:,} let in" + (f" ({by_lane})" if len(figures.lanes) > 1 else ""),
        f"{figures.late:,} of them late, {figures.passed:,} more let through in mode pass",
        f"{figures.overtakes:,} overtakes, {figures.wasted_turns:,} wasted turns, {figures.skipped:,} numbers skipped",
        f"{figures.changes:,} changes of settings, {figures.resets:,} resets, {figures.openings:,} openings,"
        f" {figures.drawn:,} tickets drawn",
    ]
