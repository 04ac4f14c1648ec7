"""Reading settings from the environment: ``WAITROOM_PORT``, ``WAITROOM_ROOMS__0__RATE``."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import get_origin

from pydantic import BaseModel

from waitroom.settings.gathered import Gathered, Kind, Source
from waitroom.settings.room import RoomSettings
from waitroom.settings.site import Settings

PREFIX = "WAITROOM_"
NOT_SETTINGS = frozenset({"WAITROOM_CONFIG", "WAITROOM_REQUIRE_ALL"})
"""Variables that start alike but choose the file, and what the tests insist on."""


def read_environment(environ: Mapping[str, str], into: Gathered) -> Iterator[str]:
    """Lay what ``environ`` says into ``into``, and tell what is wrong with it, one line a problem.

    Lists are written as JSON, or with commas. A room is reached by its number: ``WAITROOM_ROOMS__0__RATE``.
    """
    for variable in sorted(environ):
        if not variable.startswith(PREFIX) or variable in NOT_SETTINGS:
            continue
        source = Source(Kind.ENVIRONMENT, variable)
        name, *inner = variable.removeprefix(PREFIX).lower().split("__")
        try:
            if not inner:
                into.put(name, _decoded(Settings, name, environ[variable]), source)
            elif name != "rooms" or len(inner) != 2 or not inner[0].isdecimal():
                yield f"{variable}: unknown setting; a room's settings are named {PREFIX}ROOMS__0__RATE"
            elif not into.put_in_room(
                int(inner[0]), inner[1], _decoded(RoomSettings, inner[1], environ[variable]), source
            ):
                yield f"{variable}: there is no rooms[{inner[0]}]; rooms are counted from 0"
        except json.JSONDecodeError as error:
            yield f"{variable}: is not valid JSON: {error.msg} (column {error.colno})"


def _decoded(model: type[BaseModel], name: str, written: str) -> object:
    field = model.model_fields.get(name)
    if field is None or get_origin(field.annotation) is not tuple:
        return written
    # A secret may hold a comma or start with a bracket, so it is a list only where it reads as one.
    if name == "secret":
        try:
            return _list(written) if written.startswith("[") else written
        except json.JSONDecodeError:
            return written
    if name == "rooms" or written.lstrip().startswith("["):
        return _list(written)
    return [part.strip() for part in written.split(",") if part.strip()]


def _list(written: str) -> object:
    value: object = json.loads(written)
    return value
