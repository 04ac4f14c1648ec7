"""What waits for a second person, as the API tells it; and asking for it."""

from __future__ import annotations

from datetime import UTC, datetime

from fastapi import Request
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field, TypeAdapter

from admin.api.rooms.parts import BeforeAfter
from admin.approvals import Action, Approval, State
from admin.audit.trail import record
from admin.auth.actor import Actor
from admin.console import console_of
from admin.documented import Documented
from admin.problems import Problem
from waitroom.live.turning import one_line


class Details(BaseModel):
    """What exactly is to be done."""

    wanted: dict[str, object] = Field(default_factory=dict)
    changed: dict[str, BeforeAfter] = Field(default_factory=dict)
    epoch: int = 0
    events: list[dict[str, str | bool]] = Field(default_factory=list)
    """Of a plan, as they would stand in the file."""
    version: str = ""
    """Of the plan that they are to replace."""


class ApprovalState(BaseModel):
    """Something that needs two people."""

    id: str
    room: str
    action: Action
    changed: dict[str, BeforeAfter] = Field(
        description="What will become of the settings; of a plan, of each `event NAME`."
    )
    reason: str
    asked_by: str
    asked_at: datetime
    expires_at: datetime
    state: State = Field(
        description="`pending`; `deciding`: just being done; `approved`: and done; `rejected`; `expired`; `overtaken`: "
        "the room was not any more as it had been, and nothing was done."
    )
    decided_by: str
    decided_at: datetime | None
    decision_reason: str

    @classmethod
    def of(cls, approval: Approval) -> ApprovalState:
        """What was asked for."""
        decided = approval.decided_at
        return cls(
            id=approval.id,
            room=approval.room,
            action=approval.action,
            changed=details_of(approval).changed,
            reason=approval.reason,
            asked_by=approval.asked_by,
            asked_at=datetime.fromtimestamp(approval.asked_at, UTC),
            expires_at=datetime.fromtimestamp(approval.expires_at, UTC),
            state=approval.state,
            decided_by=approval.decided_by,
            decided_at=None if decided is None else datetime.fromtimestamp(decided, UTC),
            decision_reason=approval.decision_reason,
        )


_DETAILS = TypeAdapter(Details)
ASKED: dict[int | str, Documented] = {
    202: {
        "model": ApprovalState,
        "description": "It needs two people, and waits for the second.",
        "headers": {"Location": {"schema": {"type": "string"}, "description": "Where it waits."}},
    }
}


def details_of(approval: Approval) -> Details:
    """What exactly is to be done."""
    return _DETAILS.validate_json(approval.details)


async def ask(
    request: Request, actor: Actor, room: str, action: Action, details: Details, reason: str
) -> JSONResponse:
    """Asks for a second person, and answers 202. Raises a :class:`~admin.problems.Problem` with status 409 where too
    much waits already."""
    approvals = console_of(request).approvals
    asked = await approvals.ask(actor, room, action, details.model_dump_json(), one_line(reason))
    if asked is None:
        raise Problem(409, "too-many", "Too much waits for approval already: decide on that first.")
    changes = details.changed.items()
    record(request, before={name: each.before for name, each in changes}, why=reason)
    record(request, after={name: each.after for name, each in changes})
    record(request, after={"approval": asked.id})
    body = ApprovalState.of(asked).model_dump(mode="json")
    return JSONResponse(body, 202, {"location": f"/api/approvals/{asked.id}"})
