"""The support desk: a shopper's code to a place, what became of it, and help."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Path, Query, Request
from pydantic import BaseModel, ConfigDict, Field

from admin.api.once import OnceRoute
from admin.api.rooms.parts import Wait, moment
from admin.auth.access import Operator, Viewer
from admin.console import console_of
from admin.documented import refusals
from admin.support.helping import Wish, help_place
from admin.support.looking import Shown, locate, look
from waitroom.line.desk import Fate
from waitroom.support.desk import LONGEST_REASON
from waitroom.support.effect import Effect
from waitroom.support.place import Action, Happening, Located

router = APIRouter(prefix="/api/support", tags=["support"], route_class=OnceRoute)
_State = Fate | Literal["ended"]
CodeOfPath = Annotated[
    str,
    Path(max_length=200, description="As the shopper reads it out: O counts as 0, case and spaces do not."),
]
RoomOfQuery = Annotated[str, Query(max_length=100, description="Look in this room only.")]
LaneOfQuery = Annotated[str, Query(max_length=100, description="Look in this lane only.")]
_NOT_FOUND = refusals(404, 409, 422)


class Happened(BaseModel):
    """Something that concerned the place."""

    at: datetime
    kind: str
    text: str
    who: str
    why: str

    @classmethod
    def of(cls, each: Happening) -> Happened:
        """An entry of the history."""
        return cls(at=moment(each.at_ms), kind=each.kind, text=each.text, who=each.who, why=each.why)


class EffectState(BaseModel):
    """What an action would do."""

    action: Action
    code: str = Field(description="Of the place that is helped.")
    text: str
    others: str = Field(description="What it means for those behind.")
    notes: list[str]

    @classmethod
    def of(cls, effect: Effect) -> EffectState:
        """An effect."""
        return cls(
            action=effect.action,
            code=effect.place.code,
            text=effect.text,
            others=effect.others,
            notes=list(effect.notes),
        )


class PlaceState(BaseModel):
    """A place in a line. Nothing in it says whose it is."""

    code: str
    room: str
    lane: str
    epoch: int = Field(description="The life of the line.")
    number: int
    turn: int | None = Field(description="In the order of the lane; null: not drawn yet, or not known.")
    state: _State = Field(description="The manual of the support desk has them all.")
    position: int | None = Field(description="1 + how many are let in before it; null: it does not wait.")
    wait: Wait | None = Field(description="Until it is called; null: nobody knows.")
    present: bool = Field(description="Whether its holder was there just now.")
    lasts_seconds: int = Field(description="A visit goes on so long without a request; 0: not told.")
    helped: bool = Field(description="Whether the desk has helped it before.")
    why: str = Field(description="Why it stands where it stands, in a sentence.")
    came_from: str | None = Field(description="The code of the place that its holder had before.")
    went_to: str | None = Field(description="The code of the one that they were given since.")
    given_up_for: str | None = Field(description="The code of the one that the desk gave back for it.")
    joined_after: datetime | None
    joined_before: datetime | None
    effects: list[EffectState] = Field(description="What can be done, and what it would come to.")
    history: list[Happened] = Field(description="Oldest first.")

    @classmethod
    def of(cls, shown: Shown) -> PlaceState:
        """A place."""
        found, place = shown.found, shown.found.place
        return cls(
            code=place.code,
            **place._asdict(),
            turn=found.turn,
            state=found.fate or "ended",
            position=found.position,
            wait=Wait.of(shown.wait),
            present=found.is_present,
            lasts_seconds=found.lasts_seconds,
            helped=found.is_helped,
            why=shown.why,
            came_from=found.came_from and found.came_from.code,
            went_to=found.went_to and found.went_to.code,
            given_up_for=found.given_up_for and found.given_up_for.code,
            joined_after=None if found.joined_after_ms is None else moment(found.joined_after_ms),
            joined_before=None if found.joined_before_ms is None else moment(found.joined_before_ms),
            effects=[EffectState.of(each) for each in shown.effects],
            history=[Happened.of(each) for each in found.history],
        )


class Helping(BaseModel):
    """Why a place is helped."""

    model_config = ConfigDict(extra="forbid")

    reason: Annotated[str, Field(min_length=1, max_length=LONGEST_REASON)]
    state: _State | None = Field(
        default=None, description="How the place stood when it was looked at: if it is another, 412."
    )


class HelpedState(BaseModel):
    """What was done."""

    done: str
    place: PlaceState


@router.get("/{code}", operation_id="findPlace", responses=_NOT_FOUND)
async def find_place(
    request: Request, _: Viewer, code: CodeOfPath, room: RoomOfQuery = "", lane: LaneOfQuery = ""
) -> PlaceState:
    """The place of a code, in any room, what became of it and why, and what can be done.

    404 where no place has the code: `elsewhere` are places that have it outside the `room` and `lane` that were named,
    `near` those whose codes are one slip away. 409 where it may be of several `places`.
    """
    console = console_of(request)
    return PlaceState.of(await look(console, await locate(console, code, room, lane)))


@router.post("/{code}/restore", operation_id="restorePlace", responses=_NOT_FOUND | refusals(412))
async def restore_place(
    request: Request,
    actor: Operator,
    code: CodeOfPath,
    wanted: Helping,
    room: RoomOfQuery = "",
    lane: LaneOfQuery = "",
) -> HelpedState:
    """Gives a place back that was missed, left, or used by mistake, at its old turn.

    Of a place that waits, the one that its holder had before."""
    place = await locate(console_of(request), code, room, lane)
    return await _helped(request, actor, place, Action.RESTORE, wanted)


@router.post("/{code}/front", operation_id="bringForward", responses=_NOT_FOUND | refusals(412))
async def bring_forward(
    request: Request,
    actor: Operator,
    code: CodeOfPath,
    wanted: Helping,
    room: RoomOfQuery = "",
    lane: LaneOfQuery = "",
) -> HelpedState:
    """Lets a waiting place be called next, within the rate and the capacity."""
    place = await locate(console_of(request), code, room, lane)
    return await _helped(request, actor, place, Action.FRONT, wanted)


async def _helped(
    request: Request, actor: Operator, place: Located, action: Action, wanted: Helping
) -> HelpedState:
    wish = Wish(action, wanted.reason, wanted.state or "")
    done = await help_place(request, actor, place, wish)
    return HelpedState(done=done.text, place=PlaceState.of(await look(console_of(request), done.place)))
