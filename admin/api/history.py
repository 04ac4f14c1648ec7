"""What the charts draw."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request

from admin.api.rooms.path import RoomOfPath
from admin.auth.access import Viewer
from admin.console import console_of
from admin.history.series import Series, Span

router = APIRouter(prefix="/api/rooms", tags=["rooms"])


@router.get("/{room}/history", operation_id="getHistory")
async def get_history(
    request: Request,
    _: Viewer,
    room: RoomOfPath,
    span: Annotated[
        Span, Query(description="The last 15 minutes, 3 hours, or all that is known.")
    ] = Span.QUARTER,
    since: Annotated[
        float | None,
        Query(allow_inf_nan=False, description="With span=event: where it begins, in seconds since 1970."),
    ] = None,
) -> Series:
    """How a room was, at even steps up to now: at most 900 of them."""
    sampler = console_of(request).sampler
    return await sampler.history.series(room.name, span, sampler.now, since if span is Span.EVENT else None)
