"""Changes of what is set for a room."""

from __future__ import annotations

from fastapi import APIRouter, Response

from admin.api.bodies import JsonObject, taken_reason
from admin.api.once import OnceRoute
from admin.api.preconditions import IfMatch, needed, seen_by
from admin.api.rooms.body import REASON_ALONE, body_of, change_schema, only_reason, wanted
from admin.api.rooms.path import SeenOfPath
from admin.api.rooms.state import ChangedState
from admin.api.rooms.turned import done, overtaken, turned
from admin.auth.access import Operator
from admin.documented import Documented, both, refusals
from admin.problems import Problem
from waitroom.live.turning import Author, Turned, pausing, resuming, setting
from waitroom.live.undoing import NothingToUndoError, undo

router = APIRouter(prefix="/api/rooms/{room}", tags=["rooms"], route_class=OnceRoute)
CHANGED: dict[int | str, Documented] = {200: both(etag=True)}


@router.patch(
    "",
    operation_id="changeRoom",
    responses=CHANGED | refusals(412, 428),
    openapi_extra=body_of(change_schema(), required=True),
)
async def change_room(
    response: Response, actor: Operator, seen: SeenOfPath, body: JsonObject, if_match: IfMatch = None
) -> ChangedState:
    """Changes what is set, and answers with the room as it is then. What is not named stays as it is. Durations are
    seconds or texts such as `"10m"`; null is what a setting has that is left out of the file, where it may be."""
    versions = needed(if_match)
    reason = taken_reason(body)
    wish = setting(wanted(body, seen.settings))
    return _tagged(response, await turned(seen, actor, wish, reason, versions))


@router.post(
    "/pause",
    operation_id="pauseRoom",
    responses=CHANGED | refusals(412),
    openapi_extra=body_of(REASON_ALONE),
)
async def pause_room(
    response: Response, actor: Operator, seen: SeenOfPath, body: JsonObject, if_match: IfMatch = None
) -> ChangedState:
    """Admits nobody new; who is inside stays inside. The mode is remembered. Pausing twice is pausing once."""
    reason = only_reason(body)
    return _tagged(response, await turned(seen, actor, pausing, reason, seen_by(if_match)))


@router.post(
    "/resume",
    operation_id="resumeRoom",
    responses=CHANGED | refusals(412),
    openapi_extra=body_of(REASON_ALONE),
)
async def resume_room(
    response: Response, actor: Operator, seen: SeenOfPath, body: JsonObject, if_match: IfMatch = None
) -> ChangedState:
    """Returns to the mode before the pause. A room that is not paused stays as it is."""
    reason = only_reason(body)
    return _tagged(response, await turned(seen, actor, resuming, reason, seen_by(if_match)))


@router.post(
    "/undo",
    operation_id="undoChange",
    responses=CHANGED | refusals(409, 412),
    openapi_extra=body_of(REASON_ALONE),
)
async def undo_change(
    response: Response, actor: Operator, seen: SeenOfPath, body: JsonObject, if_match: IfMatch = None
) -> ChangedState:
    """Takes back what an operator changed last, if nothing was set since. Done twice, it is made again."""
    author, versions = Author(actor.name, only_reason(body)), seen_by(if_match)

    async def act() -> Turned:
        store = seen.room.general.store
        return (await undo(store, seen.record.reader, seen.settings, author, seen=versions)).turned

    try:
        changes = (await overtaken(seen, act)).changes
    except NothingToUndoError as error:
        raise Problem(409, "nothing-to-undo", f"There is nothing to take back: {error}.") from None
    return _tagged(response, await done(seen, changes))


def _tagged(response: Response, state: ChangedState) -> ChangedState:
    response.headers["etag"] = state.etag
    return state
