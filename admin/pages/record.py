"""The record of a room: all that happened, in words, a page at a time; and whether its promises were kept."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Request, Response

from admin.api.rooms.asked import Wanted
from admin.api.rooms.happened import MOST_READ, backwards
from admin.api.rooms.kept import MOST_FINDINGS, audit_of
from admin.api.rooms.path import SeenOfPath
from admin.auth.access import Viewer
from admin.console import console_of
from admin.live import LiveRoom
from admin.pages.happened import is_told
from admin.pages.templates import page
from admin.pages.told import KINDS, Told
from waitroom.record.findings import Promise
from waitroom.record.verdict import KEPT, figures_in_words, notes

PAGE = 100
EVERYTHING, BY_SOMEBODY = "all", ""
"""What is shown: all, calls of each second among it; or what people and the schedule did, and what went wrong."""
_FIELDS = ("show", "who", "find", "from", "to")

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True, slots=True)
class Part:
    """A page of the record."""

    rows: list[Told]
    last: str
    """The id from which the next page goes on; empty: this is the last one."""
    is_stopped: bool = False
    """Whether it ends since so much was looked through, and not since it is full."""


@router.get("/rooms/{room}/events", name="room-events")
async def record_page(request: Request, actor: Viewer, seen: SeenOfPath) -> Response:
    """The newest entries that are asked for, a page at a time."""
    given = {name: request.query_params.get(name, "").strip()[:200] for name in _FIELDS}
    before = request.query_params.get("before", "")
    zone = ZoneInfo(seen.settings.timezone)
    since, until = _moment(given["from"], zone), _moment(given["to"], zone)
    is_later = re.fullmatch(r"[0-9]{1,15}-[0-9]{1,15}", before) is not None
    kinds = frozenset({given["show"]}) if given["show"] in KINDS else frozenset[str]()
    wanted = Wanted(kinds, who=given["who"], text=given["find"])
    part = await _part(
        seen, wanted, before if is_later else until, since, is_all=bool(kinds) or given["show"] == EVERYTHING
    )
    asked = {name: value for name, value in given.items() if value}
    here = f"/rooms/{seen.room.name}/events"
    return page(
        request,
        "record.html",
        actor,
        here="room-events",
        room=seen.room.name,
        timezone=seen.settings.timezone,
        rows=part.rows,
        is_stopped=part.is_stopped,
        most_read=MOST_READ,
        kinds=KINDS,
        given=given,
        is_filtered=bool(asked),
        is_later=is_later,
        newest=f"{here}?{urlencode(asked)}" if asked else here,
        older=f"{here}?{urlencode({**asked, 'before': part.last})}" if part.last else "",
        export=urlencode(_exported(given, since, until)),
    )


@router.get("/rooms/{room}/events/audit", name="room-audit")
async def audit_page(request: Request, actor: Viewer, seen: SeenOfPath) -> Response:
    """What ``waitroom audit`` says of the room now."""
    made = await audit_of(console_of(request), seen)
    findings, figures = made.audit.findings, made.audit.figures
    return page(
        request,
        "record-audit.html",
        actor,
        here="room-events",
        room=seen.room.name,
        timezone=seen.settings.timezone,
        made=made,
        figures=figures,
        verdicts=[
            (promise, KEPT[promise], sum(each.promise is promise for each in findings)) for promise in Promise
        ],
        findings=findings[:MOST_FINDINGS],
        found=len(findings),
        notes=notes(figures) if figures.entries else [],
        told=figures_in_words(figures) if figures.entries else [],
    )


async def _part(seen: LiveRoom, wanted: Wanted, before: str, after: str, *, is_all: bool) -> Part:
    rows: list[Told] = []
    read, last = 0, ""
    async for entry in backwards(seen, before or None, after or None):
        if len(rows) == PAGE or read == MOST_READ:
            return Part(rows, last, read == MOST_READ and len(rows) < PAGE)
        read, last = read + 1, entry.id
        if (is_all or is_told(entry)) and wanted.takes(entry, seen.settings):
            rows.append(Told.of(entry, seen.settings))
    return Part(rows, "")


def _moment(text: str, zone: ZoneInfo) -> str:
    """What a field of date and time says, in the room's zone, as milliseconds; empty where it says nothing."""
    try:
        when = datetime.fromisoformat(text)
        at = int((when if when.tzinfo else when.replace(tzinfo=zone)).timestamp() * 1000)
    except (ValueError, OverflowError):
        return ""
    return str(at) if 0 < at < 10**15 else ""


def _exported(given: Mapping[str, str], since: str, until: str) -> dict[str, str]:
    """The same for the API."""
    kind = given["show"]
    asked = {
        "type": kind if kind in KINDS else "" if kind == EVERYTHING else "-called,-passed",
        "who": given["who"],
        "text": given["find"],
        "after": since,
        "before": until,
    }
    return {"format": "csv", **{name: value for name, value in asked.items() if value}}
