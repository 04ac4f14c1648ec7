"""What is planned for a room."""

from __future__ import annotations

import time

from fastapi import APIRouter, Response

from admin.api.planning.state import PlanState
from admin.api.rooms.path import SeenOfPath
from admin.auth.access import Viewer
from admin.documented import both
from waitroom.planning.change import planning_of

router = APIRouter(prefix="/api/rooms/{room}/plan", tags=["schedule"])


@router.get("", operation_id="getPlan", responses={200: both(etag=True)})
async def get_plan(response: Response, _: Viewer, seen: SeenOfPath) -> PlanState:
    """The events of a room in the words of the file's `[[rooms.events]]`, and all steps that are still to come. A
    change of it goes by the `ETag` of this answer."""
    now = await planning_of(seen.settings, seen.room.general.store)
    state = PlanState.of(now, int(time.time() * 1000))
    response.headers["etag"] = state.etag
    return state
