"""What a change would do, before it is made."""

from __future__ import annotations

from dataclasses import replace

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field

from admin.api.bodies import JsonObject, taken_reason
from admin.api.rooms.body import body_of, change_schema, wanted
from admin.api.rooms.parts import BeforeAfter, LimitedBy, told_changes
from admin.api.rooms.path import SeenOfPath
from admin.api.rooms.state import etag_of
from admin.audit.trail import no_action
from admin.auth.access import Viewer
from admin.live import LiveRoom
from waitroom.live.limits import limiting
from waitroom.live.situation import situation_of
from waitroom.live.turning import setting, work_out
from waitroom.shaping.plan import Outlook, Situation, effect_of

router = APIRouter(prefix="/api/rooms/{room}", tags=["rooms"])


class Waits(BaseModel):
    """What to expect under certain rules. null: never, as things stand."""

    outflow_per_minute: float = Field(description="Visitors who enter.")
    first_seconds: float | None = Field(description="The wait of whoever stands first in line.")
    median_seconds: float | None = Field(description="The wait of whoever stands in the middle.")
    last_seconds: float | None = Field(description="The wait of whoever stands last.")
    newcomer_seconds: float | None = Field(description="The wait of whoever comes next.")
    ends_seconds: float | None = Field(description="Until nobody waits any more, newcomers included.")
    load: float | None = Field(
        description="Visitors inside once it has settled; null: nobody knows how long a visit lasts."
    )

    @classmethod
    def of(cls, outlook: Outlook) -> Waits:
        """What the rules come to."""
        return cls(
            outflow_per_minute=outlook.outflow,
            first_seconds=outlook.first_seconds,
            median_seconds=outlook.median_seconds,
            last_seconds=outlook.last_seconds,
            newcomer_seconds=outlook.newcomer_seconds,
            ends_seconds=outlook.ends_seconds,
            load=outlook.load,
        )


class Preview(BaseModel):
    """What a change would do to those in line and to the shop, by the rules of ``waitroom plan --what-if``."""

    changed: dict[str, BeforeAfter]
    before: Waits
    after: Waits
    stands_seconds: float = Field(
        description="So long nobody enters after the change: more are inside than the new capacity has places for."
    )
    saved_seconds: float | None = Field(
        description="How much sooner the last in line enters; negative: later; null: never, without the change or with "
        "it."
    )
    waiting: int
    inside: int
    inflow_per_minute: float = Field(description="Newcomers, as measured.")
    visit_seconds: float | None = Field(
        description="How long a visitor counts as inside, by Little's law; null: not known."
    )
    no_shows: float = Field(description="The share of those called who do not come.")
    limited_by: LimitedBy = Field(description="What limits admission now: only a change of that helps.")
    etag: str = Field(description="Of the state that this goes by, for If-Match.")


@router.post("/preview", operation_id="previewChange", openapi_extra=body_of(change_schema(), required=True))
async def preview_change(request: Request, _: Viewer, seen: SeenOfPath, body: JsonObject) -> Preview:
    """What a change would do to the waits of those in line and to the load of the shop. Changes nothing."""
    no_action(request)
    taken_reason(body)
    room = seen.room
    turning = work_out(seen.settings, room.rules, setting(wanted(body, seen.settings)))
    now = situation(seen)
    effect = effect_of(now, turning.after)
    return Preview(
        changed=told_changes(turning.changes),
        before=Waits.of(effect.before),
        after=Waits.of(effect.after),
        stands_seconds=effect.stands_seconds,
        saved_seconds=effect.saved_seconds,
        waiting=now.waiting,
        inside=now.inside,
        inflow_per_minute=now.inflow,
        visit_seconds=now.visit_seconds or None,
        no_shows=now.no_shows,
        limited_by=LimitedBy.of(limiting(room, seen.record.set_by)),
        etag=etag_of(room.rules.revision),
    )


def situation(seen: LiveRoom) -> Situation:
    """How a room stands, as the console has measured it."""
    room = seen.room
    now = situation_of([lane.snapshot for lane in room.lanes.values()], room.rules)
    return replace(now, inflow=seen.flow.joins_per_minute or 0.0)
