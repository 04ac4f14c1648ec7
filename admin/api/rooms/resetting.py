"""A room's line begun anew."""

from __future__ import annotations

from fastapi import APIRouter, Response

from admin.api.bodies import JsonObject, nothing_else, taken_reason
from admin.api.once import OnceRoute
from admin.api.preconditions import IfMatch, seen_by
from admin.api.rooms.body import REASON_ALONE, body_of
from admin.api.rooms.changing import CHANGED
from admin.api.rooms.path import SeenOfPath
from admin.api.rooms.state import ChangedState
from admin.api.rooms.turned import done, overtaken
from admin.auth.access import Admin
from admin.documented import Documented, refusals
from admin.problems import Problem
from waitroom.live.turning import Turned, must_match

router = APIRouter(prefix="/api/rooms/{room}", tags=["rooms"], route_class=OnceRoute)
_BODY: Documented = REASON_ALONE | {
    "properties": REASON_ALONE["properties"]
    | {"confirm": {"type": "string", "description": "The room's name once more. People must give it."}}
}


@router.post(
    "/reset", operation_id="resetRoom", responses=CHANGED | refusals(412), openapi_extra=body_of(_BODY)
)
async def reset_room(
    response: Response, actor: Admin, seen: SeenOfPath, body: JsonObject, if_match: IfMatch = None
) -> ChangedState:
    """Begins the line anew: every place in it is given up, and cannot be had back. Who is inside stays inside.

    `confirm` has the room's name once more; a program with a token, which has named it in the address, may leave that
    out.
    """
    reason, versions = taken_reason(body), seen_by(if_match)
    nothing_else(body, "confirm")
    name = seen.room.name
    if body.get("confirm", "" if actor.session else name) != name:
        raise Problem(
            422, "confirm", f"Every place in the line will be given up. To go on, confirm: {name!r}."
        )

    async def act() -> Turned:
        must_match(seen.room.rules, versions)
        epoch = None if versions is None else seen.room.head.epoch
        head = await seen.room.general.store.reset(who=actor.name, why=" ".join(reason.split()), epoch=epoch)
        return Turned((), head)

    await overtaken(seen, act)
    state = await done(seen, ())
    response.headers["etag"] = state.etag
    return state
