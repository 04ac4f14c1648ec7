"""Options that commands share, and kinds of them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from waitroom.errors import SettingsError

if TYPE_CHECKING:  # the settings are slow to import, and most commands do without
    from waitroom.settings import RoomSettings, Settings

ConfigFile = Annotated[
    Path | None,
    typer.Option(
        "--config",
        "-c",
        help="The configuration file (TOML). Every setting can also come from the environment, "
        "as WAITROOM_…, which wins.",
        show_default=False,
    ),
]


def duration(text: str | float) -> float:
    """Reads a duration; wrong usage where it is none."""
    from waitroom.settings import parse_duration

    try:
        return parse_duration(text)
    except ValueError:
        raise typer.BadParameter(f"{text!r} is not a duration such as 90s, 20m or 1h30m") from None


def some_duration(text: str | float) -> float:
    """The same, and longer than nothing."""
    seconds = duration(text)
    if seconds <= 0:
        raise typer.BadParameter("must be longer than 0s")
    return seconds


def room_asked_for(config: Path | None, name: str | None) -> RoomSettings | None:
    """The room of a configuration file; None where no file was given."""
    from waitroom.settings import load

    if config is None:
        if name is not None:
            raise typer.BadParameter("needs --config, the file that the room stands in", param_hint="--room")
        return None
    return room_named(load(config), name)


def room_named(settings: Settings, name: str | None) -> RoomSettings:
    """A room by its name, or the only one. Raises :class:`~waitroom.errors.SettingsError` where there is none."""
    rooms = {room.name: room for room in settings.rooms}
    if name is None and len(rooms) > 1:
        raise SettingsError(f"which room? --room with one of {', '.join(rooms)}")
    if name is not None and name not in rooms:
        raise SettingsError(f"there is no room {name!r}; the rooms are {', '.join(rooms)}")
    return rooms[name or next(iter(rooms))]
