"""Which role a route needs. Each route of the console says so in its signature, or is named as open to all."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Annotated

from fastapi import Depends, Request
from fastapi.security import HTTPBearer
from fastapi.security.base import SecurityBase

from admin.auth import cookies
from admin.auth.actor import Actor
from admin.auth.csrf import check_token, form_token, is_bearer
from admin.auth.roles import Role
from admin.auth.sessions import Session, Step
from admin.auth.user import User
from admin.console import Console, console_of
from admin.problems import Problem

Identify = Callable[[Request, Console], Awaitable[Actor | None]]


async def by_token(request: Request, console: Console) -> Actor | None:
    """Who asks, by the ``Authorization: Bearer`` of the request."""
    if not is_bearer(request.headers):
        return None
    actor = await console.tokens.actor(request.headers["authorization"].partition(" ")[2].strip())
    if actor is None:
        raise Problem(401, "token", "This token is not known, is over, or was revoked.")
    return actor


async def by_session(request: Request, console: Console) -> Actor | None:
    """Who asks, by the session that the browser holds."""
    found = await session_of(request, Step.IN)
    if found is None:
        return None
    session, user = found
    return Actor(user.name, user.role, session=session.id, user_id=user.id)


async def session_of(request: Request, *steps: Step) -> tuple[Session, User] | None:
    """The session that the browser holds, and whose it is, where it has come to one of these steps.

    Raises a :class:`Problem` with status 403 where it does not come from a page of it.
    """
    people = console_of(request).people
    held = cookies.read(request, cookies.SESSION)
    found = await people.sessions.find(held) if held else None
    if held is None or found is None or found[0].step not in steps:
        return None
    request.state.csrf = form_token(people.site_secret, held)
    await check_token(request, request.state.csrf)
    return found


WAYS: list[Identify] = [by_token, by_session]
"""How somebody can be known, tried in this order."""


async def actor_of(request: Request) -> Actor:
    """Who asks. Raises a :class:`Problem` with status 401."""
    for way in WAYS:
        if (actor := await way(request, console_of(request))) is not None:
            request.state.actor = actor
            return actor
    raise Problem(401, "sign-in", "Sign in, or send an API token: Authorization: Bearer …")


class Needs(SecurityBase):
    """A dependency that lets through whoever has a role, and gives the route their name."""

    model = HTTPBearer(description="An API token; people have a session instead.").model
    scheme_name = "token"

    def __init__(self, role: Role) -> None:
        self.role = role

    async def __call__(self, request: Request) -> Actor:
        """The actor. Raises a :class:`Problem` with status 401 or 403."""
        actor = await actor_of(request)
        if not actor.role.allows(self.role):
            raise Problem(403, "role", f"This needs the role {self.role}; {actor.name} has {actor.role}.")
        return actor


Viewer = Annotated[Actor, Depends(Needs(Role.VIEWER))]
Operator = Annotated[Actor, Depends(Needs(Role.OPERATOR))]
Admin = Annotated[Actor, Depends(Needs(Role.ADMIN))]
