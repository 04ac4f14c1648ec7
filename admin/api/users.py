"""The users of the console: invited, given a role, disabled."""

from __future__ import annotations

from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict, Field

from admin.auth import managing
from admin.auth.access import Admin
from admin.auth.roles import Role
from admin.auth.user import User
from admin.console import console_of
from admin.documented import refusals
from admin.problems import Problem

router = APIRouter(prefix="/api/users", tags=["access"])


class UserState(BaseModel):
    """One who may sign in. Times are in seconds since 1970."""

    id: str
    name: str
    role: Role
    invited: bool = Field(description="They have yet to choose a password.")
    disabled: bool = Field(description="They cannot sign in.")
    codes: bool = Field(description="They are asked for a code of an authenticator app.")
    provider: str | None = Field(description="The OpenID Connect provider that they come from.")
    made_by: str
    made_at: float
    seen_at: float | None = Field(description="Their last sign-in.")

    @classmethod
    def of(cls, user: User) -> UserState:
        """The state of a user."""
        return cls(
            id=user.id,
            name=user.name,
            role=user.role,
            invited=user.is_invited,
            disabled=user.disabled_at is not None,
            codes=user.has_totp,
            provider=user.issuer,
            made_by=user.made_by,
            made_at=user.made_at,
            seen_at=user.seen_at,
        )


class NewUser(BaseModel):
    """Somebody to invite."""

    model_config = ConfigDict(extra="forbid")

    name: str = Field(max_length=200)
    role: Role


class UserChange(BaseModel):
    """What is to be different; what is left out stays."""

    model_config = ConfigDict(extra="forbid")

    role: Role | None = None
    disabled: bool | None = None


class InvitedUser(BaseModel):
    """A user, and the link by which they choose a password."""

    user: UserState
    link: str = Field(description="Good once, for three days, and shown this once.")


class EndedSessions(BaseModel):
    """What was ended."""

    ended: int


@router.get("", operation_id="listUsers")
async def list_users(request: Request, _: Admin) -> list[UserState]:
    """All users, by name."""
    return [UserState.of(user) for user in await console_of(request).people.users.all()]


@router.post("", operation_id="inviteUser", status_code=201, responses=refusals(409))
async def invite_user(request: Request, actor: Admin, body: NewUser) -> InvitedUser:
    """Somebody who may sign in from now on, by the link."""
    user, link = await managing.invite(request, actor, body.name, body.role)
    return InvitedUser(user=UserState.of(user), link=link)


@router.get("/{user}", operation_id="getUser")
async def get_user(request: Request, _: Admin, user: str) -> UserState:
    """One of them."""
    found = await console_of(request).people.users.by_id(user)
    if found is None:
        raise Problem(404, "no-user", "There is no such user.")
    return UserState.of(found)


@router.patch("/{user}", operation_id="changeUser", responses=refusals(409))
async def change_user(request: Request, _: Admin, user: str, body: UserChange) -> UserState:
    """Another role, or disabled, or enabled again; their sessions end."""
    changed = await managing.change(request, user, role=body.role, disabled=body.disabled)
    return UserState.of(changed)


@router.post("/{user}/link", operation_id="makeUserLink", responses=refusals(409))
async def make_user_link(request: Request, actor: Admin, user: str) -> InvitedUser:
    """A new link for who has lost theirs, or their password; every earlier one is over."""
    found, link = await managing.make_link(request, actor, user)
    return InvitedUser(user=UserState.of(found), link=link)


@router.delete("/{user}/codes", operation_id="turnOffUserCodes")
async def turn_off_user_codes(request: Request, _: Admin, user: str) -> UserState:
    """No code is asked of them any more, who have lost the app and the recovery codes; their sessions end."""
    return UserState.of(await managing.turn_off_codes(request, user))


@router.delete("/{user}/sessions", operation_id="endUserSessions")
async def end_user_sessions(request: Request, _: Admin, user: str) -> EndedSessions:
    """They have to sign in again, everywhere."""
    return EndedSessions(ended=await managing.end_sessions(request, user))
