"""The page of a room's settings: all that changes while it runs, and what begins its line anew."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from typing import get_args

from fastapi import APIRouter, Request, Response
from pydantic.fields import FieldInfo

from admin.api.rooms.path import SeenOfPath
from admin.auth.access import Viewer
from admin.pages.shown import shown as shown_room
from admin.pages.templates import page
from waitroom.live.settings import described, shown, values_of
from waitroom.settings import RoomSettings, allowed

router = APIRouter(include_in_schema=False)

ELSEWHERE = frozenset({"rate", "capacity", "mode", "sold_out", "message"})
"""What has a better place on another page."""
GROUPS = {
    "": ("The line", "How long places, turns and visits last."),
    "adaptive": ("Adaptive admission", "Finds out what the shop can carry, within these bounds."),
    "join_limit": ("Places for each address", "How many places one address or network may take."),
    "challenge": (
        "Work for browsers",
        "Makes joining cost a little computing, where a crowd of programs comes.",
    ),
    "sharing": ("Passes that are shared", "Ends visits whose pass is used from too many networks."),
}
"""Of each table of settings: its heading, and what it is about."""


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting as it is edited."""

    name: str
    label: str
    text: str
    """Its value as it would be typed."""
    description: str
    allowed: str
    choices: tuple[str, ...]
    """Of which one holds; empty: it is typed."""


@dataclass(frozen=True, slots=True)
class Group:
    """Settings that belong together."""

    title: str
    about: str
    settings: tuple[Setting, ...]


@router.get("/rooms/{room}/settings", name="room-settings")
async def settings_page(request: Request, actor: Viewer, seen: SeenOfPath) -> Response:
    """The settings of a room."""
    return page(
        request,
        "room-settings.html",
        actor,
        here="room-settings",
        room=seen.room.name,
        now=shown_room(seen).state,
        groups=list(_groups(seen.settings, values_of(seen.settings, seen.room.rules))),
    )


def _groups(room: RoomSettings, values: dict[str, str | int | float | bool | None]) -> Iterator[Group]:
    for table, (title, about) in GROUPS.items():
        names = [name for name in values if name.rpartition(".")[0] == table and name not in ELSEWHERE]
        settings = tuple(_setting(name, shown(name, values[name])) for name in names)
        yield Group(title, about, settings)


def _setting(name: str, text: str) -> Setting:
    field = described(name)
    return Setting(
        name=name,
        label=name.rpartition(".")[2].replace("_", " "),
        text="" if text == "(none)" else text.lower() if text in ("True", "False") else text,
        description=field.description or "",
        allowed=allowed(field),
        choices=_choices(field),
    )


def _choices(field: FieldInfo) -> tuple[str, ...]:
    kinds = (field.annotation, *get_args(field.annotation))
    if bool in kinds:
        return ("true", "false")
    return tuple(
        str(member.value)
        for kind in kinds
        if isinstance(kind, type) and issubclass(kind, Enum)
        for member in kind
    )
