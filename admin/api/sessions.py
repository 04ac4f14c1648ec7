"""One's own sessions."""

from __future__ import annotations

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field

from admin.audit.trail import record
from admin.auth.access import Viewer
from admin.auth.person import Person
from admin.auth.sessions import Session
from admin.console import console_of
from admin.problems import Problem

router = APIRouter(prefix="/api/sessions", tags=["access"])


class SessionState(BaseModel):
    """Where one is signed in. Times are in seconds since 1970."""

    id: str
    agent: str = Field(description="The browser and its system, as far as it says so.")
    network: str = Field(description="From where: /24 of IPv4, /48 of IPv6.")
    made_at: float
    seen_at: float
    ends_at: float = Field(description="When it ends in any case; unused, it ends before.")
    current: bool = Field(description="Whether it is the one that asks.")

    @classmethod
    def of(cls, session: Session, current: str) -> SessionState:
        """The state of a session."""
        return cls(
            id=session.id,
            agent=session.agent,
            network=session.network,
            made_at=session.made_at,
            seen_at=session.seen_at,
            ends_at=session.ends_at,
            current=session.id == current,
        )


@router.get("", operation_id="listSessions")
async def list_sessions(request: Request, actor: Viewer, user: Person) -> list[SessionState]:
    """One's own sessions, the last used first. For people: a program has none."""
    found = await console_of(request).people.sessions.of(user.id)
    return [SessionState.of(each, actor.session) for each in found]


@router.delete("/{session}", operation_id="endSession", status_code=204)
async def end_session(request: Request, _: Viewer, user: Person, session: str) -> None:
    """Ends one of them at once."""
    ended = await console_of(request).people.sessions.end(session, user_id=user.id)
    if ended is None:
        raise Problem(404, "no-session", "There is no such session of yours.")
    record(request, about=user.name, before={"session": ended.id, "network": ended.network})
