"""Writes the audit log as requests are answered, so that no route can forget to."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from fastapi import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from admin.audit.address import network_of
from admin.audit.entry import Draft, Outcome, Value, as_json
from admin.audit.flood import Flood
from admin.audit.log import AuditLog
from admin.auth.csrf import SAFE
from admin.store import StoreError

_REFUSALS = frozenset({401, 403, 429})
"""Answers that are written whatever was asked for."""
_KEY = "audit"

logger = logging.getLogger("waitroom.audit")


@dataclass(slots=True)
class Notes:
    """What a route knows of a request, and the answer does not tell."""

    who: str = ""
    action: str = ""
    about: str | None = None
    before: dict[str, Value] = field(default_factory=dict)
    after: dict[str, Value] = field(default_factory=dict)
    why: str = ""
    outcome: Outcome | None = None
    is_action: bool | None = None


def record(
    request: Request,
    *,
    who: str | None = None,
    action: str | None = None,
    about: str | None = None,
    before: dict[str, Value] | None = None,
    after: dict[str, Value] | None = None,
    why: str | None = None,
    outcome: Outcome | None = None,
) -> None:
    """Says more of what a request does, for its entry in the audit log: that is written when it is answered.

    Every unsafe request has one, and every refusal, with the actor, the route's operation and its parameters. Said here
    is what only the route knows: the values before and after, and why. A safe request for which this is called has one
    as well.
    """
    notes = _notes(request)
    notes.is_action = True
    notes.who = notes.who if who is None else who
    notes.action = notes.action if action is None else action
    notes.about = notes.about if about is None else about
    notes.before |= before or {}
    notes.after |= after or {}
    notes.why = notes.why if why is None else why
    notes.outcome = notes.outcome if outcome is None else outcome


def no_action(request: Request) -> None:
    """Says that an unsafe request changes nothing, such as a preview: it has an entry only where it is refused."""
    _notes(request).is_action = False


class Trail:
    """ASGI middleware that writes an entry before the answer of an action or a refusal is sent."""

    def __init__(self, app: ASGIApp, log: AuditLog, clock: Callable[[], float] = time.time) -> None:
        self._app = app
        self._log = log
        self._clock = clock
        self._flood = Flood()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes a request on."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        scope.setdefault("state", {})[_KEY] = notes = Notes()
        answered = False

        async def noted(message: Message) -> None:
            nonlocal answered
            if message["type"] == "http.response.start":
                answered = True
                await self._note(scope, notes, message["status"])
            await send(message)

        try:
            await self._app(scope, receive, noted)
        except Exception:
            if not answered:
                await self._note(scope, notes, 500)
            raise

    async def _note(self, scope: Scope, notes: Notes, status: int) -> None:
        draft = _draft(scope, notes, status)
        if draft is None:
            return
        now = self._clock()
        is_anybodys = draft.outcome is Outcome.REFUSED or not draft.who
        if is_anybodys and not self._flood.takes(draft.who or draft.network, now):
            return
        try:
            if left_out := self._flood.told(now):
                await self._log.add(
                    Draft("", "refusals left out", Outcome.REFUSED, after={"count": left_out})
                )
            await self._log.add(draft)
        except StoreError:
            # what was done is done; at least here it is told
            logger.exception("not in the audit log: %s", _line(draft))


def _draft(scope: Scope, notes: Notes, status: int) -> Draft | None:
    route = scope.get("route")
    actor = scope["state"].get("actor")
    unsafe = scope["method"] not in SAFE
    is_action = unsafe if notes.is_action is None else notes.is_action
    if status not in _REFUSALS and not (is_action and (route is not None or actor is not None)):
        return None
    outcome = Outcome.DONE if status < 400 else Outcome.REFUSED if status < 500 else Outcome.FAILED
    name = getattr(route, "operation_id", None) or getattr(route, "name", None)
    peer = scope.get("client")
    return Draft(
        who=notes.who or (actor.name if actor else ""),
        action=notes.action or name or f"{scope['method']} {scope['path']}",
        outcome=notes.outcome or outcome,
        about=_params(scope) if notes.about is None else notes.about,
        before=notes.before,
        after=notes.after,
        why=notes.why,
        network=network_of(peer[0]) if peer else "",
        status=status,
    )


def _params(scope: Scope) -> str:
    return ", ".join(str(each) for each in scope.get("path_params", {}).values())


def _notes(request: Request) -> Notes:
    found = request.scope.setdefault("state", {}).setdefault(_KEY, Notes())
    if not isinstance(found, Notes):
        raise TypeError("the state of the request holds something else")
    return found


def _line(draft: Draft) -> str:
    return as_json(
        {
            "who": draft.who,
            "action": draft.action,
            "about": draft.about,
            "outcome": draft.outcome.value,
            "before": as_json(draft.before),
            "after": as_json(draft.after),
            "why": draft.why,
        }
    )
