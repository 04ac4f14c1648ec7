"""What waits for a second person: looked at, approved of, or rejected."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Request

from admin.api.bodies import JsonObject
from admin.api.once import OnceRoute
from admin.api.planning.approval import plan_approved
from admin.api.rooms.approval import ApprovalState, details_of
from admin.api.rooms.body import REASON_ALONE, body_of, only_reason
from admin.api.rooms.turned import done, overtaken
from admin.approvals import Action, Approval, State
from admin.audit.trail import record
from admin.auth.access import Operator, Viewer
from admin.auth.actor import Actor
from admin.auth.roles import Role
from admin.console import Console, console_of
from admin.documented import AS_CSV, both, refusals
from admin.export import Format, FormatOfQuery, table
from admin.live import LiveRoom
from admin.problems import Problem
from waitroom.errors import OvertakenError
from waitroom.line.seeds import Seeds
from waitroom.live.turning import Author, Turned, Turning, one_line, setting, turn

router = APIRouter(prefix="/api/approvals", tags=["approvals"], route_class=OnceRoute)


async def approval_of_path(
    request: Request, approval: Annotated[str, Path(description="Its id.")]
) -> Approval:
    """What a path names. Raises a :class:`~admin.problems.Problem` with status 404."""
    found = await console_of(request).approvals.find(approval)
    if found is None:
        raise Problem(404, "no-approval", "There is nothing of that id.")
    return found


OfPath = Annotated[Approval, Depends(approval_of_path)]


@router.get(
    "", operation_id="listApprovals", response_model=list[ApprovalState], responses={200: both(AS_CSV)}
)
async def list_approvals(
    request: Request,
    _: Viewer,
    state: Annotated[State | None, Query(description="Only those in this state.")] = None,
    form: FormatOfQuery = Format.JSON,
) -> object:
    """What needs two people, newest first."""
    found = [ApprovalState.of(each) for each in await console_of(request).approvals.all(state)]
    if form is Format.CSV:
        return table("approvals.csv", [each.model_dump(mode="json") for each in found])
    return found


@router.get("/{approval}", operation_id="getApproval")
async def get_approval(_: Viewer, approval: OfPath) -> ApprovalState:
    """One of them."""
    return ApprovalState.of(approval)


@router.post(
    "/{approval}/approve",
    operation_id="approve",
    responses=refusals(409, 412),
    openapi_extra=body_of(REASON_ALONE),
)
async def approve(request: Request, actor: Operator, approval: OfPath, body: JsonObject) -> ApprovalState:
    """Approves of it, and does it. Never by whoever asked for it, nor with a token that they made."""
    reason = only_reason(body)
    record(request, about=_about(approval), why=reason)
    if approval.person == actor.person:
        raise Problem(
            403, "same-person", f"{approval.person} asked for this: somebody else must approve of it."
        )
    console = console_of(request)
    await _may_still(console, approval)
    seen = console.live.seen.get(approval.room)
    if seen is None:
        raise Problem(409, "no-room", f"There is no room {approval.room!r} any more.")
    await _move(console, approval, State.PENDING, State.DECIDING, actor, reason)
    end = State.PENDING  # whatever goes wrong, it may be tried again
    try:
        turned = await overtaken(seen, lambda: _carry_out(console, seen, approval, actor))
        end = State.APPROVED
    except Problem:
        end = State.OVERTAKEN
        raise
    finally:
        await console.approvals.decide(approval.id, State.DECIDING, end, actor, reason)
    await done(request, seen, turned.changes)
    return await _again(console, approval)


@router.post(
    "/{approval}/reject",
    operation_id="reject",
    responses=refusals(409),
    openapi_extra=body_of(REASON_ALONE),
)
async def reject(request: Request, actor: Operator, approval: OfPath, body: JsonObject) -> ApprovalState:
    """Rejects it; whoever asked for it may take it back by this."""
    console, reason = console_of(request), only_reason(body)
    record(request, about=_about(approval), why=reason)
    await _move(console, approval, State.PENDING, State.REJECTED, actor, reason)
    return await _again(console, approval)


async def _may_still(console: Console, approval: Approval) -> None:
    """Raises a :class:`Problem` with status 409 where whoever asked has lost the right to ask since."""
    asker = await console.people.users.named(approval.person)
    needed = Role.ADMIN if approval.action is Action.RESET else Role.OPERATOR
    if asker is not None and (asker.disabled_at is not None or not asker.role.allows(needed)):
        raise Problem(409, "asker", f"{approval.person} asked for this, and may not any more: reject it.")


async def _move(
    console: Console, approval: Approval, before: State, after: State, actor: Actor, reason: str
) -> None:
    if not await console.approvals.decide(approval.id, before, after, actor, one_line(reason)):
        now = await console.approvals.find(approval.id)
        state = now.state if now else "gone"
        raise Problem(409, "decided", f"This is {state}: there is nothing to decide any more.")


def _about(approval: Approval) -> str:
    return f"{approval.room}, {approval.action} {approval.id} of {approval.asked_by}"


async def _again(console: Console, approval: Approval) -> ApprovalState:
    return ApprovalState.of(await console.approvals.find(approval.id) or approval)


async def _carry_out(console: Console, seen: LiveRoom, approval: Approval, approver: Actor) -> Turned:
    """Does what was asked for, as whoever asked, if the room is still as it was in what that is about."""
    details, store = details_of(approval), seen.room.general.store
    why = f"{approval.reason} (approved by {approver.name})".strip()
    if approval.action is Action.RESET:
        return Turned((), await store.reset(who=approval.asked_by, why=why, epoch=details.epoch))
    if approval.action is Action.PLAN:
        await plan_approved(seen, details, Author(approval.asked_by, why), Seeds(console.secrets))
        return Turned((), None)
    expected = {name: each.before for name, each in details.changed.items()}

    def as_it_was(turning: Turning) -> None:
        if {each.name: each.before for each in turning.changes} != expected:
            raise OvertakenError("the settings were changed meanwhile")

    wish = setting(details.wanted)
    return await turn(store, seen.settings, wish, Author(approval.asked_by, why), allow=as_it_was)
