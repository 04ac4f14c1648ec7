"""What is wrong with the settings, in plain words: pydantic finds it, these lines tell it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from waitroom.settings.gathered import ABSENT, Gathered, Kind, Source
from waitroom.settings.kinds import allowed
from waitroom.settings.positions import Place
from waitroom.settings.room import RoomSettings, conflicts
from waitroom.settings.site import ROOM_CONFLICT
from waitroom.settings.suggestion import suggestion
from waitroom.settings.tables import Setting, is_secret, setting_at, table_at

_LONGEST_SHOWN = 60
# The first repeats what the named rooms say, the second what another line has said already.
_TOLD_ELSEWHERE = {ROOM_CONFLICT, "default_factory_not_called"}


@dataclass(frozen=True, order=True)
class Problem:
    """One thing that is wrong, told in one line. Sorts by line of the file."""

    line: int
    text: str


def find_problems(model: type[BaseModel], error: ValidationError, gathered: Gathered) -> Iterator[Problem]:
    """Tell everything that is wrong with what was ``gathered`` for a ``model``."""
    for details in error.errors(include_url=False, include_input=False):
        if details["type"] not in _TOLD_ELSEWHERE:
            place, words = _told(model, gathered, details)
            yield _problem(gathered, place, words)
    for conflict in conflicts(dict(_sound_rooms(model, gathered))):
        yield _problem(gathered, ("rooms", conflict.index, conflict.field), conflict.rule)


def _problem(gathered: Gathered, place: Place, words: str) -> Problem:
    source = gathered.source(place) or Source(Kind.FILE, "")
    label = f"{source.label}: " if source.label else ""
    return Problem(source.line, f"{label}{_name(gathered, place)}: {words}")


def _told(model: type[BaseModel], gathered: Gathered, details: ErrorDetails) -> tuple[Place, str]:
    place: Place = details["loc"]
    if details["type"] == "extra_forbidden":
        return place, f"unknown setting; {suggestion(model, place, gathered.source(place))}"
    setting = setting_at(model, place)
    may = allowed(setting.field)
    if details["type"] == "missing":
        return place, f"must be set; allowed: {may}"
    if place[-1] == "[key]":
        named = _shown(place[-2], setting).replace("given", "given the name", 1)
        return setting.place, f"{named}allowed: {may}"
    # Pydantic names the alternatives of a union too, and the item of a list where one text was given for it.
    place = setting.place
    while gathered.value(place) is ABSENT and isinstance(place[-1], int):
        place = place[:-1]
    value = gathered.value(place)
    if details["type"] == "rule":
        # A table's rule is about settings in it, so that it is a table is no news.
        return place, f"{'' if _is_table(value) else _shown(value, setting)}{details['ctx']['rule']}"
    return place, f"{_shown(value, setting)}allowed: {may}"


def _is_table(value: object) -> bool:
    if isinstance(value, list):
        return all(isinstance(each, dict) for each in value)
    return isinstance(value, dict)


def _name(gathered: Gathered, place: Place) -> str:
    name = ""
    for step in place:
        plain = isinstance(step, int) or re.fullmatch(r"[A-Za-z0-9_-]+", step)
        part = f"[{step}]" if isinstance(step, int) else step if plain else json.dumps(step)
        name += part if isinstance(step, int) or not name else f".{part}"
    room = gathered.value([*place[:2], "name"]) if place[0] == "rooms" and len(place) > 2 else ABSENT
    return (
        f'{name} (room "{room}")'
        if isinstance(room, str) and re.fullmatch(r"[a-z0-9-]{1,40}", room)
        else name
    )


def _shown(value: object, setting: Setting) -> str:
    """What was given, on one line. Secrets, and passwords in addresses, are never shown."""
    if value is ABSENT:
        return ""
    if isinstance(value, dict | list):
        return f"given a {'table' if isinstance(value, dict) else 'list'}; "
    if is_secret(setting.field.annotation):
        return f"given a secret of {len(value)} characters; " if isinstance(value, str) else "given no text; "
    if isinstance(value, str) and setting.name in ("redis_url", "origin"):
        value = re.sub(r"^([a-z]*:/*)?.*@", r"\1…@", value.partition("?")[0], flags=re.DOTALL)
    written = json.dumps(value, ensure_ascii=False, default=str)
    return f"given {written if len(written) <= _LONGEST_SHOWN else written[:_LONGEST_SHOWN] + '…'}; "


def _sound_rooms(model: type[BaseModel], gathered: Gathered) -> Iterator[tuple[int, RoomSettings]]:
    rooms = gathered.values.get("rooms")
    kind = table_at(model, ("rooms", 0)) or RoomSettings
    for index, room in enumerate(rooms if isinstance(rooms, list) else []):
        try:
            sound = kind.model_validate(room)
        except ValidationError:
            continue
        if isinstance(sound, RoomSettings):
            yield index, sound
