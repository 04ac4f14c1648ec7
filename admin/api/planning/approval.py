"""Plans that need two people: kept, and carried out once somebody else has approved of them."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping

from fastapi import Request
from fastapi.responses import JSONResponse

from admin.api.rooms.approval import Details, ask
from admin.api.rooms.parts import BeforeAfter
from admin.approvals import Action
from admin.auth.actor import Actor
from admin.live import LiveRoom
from admin.problems import Problem
from waitroom.errors import EventHeldError, OvertakenError
from waitroom.line.seeds import Seeds
from waitroom.live.turning import Author
from waitroom.planning.change import Planning, Proposal, planning_of, propose, replan
from waitroom.planning.opening import highest_rate
from waitroom.planning.words import events_given
from waitroom.settings import ApprovalSettings
from waitroom.settings.events import EventSettings
from waitroom.settings.schedule import written


def needs_two(settings: ApprovalSettings, now: Planning, proposal: Proposal) -> bool:
    """Whether a plan raises a rate above what one operator alone may, and above all that was planned before."""
    above = settings.rate_above
    if above is None:
        return False
    return highest_rate(proposal.plan) > max(above, highest_rate(now.planned.plan))


async def ask_for_plan(
    request: Request, actor: Actor, now: Planning, proposal: Proposal, reason: str
) -> JSONResponse:
    """Keeps a plan for a second person."""
    before, after = told(now.events), told(proposal.events)
    names = [name for name in {**before, **after} if before.get(name) != after.get(name)]
    changed = {f"event {name}": BeforeAfter(before=before.get(name), after=after.get(name)) for name in names}
    events = [written(event) for event in proposal.events]
    details = Details(changed=changed, events=events, version=now.version)
    return await ask(request, actor, now.room.name, Action.PLAN, details, reason)


async def plan_approved(seen: LiveRoom, details: Details, author: Author, seeds: Seeds) -> None:
    """Plans what was approved of. Raises :class:`~waitroom.errors.OvertakenError` where another plan has come between,
    and a :class:`~admin.problems.Problem` with status 409 for an event that was held meanwhile."""
    store = seen.room.general.store
    now = await planning_of(seen.settings, store)
    if now.version != details.version:
        raise OvertakenError("the plan was changed meanwhile")
    try:
        proposal = propose(now, events_given(details.events, seen.settings), seeds, int(time.time() * 1000))
        await replan(store, now, proposal, who=author.who, why=author.why)
    except EventHeldError as error:
        raise Problem(409, "event-held", f"{str(error).capitalize()}.") from None


def told(events: Iterable[EventSettings]) -> Mapping[str, str]:
    """Events in a few words, by their names."""
    return {event.name: _words(event) for event in events}


def _words(event: EventSettings) -> str:
    said = [f"opens {event.opens}"]
    if event.closes is not None:
        said.append(f"closes {event.closes}")
    if event.rate is not None:
        said.append(f"rate {event.rate}")
    return ", ".join((*said, f"mode {event.mode}"))
