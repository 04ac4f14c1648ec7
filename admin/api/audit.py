"""The audit log: read, and taken away."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, Field, JsonValue

from admin.audit.entry import Entry, Outcome
from admin.audit.log import PAGE, AuditLog, Filter
from admin.audit.trail import record
from admin.auth.access import Admin
from admin.console import console_of
from admin.documented import AS_CSV, Documented, both
from admin.export import Format, FormatOfQuery, csv_answer

COLUMNS = (
    "id", "at", "who", "action", "about", "outcome", "status", "before", "after", "why", "network",
)  # fmt: skip
AS_LINES: Documented = {"application/x-ndjson": {"schema": {"type": "string"}}}
_LATEST = 253_402_300_799.0
"""The last second that a calendar of four digits has."""

router = APIRouter(prefix="/api/audit", tags=["audit"])


class EntryState(BaseModel):
    """One entry. ``at`` is in seconds since 1970."""

    id: int
    at: float
    who: str = Field(description="Empty: nobody known.")
    action: str
    about: str = Field(description="What it was done to.")
    outcome: Outcome
    status: int = Field(description="Of the answer; 0: there was none.")
    before: dict[str, JsonValue]
    after: dict[str, JsonValue]
    why: str
    network: str = Field(description="From where: /24 of IPv4, /48 of IPv6.")

    @classmethod
    def of(cls, entry: Entry) -> EntryState:
        """The state of an entry."""
        return cls(
            id=entry.id,
            at=entry.at,
            who=entry.who,
            action=entry.action,
            about=entry.about,
            outcome=entry.outcome,
            status=entry.status,
            before=json.loads(entry.before),
            after=json.loads(entry.after),
            why=entry.why,
            network=entry.network,
        )


class AuditPage(BaseModel):
    """A page of the log, newest first."""

    entries: list[EntryState]
    before: int | None = Field(description="For the next page; null: this is the last one.")


_Text = Annotated[str, Query(max_length=500)]
_Time = Annotated[
    float | None, Query(ge=0, le=_LATEST, allow_inf_nan=False, description="Seconds since 1970.")
]


def filter_of(
    who: _Text = "",
    action: _Text = "",
    about: _Text = "",
    outcome: Outcome | None = None,
    since: _Time = None,
    until: _Time = None,
    before: Annotated[
        int | None, Query(ge=1, le=2**62, description="Only entries older than this one.")
    ] = None,
) -> Filter:
    """The entries that a query asks for."""
    return Filter(who, action, about, outcome, since, until, before)


FilterOfQuery = Annotated[Filter, Depends(filter_of)]


@router.get("", operation_id="getAuditLog", response_model=AuditPage, responses={200: both(AS_CSV)})
async def get_audit_log(
    request: Request,
    _: Admin,
    wanted: FilterOfQuery,
    limit: Annotated[int, Query(ge=1, le=1000)] = PAGE,
    form: FormatOfQuery = Format.JSON,
) -> object:
    """The newest entries that are asked for; as CSV all of them."""
    log = console_of(request).audit
    if form is Format.CSV:
        record(request, action="exportAuditLog")
        return csv_answer("audit.csv", COLUMNS, _rows(log, wanted))
    entries = await log.page(wanted, limit + 1)
    shown = entries[:limit]
    return AuditPage(
        entries=[EntryState.of(each) for each in shown],
        before=shown[-1].id if len(entries) > limit else None,
    )


@router.get(
    "/export",
    operation_id="exportAuditLog",
    response_class=StreamingResponse,
    responses={200: {"content": AS_LINES}},
)
async def export_audit_log(request: Request, _: Admin, wanted: FilterOfQuery) -> StreamingResponse:
    """All entries that are asked for, newest first, as one JSON object a line."""
    record(request)
    log = console_of(request).audit

    async def lines() -> AsyncIterator[str]:
        async for entry in log.every(wanted):
            yield EntryState.of(entry).model_dump_json() + "\n"

    headers = {"content-disposition": 'attachment; filename="audit.jsonl"'}
    return StreamingResponse(lines(), media_type="application/x-ndjson", headers=headers)


async def _rows(log: AuditLog, wanted: Filter) -> AsyncIterator[Sequence[JsonValue | datetime]]:
    async for entry in log.every(wanted):
        at = datetime.fromtimestamp(entry.at, UTC)
        yield [
            entry.id, at, entry.who, entry.action, entry.about, entry.outcome.value, entry.status,
            entry.before, entry.after, entry.why, entry.network,
        ]  # fmt: skip
