"""What is wrong with the settings, in plain words: pydantic finds it, these lines tell it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from waitroom.settings.gathered import ABSENT, Gathered, Kind, Source
from waitroom.settings.kinds import allowed
from waitroom.settings.room import RoomSettings, conflicts
from waitroom.settings.site import ROOM_CONFLICT, Settings

_LONGEST_SHOWN = 60
# The first repeats what the named rooms say, the second what another line has said already.
_TOLD_ELSEWHERE = {ROOM_CONFLICT, "default_factory_not_called"}


@dataclass(frozen=True, order=True)
class Problem:
    """One thing that is wrong, told in one line. Sorts by line of the file."""

    line: int
    text: str


def find_problems(error: ValidationError, gathered: Gathered) -> Iterator[Problem]:
    """Tell everything that is wrong with what was ``gathered``."""
    for details in error.errors(include_url=False, include_input=False):
        if details["type"] not in _TOLD_ELSEWHERE:
            yield _problem(gathered, details["loc"], _words(gathered, details))
    for conflict in conflicts(dict(_sound_rooms(gathered))):
        yield _problem(gathered, ("rooms", conflict.index, conflict.field), conflict.rule)


def _problem(gathered: Gathered, place: Sequence[str | int], words: str) -> Problem:
    source = gathered.source(place) or Source(Kind.FILE, "")
    label = f"{source.label}: " if source.label else ""
    return Problem(source.line, f"{label}{_name(gathered, place)}: {words}")


def _words(gathered: Gathered, details: ErrorDetails) -> str:
    place: Sequence[str | int] = details["loc"]
    if details["type"] == "extra_forbidden":
        return f"unknown setting; {_suggestion(place, gathered.source(place))}"
    model, name = _field(place)
    may = allowed(model.model_fields[name])
    if details["type"] == "missing":
        return f"must be set; allowed: {may}"
    # One text given for a list: pydantic complains about an item that nobody wrote.
    while gathered.value(place) is ABSENT and isinstance(place[-1], int):
        place = place[:-1]
    given = _shown(gathered.value(place), name)
    if details["type"] == "rule":
        return f"{given}{details['ctx']['rule']}"
    return f"{given}allowed: {may}"


def _field(place: Sequence[str | int]) -> tuple[type[BaseModel], str]:
    if place[0] == "rooms" and len(place) > 2:
        return RoomSettings, str(place[2])
    return Settings, str(place[0])


def _name(gathered: Gathered, place: Sequence[str | int]) -> str:
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


def _shown(value: object, name: str) -> str:
    """What was given, on one line. Secrets, and passwords in addresses, are never shown."""
    if value is ABSENT:
        return ""
    if isinstance(value, dict | list):
        return f"given a {'table' if isinstance(value, dict) else 'list'}; "
    if name == "secret":
        return f"given a secret of {len(value)} characters; " if isinstance(value, str) else "given no text; "
    if isinstance(value, str) and name in ("redis_url", "origin"):
        value = re.sub(r"^([a-z]*:/*)?.*@", r"\1…@", value.partition("?")[0], flags=re.DOTALL)
    written = json.dumps(value, ensure_ascii=False, default=str)
    return f"given {written if len(written) <= _LONGEST_SHOWN else written[:_LONGEST_SHOWN] + '…'}; "


def _suggestion(place: Sequence[str | int], source: Source | None) -> str:
    in_room = place[0] == "rooms" and len(place) > 2
    mine, other = (RoomSettings, Settings) if in_room else (Settings, RoomSettings)
    wrong = str(place[-1])
    if wrong in other.model_fields:
        if source is not None and source.kind is Kind.ENVIRONMENT:
            return f"did you mean {_variable('' if in_room else 'ROOMS__0__', wrong)}?"
        return "it belongs above the first [[rooms]]" if in_room else "it belongs under [[rooms]]"
    near = get_close_matches(wrong.lower(), mine.model_fields, n=1)
    if not near:
        return "known are " + ", ".join(mine.model_fields)
    if source is not None and source.kind is Kind.ENVIRONMENT:
        return f"did you mean {_variable(f'ROOMS__{place[1]}__' if in_room else '', near[0])}?"
    return f'did you mean "{near[0]}"?'


def _variable(prefix: str, name: str) -> str:
    return f"WAITROOM_{prefix}{name.upper()}"


def _sound_rooms(gathered: Gathered) -> Iterator[tuple[int, RoomSettings]]:
    rooms = gathered.values.get("rooms")
    for index, room in enumerate(rooms if isinstance(rooms, list) else []):
        try:
            yield index, RoomSettings.model_validate(room)
        except ValidationError:
            continue
