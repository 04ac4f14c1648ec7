"""Routes that only make sense for somebody who is signed in, and not for a program."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Request

from admin.auth.access import Viewer
from admin.auth.user import User
from admin.console import console_of
from admin.problems import Problem


async def user_who_asks(request: Request, actor: Viewer) -> User:
    """The user whose session it is. Raises a :class:`~admin.problems.Problem` with status 403 for a program."""
    user = await console_of(request).people.users.by_id(actor.user_id) if actor.user_id else None
    if user is None:
        raise Problem(403, "people-only", "This is for people who are signed in, not for an API token.")
    return user


Person = Annotated[User, Depends(user_who_asks)]
