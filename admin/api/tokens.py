"""API tokens: made, listed, revoked."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict, Field

from admin.auth import managing
from admin.auth.access import Admin
from admin.auth.roles import Role
from admin.auth.tokens import Token
from admin.console import console_of

router = APIRouter(prefix="/api/tokens", tags=["access"])

_Seconds = Annotated[float, Field(ge=60, le=3650 * 86_400, allow_inf_nan=False)]


class TokenState(BaseModel):
    """What is known of a token. Times are in seconds since 1970."""

    id: str
    label: str
    role: Role
    made_by: str
    made_at: float
    expires_at: float | None
    used_at: float | None
    revoked_at: float | None

    @classmethod
    def of(cls, token: Token) -> TokenState:
        """The state of a token."""
        return cls(
            id=token.id,
            label=token.label,
            role=token.role,
            made_by=token.made_by,
            made_at=token.made_at,
            expires_at=token.expires_at,
            used_at=token.used_at,
            revoked_at=token.revoked_at,
        )


class NewToken(BaseModel):
    """A token to make."""

    model_config = ConfigDict(extra="forbid")

    label: str = Field(description="What it is for; the logs name it by this.")
    role: Role
    expires_seconds: _Seconds | None = Field(default=None, description="Null: it holds until it is revoked.")


class MadeToken(BaseModel):
    """A new token."""

    token: str = Field(description="Shown this once.")
    about: TokenState


@router.get("", operation_id="listTokens")
async def list_tokens(request: Request, _: Admin) -> list[TokenState]:
    """All tokens, newest first, those that are over too."""
    return [TokenState.of(token) for token in await console_of(request).tokens.all()]


@router.post("", operation_id="makeToken", status_code=201)
async def make_token(request: Request, actor: Admin, body: NewToken) -> MadeToken:
    """A new token."""
    held, token = await managing.make_token(request, actor, body.role, body.label, body.expires_seconds)
    return MadeToken(token=held, about=TokenState.of(token))


@router.delete("/{token}", operation_id="revokeToken", status_code=204)
async def revoke_token(request: Request, _: Admin, token: str) -> None:
    """Ends it at once."""
    await managing.revoke_token(request, token)
