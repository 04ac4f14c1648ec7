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
from waitroom.record.auditing import audited, is_beginning_lost
from waitroom.record.file import RecordFile
from waitroom.record.findings import Figures, Promise
from waitroom.record.reading import RecordReader
from waitroom.record.verdict import KEPT, figures_in_words, notes
from waitroom.settings import Settings

PROGRESS_ENTRIES = 5_000
"""So often is told how far it is."""
_SHOWN = 20


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
    is_cut_off = is_beginning_lost(first)
    for entry in file.entries() if is_cut_off else ():
        before.feed(*entry)
    audit = Audit(standing.room, before.of(standing) if is_cut_off else None)
    progress = _Progress(standing.room)
    for done, entry in enumerate(file.entries(), 1):
        audit.feed(*entry)
        progress.show(done, standing.length)
    audit.finish(standing)
    return AuditReport((audit,))


async def _audit(reader: RecordReader) -> Audit:
    return await audited(reader, _Progress(reader.room).show)


class _Progress:
    """A line that says how far it is, where somebody looks and it takes a while."""

    def __init__(self, room: str) -> None:
        self._room = room

    def show(self, done: int, length: int) -> None:
        """So many of so many entries."""
        if done and done % PROGRESS_ENTRIES == 0 and sys.stderr.isatty():
            end = "\n" if done + PROGRESS_ENTRIES > length else "\r"
            print(f"{self._room}: {done:,} of {length:,} entries", end=end, file=sys.stderr, flush=True)


def _lines(audit: Audit) -> list[str]:
    figures, broken = audit.figures, {found.promise for found in audit.findings}
    if not figures.entries:
        lines = [f"room {audit.room}: nothing has happened yet"]
    else:
        lines = [f"room {audit.room}: {figures.entries:,} entries, {_span(figures)}"]
        lines += [f"ok    {promise}: {kept}" for promise, kept in KEPT.items() if promise not in broken]
    for promise in Promise:
        found = [finding for finding in audit.findings if finding.promise is promise]
        lines += [
            f"WRONG {promise}: {each.at} {each.text} (entry {each.entry or 'none'})"
            for each in found[:_SHOWN]
        ]
        if len(found) > _SHOWN:
            lines.append(f"WRONG {promise}: and {len(found) - _SHOWN:,} more")
    if figures.entries:
        lines += [f"note  {note}" for note in notes(figures)]
        lines += [f"      {line}" for line in figures_in_words(figures)]
    return lines


def _span(figures: Figures) -> str:
    begins = "from the beginning of the room" if figures.is_whole else "what was before is not kept, from"
    return f"{begins} {figures.since} to {figures.until}"
