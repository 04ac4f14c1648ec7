"""What admins do with users and tokens, for the pages and the API alike: each is in the audit log."""

from __future__ import annotations

from collections.abc import Awaitable
from typing import TypeVar

from fastapi import Request

from admin.audit.trail import record
from admin.auth.actor import Actor
from admin.auth.people import People
from admin.auth.roles import Role
from admin.auth.tokens import Token
from admin.auth.user import BadNameError, NameTakenError, NoUserError, User, UserError
from admin.console import console_of
from admin.problems import Problem
from waitroom.settings import format_duration

T = TypeVar("T")

LONGEST_LABEL = 80


async def invite(request: Request, actor: Actor, name: str, role: Role) -> tuple[User, str]:
    """A new user, and the one-time link by which they choose a password.
    Raises a :class:`~admin.problems.Problem` with status 409 or 422."""
    record(request, about=name, after={"role": role.value})
    people = _people(request)
    user = await _done(people.users.invite(name, role, made_by=actor.name))
    record(request, about=user.name)
    return user, await _link(request, user, actor)


async def make_link(request: Request, actor: Actor, user_id: str) -> tuple[User, str]:
    """A new one-time link for a user. Raises a :class:`~admin.problems.Problem` with status 404 or 409."""
    user = await _user(request, user_id)
    return user, await _link(request, user, actor)


async def set_role(request: Request, user_id: str, role: Role) -> User:
    """Another role for a user; their sessions end. Raises a :class:`~admin.problems.Problem` with status 404 or 409."""
    user = await _user(request, user_id)
    record(request, before={"role": user.role.value}, after={"role": role.value})
    return (await _done(_people(request).users.set_role(user.id, role)))[1]


async def change(
    request: Request, user_id: str, *, role: Role | None = None, disabled: bool | None = None
) -> User:
    """Changes what is not None. Raises a :class:`~admin.problems.Problem` with status 404, 409 or 422."""
    if role is None and disabled is None:
        raise Problem(422, "nothing", "Say what is to be different: role or disabled.")
    user = await _user(request, user_id)
    if role is not None:
        user = await set_role(request, user_id, role)
    if disabled is not None:
        user = await (disable if disabled else enable)(request, user_id)
    return user


async def disable(request: Request, user_id: str) -> User:
    """Lets a user in no more; their sessions end. Raises a :class:`~admin.problems.Problem` with status 404 or 409."""
    user = await _user(request, user_id)
    record(request, before={"disabled": user.disabled_at is not None}, after={"disabled": True})
    return (await _done(_people(request).users.disable(user.id)))[1]


async def enable(request: Request, user_id: str) -> User:
    """Lets a user in again. Raises a :class:`~admin.problems.Problem` with status 404."""
    user = await _user(request, user_id)
    record(request, before={"disabled": user.disabled_at is not None}, after={"disabled": False})
    return (await _done(_people(request).users.enable(user.id)))[1]


async def turn_off_codes(request: Request, user_id: str) -> User:
    """Asks a user for no codes, who has lost the app and the recovery codes; their sessions end.
    Raises a :class:`~admin.problems.Problem` with status 404."""
    user = await _user(request, user_id)
    record(request, before={"codes": user.has_totp}, after={"codes": False})
    return (await _done(_people(request).users.set_totp(user.id, None)))[1]


async def end_sessions(request: Request, user_id: str) -> int:
    """Ends all sessions of a user, and returns how many those were.
    Raises a :class:`~admin.problems.Problem` with status 404."""
    user = await _user(request, user_id)
    count = await _people(request).sessions.end_all(user.id)
    record(request, after={"ended": count})
    return count


async def make_token(
    request: Request, actor: Actor, role: Role, label: str, seconds: float | None
) -> tuple[str, Token]:
    """A new API token, which is shown this once, and what is known of it.
    Raises a :class:`~admin.problems.Problem` with status 422."""
    label = " ".join(label.split())
    record(request, about=label, after={"role": role.value, "ends after": _ends(seconds)})
    if not 1 <= len(label) <= LONGEST_LABEL or not label.isprintable():
        raise Problem(422, "label", f"Say in 1 to {LONGEST_LABEL} characters what the token is for.")
    # whoever answers for it, so that no second token makes a second person
    made_by = actor.person
    held, token = await console_of(request).tokens.create(role, label=label, made_by=made_by, seconds=seconds)
    record(request, about=f"{label} ({token.id})")
    return held, token


async def revoke_token(request: Request, token_id: str) -> None:
    """Ends an API token at once. Raises a :class:`~admin.problems.Problem` with status 404."""
    record(request, about=token_id)
    tokens = console_of(request).tokens
    found = await tokens.by_id(token_id)
    if found is None or not await tokens.revoke(token_id):
        raise Problem(404, "no-token", "There is no such token, or it was revoked before.")
    record(request, about=f"{found.label} ({found.id})", before={"role": found.role.value})


def _ends(seconds: float | None) -> str:
    return "never" if seconds is None else format_duration(seconds)


async def _user(request: Request, user_id: str) -> User:
    user = await _people(request).users.by_id(user_id)
    if user is None:
        raise Problem(404, "no-user", "There is no such user.")
    record(request, about=user.name)
    return user


async def _link(request: Request, user: User, actor: Actor) -> str:
    people = _people(request)
    path = await _done(people.links.make(user.id, made_by=actor.name))
    return (people.settings.address or str(request.base_url).rstrip("/")) + path


async def _done(asked: Awaitable[T]) -> T:
    try:
        return await asked
    except NoUserError as error:
        raise Problem(404, "no-user", str(error)) from None
    except NameTakenError as error:
        raise Problem(409, "name-taken", str(error)) from None
    except BadNameError as error:
        raise Problem(422, "name", str(error)) from None
    except UserError as error:
        raise Problem(409, "user", str(error)) from None


def _people(request: Request) -> People:
    return console_of(request).people
