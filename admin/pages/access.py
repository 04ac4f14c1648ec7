"""The page of who may use the console: users and API tokens."""

from __future__ import annotations

import time
from collections.abc import Mapping

from fastapi import APIRouter, Request, Response

from admin.auth import managing
from admin.auth.access import Admin
from admin.auth.actor import Actor
from admin.auth.roles import Role
from admin.console import console_of
from admin.pages.forms import fields, go_to
from admin.pages.templates import page
from admin.problems import Problem

EXPIRIES = {"1": "a day", "30": "30 days", "90": "90 days", "365": "a year", "": "never"}
"""Days until a token ends, and how the form calls them."""

router = APIRouter(include_in_schema=False)


@router.get("/access", name="access")
async def show(request: Request, actor: Admin) -> Response:
    """All users, and all API tokens."""
    return await _page(request, actor)


@router.post("/access/users", name="inviteUser")
async def invite(request: Request, actor: Admin) -> Response:
    """A new user, and the link by which they choose their password: it is shown this once."""
    given = await fields(request)
    name = given.get("name", "")
    try:
        user, link = await managing.invite(request, actor, name, _role(given))
    except Problem as problem:
        return await _page(request, actor, status=problem.status, wrong_name=problem.detail, name=name)
    return await _page(request, actor, link=link, link_of=user.name)


@router.post("/access/users/{user}/link", name="makeUserLink")
async def make_link(request: Request, actor: Admin, user: str) -> Response:
    """A new link for who has lost theirs, or their password."""
    found, link = await managing.make_link(request, actor, user)
    return await _page(request, actor, link=link, link_of=found.name)


@router.post("/access/users/{user}/role", name="setUserRole")
async def set_role(request: Request, _: Admin, user: str) -> Response:
    """Another role; their sessions end."""
    await managing.set_role(request, user, _role(await fields(request)))
    return go_to("/access")


@router.post("/access/users/{user}/disable", name="disableUser")
async def disable(request: Request, _: Admin, user: str) -> Response:
    """They cannot sign in any more; their sessions end."""
    await managing.disable(request, user)
    return go_to("/access")


@router.post("/access/users/{user}/enable", name="enableUser")
async def enable(request: Request, _: Admin, user: str) -> Response:
    """They can sign in again."""
    await managing.enable(request, user)
    return go_to("/access")


@router.post("/access/users/{user}/codes-off", name="turnOffUserCodes")
async def turn_off_codes(request: Request, _: Admin, user: str) -> Response:
    """No codes are asked of them, who have lost the app and the recovery codes."""
    await managing.turn_off_codes(request, user)
    return go_to("/access")


@router.post("/access/users/{user}/end-sessions", name="endUserSessions")
async def end_sessions(request: Request, _: Admin, user: str) -> Response:
    """They have to sign in again."""
    await managing.end_sessions(request, user)
    return go_to("/access")


@router.post("/access/tokens", name="makeToken")
async def make_token(request: Request, actor: Admin) -> Response:
    """A new API token: it is shown this once."""
    given = await fields(request)
    days, label = given.get("days", ""), given.get("label", "")
    if days not in EXPIRIES:
        raise Problem(422, "expiry", "Choose when the token ends.")
    seconds = float(days) * 86_400 if days else None
    try:
        held, _ = await managing.make_token(request, actor, _role(given), label, seconds)
    except Problem as problem:
        return await _page(request, actor, status=problem.status, wrong_label=problem.detail, label=label)
    return await _page(request, actor, token=held, label=label)


@router.post("/access/tokens/{token}/revoke", name="revokeToken")
async def revoke_token(request: Request, _: Admin, token: str) -> Response:
    """Ends a token at once."""
    await managing.revoke_token(request, token)
    return go_to("/access")


def _role(given: Mapping[str, str]) -> Role:
    try:
        return Role(given.get("role", ""))
    except ValueError:
        raise Problem(422, "role", "Choose a role.") from None


async def _page(request: Request, actor: Actor, *, status: int = 200, **said: str) -> Response:
    console = console_of(request)
    now = time.time()
    tokens = [each for each in await console.tokens.all() if each.revoked_at is None]
    return page(
        request,
        "access.html",
        actor,
        here="access",
        status=status,
        users=await console.people.users.all(),
        tokens=[each for each in tokens if each.expires_at is None or each.expires_at > now],
        roles=list(Role),
        expiries=EXPIRIES,
        said={
            "link": "",
            "link_of": "",
            "token": "",
            "label": "",
            "name": "",
            "wrong_name": "",
            "wrong_label": "",
        }
        | said,
    )
