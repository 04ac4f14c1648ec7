"""Changes of a room's plan, each of which can be tried before it is made."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from pydantic import JsonValue

from admin.api.bodies import MOST_REASON, JsonObject, nothing_else, taken_reason
from admin.api.once import OnceRoute
from admin.api.planning.approval import ask_for_plan, needs_two, told
from admin.api.planning.state import PlanState, PlanTrial, etag_of, version_of
from admin.api.preconditions import OVERTAKEN, IfMatch, needed, version_wanted
from admin.api.rooms.approval import ASKED
from admin.api.rooms.body import body_of
from admin.api.rooms.path import SeenOfPath
from admin.audit.trail import no_action, record
from admin.auth.access import Operator
from admin.auth.actor import Actor
from admin.console import console_of
from admin.documented import Documented, both, refusals
from admin.live import LiveRoom
from admin.problems import Problem
from waitroom.errors import EventHeldError, OvertakenError, SettingsError
from waitroom.line.seeds import Seeds
from waitroom.planning.change import Planning, planning_of, propose, replan
from waitroom.planning.words import by_seconds, events_given, with_opening_moved, without

router = APIRouter(prefix="/api/rooms/{room}/plan", tags=["schedule"], route_class=OnceRoute)

Check = Annotated[
    bool, Query(description="Only say what would happen: nothing is changed, and no `If-Match` is needed.")
]
_REASON: Documented = {"type": "string", "maxLength": MOST_REASON, "description": "Why, for the record."}
_EVENT: Documented = {
    "type": "object",
    "required": ["name", "opens"],
    "additionalProperties": False,
    "properties": {
        "name": {"type": "string", "pattern": "^[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?$"},
        "opens": {
            "type": "string",
            "description": "`2026-12-01 10:00` in the room's zone, or with an offset.",
        },
        "prequeue": {"type": "string", "description": "A duration such as `30m`."},
        "draw": {"type": "boolean"},
        "closes": {"type": ["string", "null"], "description": "A moment, or a duration from the opening."},
        "rate": {"type": ["string", "null"], "description": "`100`, or `100, then +50 every 5m to 600`."},
        "mode": {"type": "string", "enum": ["auto", "queue"]},
    },
}
_PLAN = body_of(
    {
        "type": "object",
        "required": ["events"],
        "additionalProperties": False,
        "properties": {"events": {"type": "array", "items": _EVENT}, "reason": _REASON},
    },
    required=True,
)
_NAME: Documented = {"type": "string", "description": "The name of an event of the plan."}
_MOVE = body_of(
    {
        "type": "object",
        "required": ["event", "by"],
        "additionalProperties": False,
        "properties": {
            "event": _NAME,
            "by": {"type": "string", "description": "A duration such as `15m`, or `-15m` for earlier."},
            "reason": _REASON,
        },
    },
    required=True,
)
_CANCEL = body_of(
    {
        "type": "object",
        "required": ["event"],
        "additionalProperties": False,
        "properties": {"event": _NAME, "reason": _REASON},
    },
    required=True,
)
_ANSWERS: dict[int | str, Documented] = {200: both(etag=True), **ASKED, **refusals(409, 412, 428)}
_Answer = PlanState | PlanTrial


@router.put("", operation_id="changePlan", response_model=_Answer, responses=_ANSWERS, openapi_extra=_PLAN)
async def change_plan(
    request: Request,
    response: Response,
    actor: Operator,
    seen: SeenOfPath,
    body: JsonObject,
    check: Check = False,  # noqa: FBT002 - a query's way
    if_match: IfMatch = None,
) -> object:
    """Puts these events in the place of all that is planned. What is due already is done at once; what the plan before
    had too is not done twice. An opening that is awaited moves, or is cancelled where its event is left out."""
    asked = _Asked(request, response, actor, seen, if_match, check=check, reason=taken_reason(body))
    nothing_else(body, "events")
    events = body.get("events")
    if not isinstance(events, list):
        raise Problem(422, "wrong-request", "events: must be a list of events; an empty one plans nothing.")
    return await asked.answer(await asked.planning(), events)


@router.post(
    "/move", operation_id="moveOpening", response_model=_Answer, responses=_ANSWERS, openapi_extra=_MOVE
)
async def move_opening(
    request: Request,
    response: Response,
    actor: Operator,
    seen: SeenOfPath,
    body: JsonObject,
    check: Check = False,  # noqa: FBT002
    if_match: IfMatch = None,
) -> object:
    """Moves the opening of an event, and what hangs on it: its pre-queue, its ramp, and a closing that was given as a
    duration. One that has opened does not move any more."""
    asked = _Asked(request, response, actor, seen, if_match, check=check, reason=taken_reason(body))
    nothing_else(body, "event", "by")
    now = await asked.planning()
    name, by = _text(body, "event"), by_seconds(_text(body, "by"))
    if now.event.name == name and now.event.opened_at:
        raise Problem(409, "event-open", f"{name} has opened already.")
    return await asked.answer(now, with_opening_moved(now.events, name, by, seen.settings.timezone))


@router.post(
    "/cancel", operation_id="cancelEvent", response_model=_Answer, responses=_ANSWERS, openapi_extra=_CANCEL
)
async def cancel_event(
    request: Request,
    response: Response,
    actor: Operator,
    seen: SeenOfPath,
    body: JsonObject,
    check: Check = False,  # noqa: FBT002
    if_match: IfMatch = None,
) -> object:
    """Takes an event out of the plan. Where its line has begun, the room has its own mode and rate again; one that is
    open stays open."""
    asked = _Asked(request, response, actor, seen, if_match, check=check, reason=taken_reason(body))
    nothing_else(body, "event")
    now = await asked.planning()
    return await asked.answer(now, without(now.events, _text(body, "event")))


class _Asked:
    """One request for a change."""

    def __init__(
        self,
        request: Request,
        response: Response,
        actor: Actor,
        seen: LiveRoom,
        if_match: str | None,
        *,
        check: bool,
        reason: str,
    ) -> None:
        self._request = request
        self._response = response
        self._actor = actor
        self._seen = seen
        self._if_match = if_match
        self._check = check
        self._reason = reason
        if check:
            no_action(request)
        else:
            needed(if_match)

    async def planning(self) -> Planning:
        """The plan that is to be changed, where it is the one that the request goes by."""
        now = await planning_of(self._seen.settings, self._seen.room.general.store)
        if self._check:
            return now
        try:
            version_wanted(self._if_match, version_of(now))
        except Problem as problem:
            raise self._with_state(problem, now) from None
        return now

    async def answer(self, now: Planning, events: Sequence[object]) -> object:
        """Tries these events, or plans them."""
        seen, now_ms = self._seen, int(time.time() * 1000)
        seeds = Seeds(console_of(self._request).secrets)
        try:
            proposal = propose(now, events_given(events, seen.settings), seeds, now_ms)
            if self._check:
                return PlanTrial.of(now, proposal, now_ms)
            if needs_two(console_of(self._request).settings.approval, now, proposal):
                return await ask_for_plan(self._request, self._actor, now, proposal, self._reason)
            await replan(seen.room.general.store, now, proposal, who=self._actor.name, why=self._reason)
        except EventHeldError as error:
            raise Problem(409, "event-held", f"{str(error).capitalize()}.") from None
        except OvertakenError:
            problem = Problem(412, "overtaken", OVERTAKEN)
            raise self._with_state(
                problem, await planning_of(seen.settings, seen.room.general.store)
            ) from None
        after = await planning_of(seen.settings, seen.room.general.store)
        record(self._request, before={**told(now.events)}, after={**told(after.events)}, why=self._reason)
        await seen.room.look()
        seen.tell()
        state = PlanState.of(after, now_ms)
        self._response.headers["etag"] = state.etag
        return state

    def _with_state(self, problem: Problem, now: Planning) -> Problem:
        state = PlanState.of(now, int(time.time() * 1000)).model_dump(mode="json")
        return Problem(problem.status, problem.kind, problem.detail, {"etag": etag_of(now)}, state=state)


def _text(body: dict[str, JsonValue], name: str) -> str:
    given = body.get(name)
    if not isinstance(given, str):
        raise SettingsError(f"{name}: must be a text")
    return given
