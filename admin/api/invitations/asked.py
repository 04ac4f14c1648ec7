"""What the routes of invitations share."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated

from fastapi import Request
from pydantic import BaseModel, ConfigDict, Field

from admin.auth.actor import Actor
from admin.console import console_of
from admin.invitations.batches import Kind
from admin.live import LiveRoom
from waitroom.errors import SettingsError
from waitroom.invitations.minting import MintingError, Terms
from waitroom.invitations.office import Office
from waitroom.invitations.terms import agreed
from waitroom.settings import RoomSettings

Uses = Annotated[
    int, Field(ge=0, le=2**31, description="Places that each gives; 0: any number (members only).")
]
_Text = Annotated[str, Field(max_length=500)]


class Conditions(BaseModel):
    """Where invitations lead, and how long they count."""

    model_config = ConfigDict(extra="forbid")

    lane: Annotated[str, Field(max_length=20)]
    uses: Uses = 1
    expires: _Text = Field(default="7d", description="A duration, or a moment with its time zone.")
    begins: _Text = Field(default="", description="Empty: at once.")


class Invited(BaseModel):
    """An invitation that was made. What opens the door is shown this once."""

    id: str
    batch: str
    kind: Kind
    lane: str
    link: str = Field(description="Empty for a code.")
    code: str = Field(description="Empty for a link.")
    ends: datetime


class BatchState(BaseModel):
    """What was minted together."""

    batch: str
    kind: Kind
    lane: str
    count: int | None = Field(description="null: it was not minted in the console, and nobody has counted.")
    uses: int
    begins: datetime | None
    ends: datetime
    at: datetime | None
    who: str
    is_over: bool
    is_revoked: bool


def office_of(request: Request, seen: LiveRoom, actor: Actor) -> Office:
    """The invitations of a room, in the name of whoever asks."""
    console = console_of(request)
    return Office(seen.settings, console.redis, console.secrets, actor.name)


def terms_of(room: RoomSettings, asked: Conditions, now: float) -> Terms:
    """Terms that make sense. Raises :class:`~waitroom.errors.SettingsError`."""
    if asked.lane not in room.lane_names:
        raise SettingsError(
            f"lane: the room has no lane {asked.lane!r}; its lanes are {', '.join(room.lane_names)}"
        )
    try:
        return agreed(asked.lane, uses=asked.uses, expires=asked.expires, begins=asked.begins, now=now)
    except MintingError as error:
        raise SettingsError(str(error)) from error


def when(seconds: float) -> datetime:
    """A moment, given in seconds since 1970."""
    return datetime.fromtimestamp(seconds, UTC)


def names_in(given: Sequence[str]) -> list[str]:
    """Names as somebody typed or pasted them: each once, without the spaces around them."""
    return list(dict.fromkeys(name for each in given if (name := each.strip())))
