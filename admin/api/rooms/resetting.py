"""A room's line begun anew."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from admin.api.bodies import JsonObject, nothing_else, taken_reason
from admin.api.once import OnceRoute
from admin.api.preconditions import IfMatch, seen_by
from admin.api.rooms.approval import ASKED, Details, ask
from admin.api.rooms.body import REASON_ALONE, body_of
from admin.api.rooms.changing import CHANGED
from admin.api.rooms.path import SeenOfPath
from admin.api.rooms.state import ChangedState
from admin.api.rooms.turned import done, overtaken
from admin.approvals import Action
from admin.audit.trail import record
from admin.auth.access import Admin
from admin.console import console_of
from admin.documented import Documented, refusals
from admin.problems import Problem
from waitroom.live.turning import Turned, must_match, one_line

router = APIRouter(prefix="/api/rooms/{room}", tags=["rooms"], route_class=OnceRoute)
_BODY: Documented = REASON_ALONE | {
    "properties": REASON_ALONE["properties"]
    | {"confirm": {"type": "string", "description": "The room's name once more. People must give it."}}
}


@router.post(
    "/reset",
    operation_id="resetRoom",
    response_model=ChangedState,
    responses=CHANGED | ASKED | refusals(412),
    openapi_extra=body_of(_BODY),
)
async def reset_room(
    request: Request,
    response: Response,
    actor: Admin,
    seen: SeenOfPath,
    body: JsonObject,
    if_match: IfMatch = None,
) -> object:
    """Begins the line anew: every place in it is given up, and cannot be had back. Who is inside stays inside.

    `confirm` has the room's name once more; a program with a token, which has named it in the address, may leave that
    out.
    """
    reason, versions = taken_reason(body), seen_by(if_match)
    nothing_else(body, "confirm")
    name, epoch = seen.room.name, seen.room.head.epoch
    record(request, before={"epoch": epoch}, why=reason)
    if body.get("confirm", "" if actor.session else name) != name:
        raise Problem(
            422, "confirm", f"Every place in the line will be given up. To go on, confirm: {name!r}."
        )

    async def check() -> Turned:
        must_match(seen.room.rules, versions)
        return Turned((), None)

    await overtaken(seen, check)
    if console_of(request).settings.approval.reset:
        return await ask(request, actor, name, Action.RESET, Details(epoch=epoch), reason)

    async def act() -> Turned:
        meant = None if versions is None else epoch
        head = await seen.room.general.store.reset(who=actor.name, why=one_line(reason), epoch=meant)
        return Turned((), head)

    await overtaken(seen, act)
    state = await done(request, seen, ())
    response.headers["etag"] = state.etag
    return state
