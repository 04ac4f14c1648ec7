"""Rehearsals: started from presets, watched, their reports shown; and what a rate means."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response

from admin.api.rehearsals import RehearsalId, found, rehearsals_of
from admin.auth.access import Operator
from admin.auth.actor import Actor
from admin.auth.roles import Role
from admin.console import console_of
from admin.pages.templates import fragment, page
from admin.rehearsals.kept import MOST
from admin.rehearsals.rehearsals import Phase
from admin.rehearsals.wanted import ARRIVALS, CROWD_WORDS, MOST_VISITORS

router = APIRouter(include_in_schema=False)

PRESETS = {
    "A flash sale": {"visitors": 10_000, "arrivals": "flash-sale", "over": "40m", "crowd": "phones"},
    "Word of mouth": {"visitors": 20_000, "arrivals": "slow-build", "over": "2h", "crowd": "phones"},
    "The worst evening": {"visitors": 30_000, "arrivals": "two-waves", "over": "1h", "crowd": "restless"},
    "An ordinary day": {"visitors": 5_000, "arrivals": "steady", "over": "8h", "crowd": "calm"},
}
"""What somebody may start from."""


@router.get("/rehearsals", name="rehearsals")
async def rehearsals_page(request: Request, actor: Operator) -> Response:
    """Start one, watch it, and what came out of the last ones."""
    return page(
        request,
        "rehearsals.html",
        actor,
        here="rehearsals",
        presets=PRESETS,
        arrivals=ARRIVALS,
        crowds=CROWD_WORDS,
        rooms=[room.name for room in console_of(request).settings.rooms],
        most=MOST_VISITORS,
        kept=MOST,
        parts=await _parts(request, actor),
    )


@router.get("/rehearsals/parts", name="rehearsals-parts")
async def rehearsals_parts(request: Request, actor: Operator) -> JSONResponse:
    """What of the page changes, to be put in place of what stands there."""
    return JSONResponse({"parts": await _parts(request, actor)})


@router.get("/rehearsals/{id}", name="rehearsal")
async def rehearsal_page(request: Request, actor: Operator, rehearsal: RehearsalId) -> Response:
    """The report of one rehearsal."""
    state = await found(request, rehearsal)
    return page(request, "rehearsal.html", actor, here="rehearsals", rehearsal=state, done=Phase.DONE)


async def _parts(request: Request, actor: Actor) -> dict[str, str]:
    states = await rehearsals_of(request)
    may = actor.role.allows(Role.OPERATOR)
    return {"list": fragment("rehearsals-list.html", rehearsals=states, may_change=may)}
