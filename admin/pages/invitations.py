"""The invitations of a room: minted, listed, looked at, revoked."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response

from admin.api.invitations.single import batches_of
from admin.api.rooms.path import SeenOfPath
from admin.auth.access import Operator
from admin.auth.actor import Actor
from admin.invitations.desk import MOST, MOST_BYTES
from admin.live import LiveRoom
from admin.pages.templates import fragment, page

router = APIRouter(include_in_schema=False)


@router.get("/rooms/{room}/invitations", name="room-invitations")
async def invitations_page(request: Request, actor: Operator, seen: SeenOfPath) -> Response:
    """The invitations of a room."""
    return page(
        request,
        "invitations.html",
        actor,
        here="room-invitations",
        room=seen.room.name,
        lanes=[lane for lane in seen.settings.lane_names if lane != "general"] or ["general"],
        has_host=bool(seen.settings.hosts),
        invite_only=seen.settings.invite_only,
        most=MOST,
        most_megabytes=MOST_BYTES // 1024**2,
        parts=await _parts(request, actor, seen),
    )


@router.get("/rooms/{room}/invitations/parts", name="invitations-parts")
async def invitations_parts(request: Request, actor: Operator, seen: SeenOfPath) -> JSONResponse:
    """What of the page changes, to be put in place of what stands there."""
    return JSONResponse({"parts": await _parts(request, actor, seen)})


async def _parts(request: Request, actor: Actor, seen: LiveRoom) -> dict[str, str]:
    batches = await batches_of(request, actor, seen)
    return {"batches": fragment("invitations-batches.html", batches=batches)}
