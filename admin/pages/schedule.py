"""The schedule of a room: its events on a time line, and what will happen."""

from __future__ import annotations

import time

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response

from admin.api.planning.state import PlanState
from admin.api.rooms.path import SeenOfPath
from admin.auth.access import Viewer
from admin.auth.actor import Actor
from admin.auth.roles import Role
from admin.live import LiveRoom
from admin.pages.templates import embedded, fragment, page
from waitroom.planning.change import planning_of

router = APIRouter(include_in_schema=False)


@router.get("/rooms/{room}/schedule", name="room-schedule")
async def schedule_page(request: Request, actor: Viewer, seen: SeenOfPath) -> Response:
    """The schedule of a room."""
    plan = await _plan(seen)
    return page(
        request,
        "schedule.html",
        actor,
        here="room-schedule",
        room=seen.room.name,
        plan=plan,
        parts=_parts(plan, actor),
        state=embedded(plan.model_dump_json()),
    )


@router.get("/rooms/{room}/schedule/parts", name="schedule-parts")
async def schedule_parts(actor: Viewer, seen: SeenOfPath) -> JSONResponse:
    """What of the page changes, to be put in place of what stands there, and the plan itself."""
    plan = await _plan(seen)
    return JSONResponse({"parts": _parts(plan, actor), "plan": plan.model_dump(mode="json")})


async def _plan(seen: LiveRoom) -> PlanState:
    now = await planning_of(seen.settings, seen.room.general.store)
    return PlanState.of(now, int(time.time() * 1000))


def _parts(plan: PlanState, actor: Actor) -> dict[str, str]:
    may = actor.role.allows(Role.OPERATOR)
    return {
        "events": fragment("schedule-events.html", plan=plan, may_change=may),
        "steps": fragment("schedule-steps.html", plan=plan),
    }
