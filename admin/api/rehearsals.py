"""Rehearsals: started, watched, cancelled, and their reports."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Path, Request
from fastapi.responses import Response
from pydantic import BaseModel, Field

from admin.api.once import OnceRoute
from admin.audit.trail import record
from admin.auth.access import Operator, Viewer
from admin.console import console_of
from admin.documented import refusals
from admin.problems import Problem
from admin.rehearsals.kept import Kept
from admin.rehearsals.rehearsals import BusyError, Phase, Rehearsal
from admin.rehearsals.wanted import WantedRehearsal
from waitroom.errors import SettingsError

router = APIRouter(prefix="/api/rehearsals", tags=["rehearsals"], route_class=OnceRoute)

RehearsalId = Annotated[str, Path(alias="id", description="Of a rehearsal.", max_length=40)]
REPORT_POLICY = (
    "sandbox allow-scripts; default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; "
    "img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
)
"""A report is one file with its scripts in it. It runs as of nowhere, so that it reaches nothing of the console."""


class RehearsalState(BaseModel):
    """A rehearsal."""

    id: str
    phase: Phase
    title: str
    at: datetime
    who: str
    share: float = Field(description="How much of it is done, 0 to 1.")
    known: int | None = Field(description="Visitors whose fate is known so far; null: it is done.")
    visitors: int | None
    rehearsed_seconds: float | None = Field(description="So far; null: it is done.")
    error: str = Field(description="Why it failed.")
    seconds: float | None = Field(description="It took; null: it is not done.")
    entered: int | None
    wait_p50: float | None = Field(description="Half of those who entered waited no longer, in seconds.")
    wait_max: float | None

    @classmethod
    def of(cls, rehearsal: Rehearsal) -> RehearsalState:
        """One that was started in this life of the console."""
        return cls(
            id=rehearsal.id,
            phase=rehearsal.phase,
            title=rehearsal.title,
            at=datetime.fromtimestamp(rehearsal.at, UTC),
            who=rehearsal.who,
            share=rehearsal.share,
            known=rehearsal.come.known,
            visitors=rehearsal.come.visitors,
            rehearsed_seconds=rehearsal.come.seconds,
            error=rehearsal.error,
            seconds=None,
            entered=None,
            wait_p50=None,
            wait_max=None,
        )

    @classmethod
    def kept(cls, kept: Kept) -> RehearsalState:
        """One of which the report is kept."""
        return cls(
            id=kept.id,
            phase=Phase.DONE,
            title=kept.title,
            at=datetime.fromtimestamp(kept.at, UTC),
            who=kept.who,
            share=1.0,
            known=None,
            visitors=None,
            rehearsed_seconds=None,
            error="",
            seconds=kept.seconds,
            entered=kept.entered,
            wait_p50=kept.wait_p50,
            wait_max=kept.wait_max,
        )


@router.get("", operation_id="listRehearsals")
async def list_rehearsals(request: Request, _: Viewer) -> list[RehearsalState]:
    """The one that runs, or that did not come to its end, and those of which the report is kept, the newest first."""
    return await rehearsals_of(request)


async def rehearsals_of(request: Request) -> list[RehearsalState]:
    """All that can be told of."""
    rehearsals = console_of(request).rehearsals
    kept, last = await rehearsals.all(), rehearsals.last
    first = [RehearsalState.of(last)] if last is not None and last.phase is not Phase.DONE else []
    return [*first, *map(RehearsalState.kept, kept)]


@router.post("", operation_id="startRehearsal", status_code=202, responses=refusals(409))
async def start_rehearsal(request: Request, actor: Operator, wanted: WantedRehearsal) -> RehearsalState:
    """Plays a sale with the line's own scripts and a simulated crowd and clock, in a process of its own that yields to
    all others. One at a time."""
    console = console_of(request)
    if wanted.room and console.room(wanted.room) is None:
        raise SettingsError(f"room: there is no room {wanted.room!r}")
    scenario = await asyncio.to_thread(wanted.scenario, console.settings.rooms)
    try:
        started = console.rehearsals.start(scenario, actor.name)
    except BusyError as error:
        raise Problem(409, "rehearsal-runs", f"{str(error).capitalize()}.") from None
    record(request, about=started.id, after={"rehearsal": started.title})
    return RehearsalState.of(started)


@router.get("/{id}", operation_id="getRehearsal")
async def get_rehearsal(request: Request, _: Viewer, rehearsal: RehearsalId) -> RehearsalState:
    """How far it has come, or what came out."""
    return await found(request, rehearsal)


@router.delete("/{id}", operation_id="endRehearsal", status_code=204, response_class=Response)
async def end_rehearsal(request: Request, _: Operator, rehearsal: RehearsalId) -> Response:
    """Cancels the one that runs, or throws a report away."""
    rehearsals = console_of(request).rehearsals
    if not await rehearsals.cancel(rehearsal) and not await asyncio.to_thread(
        rehearsals.shelf.remove, rehearsal
    ):
        raise _none(rehearsal)
    return Response(status_code=204)


@router.get(
    "/{id}/report",
    operation_id="getReport",
    response_class=Response,
    responses={200: {"content": {"text/html": {"schema": {"type": "string"}}}}},
)
async def get_report(request: Request, _: Viewer, rehearsal: RehearsalId) -> Response:
    """The report as one page for people: a file that asks for no other."""
    body = await _file(request, rehearsal, "report.html")
    headers = {"content-security-policy": REPORT_POLICY, "x-frame-options": "SAMEORIGIN"}
    return Response(body, headers=headers, media_type="text/html")


@router.get(
    "/{id}/report.json",
    operation_id="getReportAsJson",
    response_class=Response,
    responses={200: {"content": {"application/json": {"schema": {"type": "object"}}}}},
)
async def get_report_as_json(request: Request, _: Viewer, rehearsal: RehearsalId) -> Response:
    """The report for programs."""
    return Response(await _file(request, rehearsal, "report.json"), media_type="application/json")


async def found(request: Request, rehearsal: str) -> RehearsalState:
    """A rehearsal. Raises a :class:`~admin.problems.Problem` with status 404."""
    rehearsals = console_of(request).rehearsals
    kept = next((each for each in await rehearsals.all() if each.id == rehearsal), None)
    if kept is not None:
        return RehearsalState.kept(kept)
    if rehearsals.last is not None and rehearsals.last.id == rehearsal:
        return RehearsalState.of(rehearsals.last)
    raise _none(rehearsal)


async def _file(request: Request, rehearsal: str, name: str) -> bytes:
    path = await asyncio.to_thread(console_of(request).rehearsals.shelf.file, rehearsal, name)
    if path is None:
        raise _none(rehearsal)
    return await asyncio.to_thread(path.read_bytes)


def _none(rehearsal: str) -> Problem:
    return Problem(404, "no-rehearsal", f"There is no rehearsal {rehearsal[:40]!r}; the last ten are kept.")
