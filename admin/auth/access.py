"""Which role a route needs. Each route of the console says so in its signature, or is named as open to all."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Annotated

from fastapi import Depends, Request
from fastapi.security import HTTPBearer
from fastapi.security.base import SecurityBase

from admin.auth.actor import Actor
from admin.auth.roles import Role
from admin.console import Console, console_of
from admin.problems import Problem

Identify = Callable[[Request, Console], Awaitable[Actor | None]]


async def by_token(request: Request, console: Console) -> Actor | None:
    """Who asks, by the ``Authorization: Bearer`` of the request."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer":
        return None
    actor = await console.tokens.actor(token.strip())
    if actor is None:
        raise Problem(401, "token", "This token is not known, is over, or was revoked.")
    return actor


WAYS: list[Identify] = [by_token]
"""How somebody can be known, tried in this order."""


async def actor_of(request: Request) -> Actor:
    """Who asks. Raises a :class:`Problem` with status 401."""
    for way in WAYS:
        if (actor := await way(request, console_of(request))) is not None:
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
