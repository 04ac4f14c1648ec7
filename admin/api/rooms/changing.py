"""Changes of what is set for a room."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from admin.api.bodies import JsonObject, taken_reason
from admin.api.once import OnceRoute
from admin.api.preconditions import IfMatch, needed, seen_by
from admin.api.rooms.approval import ASKED, Details, ask
from admin.api.rooms.body import REASON_ALONE, body_of, change_schema, only_reason, wanted
from admin.api.rooms.parts import told_changes
from admin.api.rooms.path import SeenOfPath
from admin.api.rooms.state import ChangedState
from admin.api.rooms.turned import TwoNeededError, alone, done, overtaken, turned
from admin.approvals import Action
from admin.audit.trail import record
from admin.auth.access import Operator
from admin.auth.actor import Actor
from admin.console import console_of
from admin.documented import Documented, both, refusals
from admin.live import LiveRoom
from admin.problems import Problem
from waitroom.live.turning import Author, Turned, Turning, pausing, resuming, setting
from waitroom.live.undoing import NothingToUndoError, undo

router = APIRouter(prefix="/api/rooms/{room}", tags=["rooms"], route_class=OnceRoute)
CHANGED: dict[int | str, Documented] = {200: both(etag=True)}


@router.patch(
    "",
    operation_id="changeRoom",
    response_model=ChangedState,
    responses=CHANGED | ASKED | refusals(412, 428),
    openapi_extra=body_of(change_schema(), required=True),
)
async def change_room(
    request: Request,
    response: Response,
    actor: Operator,
    seen: SeenOfPath,
    body: JsonObject,
    if_match: IfMatch = None,
) -> object:
    """Changes what is set, and answers with the room as it is then. What is not named stays as it is. Durations are
    seconds or texts such as `"10m"`; null is what a setting has that is left out of the file, where it may be."""
    versions = needed(if_match)
    reason = taken_reason(body)
    wish = setting(wanted(body, seen.settings))
    allow = alone(console_of(request).settings.approval)
    try:
        return _tagged(response, await turned(request, seen, actor, wish, reason, versions, allow))
    except TwoNeededError as error:
        return await ask_for(request, actor, seen, error.turning, reason)


@router.post(
    "/pause",
    operation_id="pauseRoom",
    responses=CHANGED | refusals(412),
    openapi_extra=body_of(REASON_ALONE),
)
async def pause_room(
    request: Request,
    response: Response,
    actor: Operator,
    seen: SeenOfPath,
    body: JsonObject,
    if_match: IfMatch = None,
) -> ChangedState:
    """Admits nobody new; who is inside stays inside. The mode is remembered. Pausing twice is pausing once."""
    reason = only_reason(body)
    return _tagged(response, await turned(request, seen, actor, pausing, reason, seen_by(if_match)))


@router.post(
    "/resume",
    operation_id="resumeRoom",
    responses=CHANGED | refusals(412),
    openapi_extra=body_of(REASON_ALONE),
)
async def resume_room(
    request: Request,
    response: Response,
    actor: Operator,
    seen: SeenOfPath,
    body: JsonObject,
    if_match: IfMatch = None,
) -> ChangedState:
    """Returns to the mode before the pause. A room that is not paused stays as it is."""
    reason = only_reason(body)
    return _tagged(response, await turned(request, seen, actor, resuming, reason, seen_by(if_match)))


@router.post(
    "/undo",
    operation_id="undoChange",
    response_model=ChangedState,
    responses=CHANGED | ASKED | refusals(409, 412),
    openapi_extra=body_of(REASON_ALONE),
)
async def undo_change(
    request: Request,
    response: Response,
    actor: Operator,
    seen: SeenOfPath,
    body: JsonObject,
    if_match: IfMatch = None,
) -> object:
    """Takes back what an operator changed last, if nothing was set since. Done twice, it is made again."""
    author, versions = Author(actor.name, only_reason(body)), seen_by(if_match)
    allow = alone(console_of(request).settings.approval)
    record(request, why=author.why)

    async def act() -> Turned:
        store, reader = seen.room.general.store, seen.record.reader
        return (await undo(store, reader, seen.settings, author, seen=versions, allow=allow)).turned

    try:
        changes = (await overtaken(seen, act)).changes
    except NothingToUndoError as error:
        raise Problem(409, "nothing-to-undo", f"There is nothing to take back: {error}.") from None
    except TwoNeededError as error:
        return await ask_for(request, actor, seen, error.turning, author.why)
    return _tagged(response, await done(request, seen, changes))


async def ask_for(request: Request, actor: Actor, seen: LiveRoom, turning: Turning, reason: str) -> Response:
    """Keeps a change for a second person."""
    wanted_then = {each.name: each.after for each in turning.changes}
    details = Details(wanted=dict(wanted_then), changed=told_changes(turning.changes))
    return await ask(request, actor, seen.room.name, Action.CHANGE, details, reason)


def _tagged(response: Response, state: ChangedState) -> ChangedState:
    response.headers["etag"] = state.etag
    return state
