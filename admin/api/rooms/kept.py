"""The record of a room as a whole: taken away, and audited."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime

from fastapi import APIRouter, Request
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, Field, JsonValue

from admin.api.rooms.parts import moment
from admin.api.rooms.path import SeenOfPath
from admin.auth.access import Viewer
from admin.console import Console, console_of
from admin.documented import Documented
from admin.live import LiveRoom
from admin.problems import Problem
from admin.records.audits import Audited, BusyError
from waitroom.record.file import entry_line, standing_line
from waitroom.record.findings import Promise
from waitroom.record.standing import Standing
from waitroom.record.verdict import notes

router = APIRouter(prefix="/api/rooms/{room}", tags=["rooms"])
MOST_FINDINGS = 200
AT_ONCE = 500
"""Entries that are sent together."""
AS_LINES: Documented = {"application/x-ndjson": {"schema": {"type": "string"}}}


class FindingState(BaseModel):
    """A promise that was not kept, and where."""

    promise: Promise
    entry: str = Field(description="The id of the entry; empty: it is about the whole.")
    at: str
    text: str


class RecordAudit(BaseModel):
    """What the record of a room comes to, as ``waitroom audit`` tells it."""

    room: str
    ok: bool
    at: datetime
    seconds: float = Field(description="So long it took.")
    broken: list[Promise]
    findings: list[FindingState] = Field(description=f"The first {MOST_FINDINGS}.")
    found: int = Field(description="How many there are in all.")
    notes: list[str] = Field(description="What must be known to take it for what it is.")
    figures: dict[str, JsonValue]


@router.get(
    "/events/export",
    operation_id="exportEvents",
    response_class=StreamingResponse,
    responses={200: {"content": AS_LINES}},
)
async def export_events(_: Viewer, seen: SeenOfPath) -> StreamingResponse:
    """The whole record, oldest first, a JSON object a line, after one that tells how the room stands: what ``waitroom
    record --json`` writes, and ``waitroom audit --file`` audits anywhere."""
    standing = await seen.record.reader.standing()
    disposition = f'attachment; filename="{seen.room.name}-record.jsonl"'
    return StreamingResponse(
        _lines(seen, standing),
        media_type="application/x-ndjson",
        headers={"content-disposition": disposition},
    )


@router.get("/audit", operation_id="auditRoom")
async def audit_room(request: Request, _: Viewer, seen: SeenOfPath) -> RecordAudit:
    """Replays the record and says whether its promises were kept: order, rate, capacity, door, draw, and the record
    itself. Changes nothing. One at a time; what was found is told again for ten seconds."""
    made = await audit_of(console_of(request), seen)
    findings = made.audit.findings
    return RecordAudit(
        room=seen.room.name,
        ok=not findings,
        at=moment(int(made.at * 1000)),
        seconds=round(made.took_seconds, 3),
        broken=[promise for promise in Promise if any(each.promise is promise for each in findings)],
        findings=[
            FindingState(promise=each.promise, entry=each.entry, at=each.at, text=each.text)
            for each in findings[:MOST_FINDINGS]
        ],
        found=len(findings),
        notes=notes(made.audit.figures),
        figures=_members(made),
    )


async def audit_of(console: Console, seen: LiveRoom) -> Audited:
    """The audit of a room. Raises a :class:`~admin.problems.Problem` with status 503 where another is under way."""
    try:
        return await console.audits.of(seen.record.reader)
    except BusyError as error:
        text = f"{str(error)[0].upper()}{str(error)[1:]}."
        raise Problem(503, "audit-runs", text, {"retry-after": "3"}) from None


def _members(made: Audited) -> dict[str, JsonValue]:
    figures: dict[str, JsonValue] = {}
    for name, value in made.audit.figures.members().items():
        figures[name] = dict(value) if isinstance(value, dict) else value  # type: ignore[assignment]
    return figures


async def _lines(seen: LiveRoom, standing: Standing) -> AsyncIterator[str]:
    lines = [standing_line(standing)]
    if standing.last_id:
        async for stored in seen.record.reader.entries(until=standing.last_id):
            lines.append(entry_line(*stored))
            if len(lines) == AT_ONCE:
                yield "\n".join(lines) + "\n"
                lines = []
    yield "".join(f"{line}\n" for line in lines)
