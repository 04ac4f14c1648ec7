"""``waitroom verify-draw``: was this draw what it had to be, and where did a ticket come?"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice

import typer
from pydantic_core import to_json

from waitroom.cli.source import read_source
from waitroom.errors import WaitroomError
from waitroom.line.draw import DrawRecord, Finding, MalformedRecordError, PublishedDraws
from waitroom.line.draw.members import MOST_BYTES

_SHOWN = 5


@dataclass(frozen=True, slots=True)
class DrawReport:
    """What was found of the records of some draws. ``number`` is the ticket that was asked for."""

    records: tuple[DrawRecord, ...]
    findings: tuple[Finding, ...]
    number: int | None
    noted: str | None

    @property
    def ok(self) -> bool:
        """Whether nothing is wrong."""
        return not self.findings

    def to_json(self) -> str:
        """As a JSON object: ``ok``, ``findings``, and each draw with the ticket's ``place`` and ``turn`` in it."""
        draws = [
            {
                **record.model_dump(include={"room", "event", "lane", "opened_at", "first", "count"}),
                **({} if self.number is None else _placed(record, self.number)),
            }
            for record in self.records
        ]
        findings = [finding._asdict() for finding in self.findings]
        return to_json({"ok": self.ok, "findings": findings, "draws": draws}).decode()

    def to_text(self) -> str:
        """In plain words, a few lines for each draw."""
        return "\n".join(line for record in self.records for line in self._lines(record))

    def _lines(self, record: DrawRecord) -> list[str]:
        at = datetime.fromtimestamp(record.opened_at / 1000, UTC).isoformat(" ", "milliseconds")
        lines = [f"room {record.room}, opening {record.event}, lane {record.lane}: {_drawn(record)}, {at}"]
        wrong = [f for f in self.findings if (f.event, f.lane) == (record.event, record.lane)]
        told = {finding.check for finding in wrong}
        if "noted" not in told and self.noted is not None:
            lines.append("ok    the commitment is the one that was noted before the opening")
        if "commitment" not in told:
            lines.append("ok    the seed is the one that was committed to")
        if "key" not in told:
            lines.append("ok    the key follows from the seed, the digest and who waited")
        lines += [f"WRONG {finding.check}: {finding.detail}" for finding in wrong]
        if self.noted is None:
            lines.append(f"note  compare with what was published before the opening: {record.commitment}")
        if not wrong:
            lines.append(_order(record) if self.number is None else _told(record, self.number))
        return lines


def verify(source: str, *, number: int | None, lane: str | None, noted: str | None) -> DrawReport:
    """Reads what was published and recomputes it.

    ``source`` is a file, ``-`` or an http(s) address; ``lane`` leaves out all others; ``noted`` is the commitment
    as it was published before. Raises :class:`WaitroomError` where there is nothing that can be checked.
    """
    if noted is not None and not re.fullmatch("[0-9a-fA-F]{64}", noted.strip()):
        raise typer.BadParameter(
            f"given {noted!r}; allowed: 64 hexadecimal digits", param_hint="--commitment"
        )
    noted = noted and noted.strip().lower()
    try:
        published = PublishedDraws.parse(
            read_source(source, MOST_BYTES, nothing="there is no draw at this address")
        )
    except MalformedRecordError as error:
        raise WaitroomError("\n".join(f"{source}: {line}" for line in str(error).splitlines())) from error
    if not published.held:
        announced = "".join(f"\n{each.lane}: {each.commitment}" for each in published.announced)
        told = f"; the commitment of each lane is{announced}" if announced else ""
        raise WaitroomError(f"{source}: no draw was held yet{told}")
    if lane is not None and lane not in (known := [record.lane for record in published.held]):
        raise WaitroomError(f"{source}: there is no lane {lane!r}; the lanes are {', '.join(known)}")
    chosen = tuple(record for record in published.held if lane in (None, record.lane))
    # all are compared with each other: a lane that is not asked for may give another one the lie
    findings = [finding for finding in published.verify(noted) if lane in (None, finding.lane)]
    return DrawReport(chosen, tuple(findings), number, noted)


def _placed(record: DrawRecord, number: int) -> dict[str, int | None]:
    return {"number": number, "place": record.place_of(number), "turn": record.draw.turn_of(number)}


def _drawn(record: DrawRecord) -> str:
    if not record.count:
        return "nobody waited"
    return f"{record.count:,} drawn, tickets {record.first:,} to {record.first + record.count - 1:,}"


def _order(record: DrawRecord) -> str:
    numbers = [str(number) for number in islice(record.draw.order(), _SHOWN)]
    if record.count > _SHOWN:
        numbers.append("…")
    return f"the order of tickets: {', '.join(numbers)}" if numbers else "nobody was drawn"


def _told(record: DrawRecord, number: int) -> str:
    place = record.place_of(number)
    if place is not None:
        return f"ticket {number:,} was drawn {_ordinal(place)} of {record.count:,}"
    if number < record.first:
        return f"ticket {number:,} was not drawn: it stands before those who were"
    return f"ticket {number:,} was not drawn: it came after the opening, and stands behind the draw"


def _ordinal(place: int) -> str:
    suffix = {1: "st", 2: "nd", 3: "rd"}.get(place % 10, "th") if place // 10 % 10 != 1 else "th"
    return f"{place:,}{suffix}"
