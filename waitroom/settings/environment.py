"""Reading settings from the environment: ``WAITROOM_PORT``, ``WAITROOM_ROOMS__0__RATE``."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping

from pydantic import BaseModel

from waitroom.settings.gathered import ABSENT, Gathered, Kind, Source
from waitroom.settings.positions import Place
from waitroom.settings.tables import Shape, field_at, is_secret, shape, within

PREFIX = "WAITROOM_"
NOT_SETTINGS = frozenset({"WAITROOM_CONFIG", "WAITROOM_API", "WAITROOM_TOKEN", "WAITROOM_REQUIRE_ALL"})
"""Variables that start alike but choose the file, or the console to which commands speak, and what the tests insist
on."""


def read_environment(model: type[BaseModel], environ: Mapping[str, str], into: Gathered) -> Iterator[str]:
    """Lay what ``environ`` says of the settings of ``model`` into ``into``; tell what is wrong, one line a problem.

    Two underscores lead into a table: by the name of its setting, by the number of a table or value in a list
    (the next number adds one), or by a name that the user chose. Lists of values are written as JSON or with
    commas, whole tables and lists of them as JSON.
    """
    for variable in sorted(environ, key=_order):
        if variable.startswith(PREFIX) and variable not in NOT_SETTINGS:
            try:
                _read(model, variable, environ[variable], into)
            except json.JSONDecodeError as error:
                yield f"{variable}: is not valid JSON: {error.msg} (column {error.colno})"
            except _UnknownError as error:
                yield f"{variable}: {error}"


class _UnknownError(Exception):
    """A variable leads to where no setting can be."""


def _order(variable: str) -> list[tuple[int, str]]:
    """A table before what stands in it, number 2 before number 10."""
    return [(int(part) if _is_number(part) else -1, part) for part in variable.split("__")]


def _is_number(part: str) -> bool:
    return part.isascii() and part.isdecimal() and len(part) < 10


def _read(model: type[BaseModel], variable: str, written: str, into: Gathered) -> None:
    source = Source(Kind.ENVIRONMENT, variable)
    *above, last = variable.removeprefix(PREFIX).lower().split("__")
    table: object = into.values
    annotation: object = model
    place: Place = ()
    for part in above:
        step = _step(annotation, table, part, place)
        place = (*place, step)
        inner = within(annotation, step)
        if inner is None:
            into.put(place, {}, source)  # an unknown setting: it is told as such
            return
        if into.value(place) is ABSENT and shape(inner) is not Shape.VALUE:
            into.put(place, _default(annotation, step, inner), source)
        table, annotation = into.value(place), inner
    step = _step(annotation, table, last, place)
    into.put((*place, step), _decoded(within(annotation, step), written), source)


def _step(annotation: object, table: object, part: str, place: Place) -> str | int:
    """What ``part`` of a variable's name leads to within ``table``."""
    name = PREFIX + "__".join(str(step) for step in place).upper()
    match shape(annotation):
        case Shape.LIST:
            if not _is_number(part):
                raise _UnknownError(f"unknown setting; after {name} comes a number, as in {name}__0")
            if not isinstance(table, list) or int(part) > len(table):
                raise _UnknownError(f"there is no {_written((*place, int(part)))}; they are counted from 0")
            return int(part)
        case Shape.VALUE:
            raise _UnknownError(f"unknown setting; {name} is no table")
        case Shape.NAMED if isinstance(table, dict):
            # The names of variables have no small letters, and mostly no hyphens.
            alike = [key for key in table if str(key).lower().replace("-", "_") == part.replace("-", "_")]
            return str(alike[0]) if alike else part
    return part


def _default(annotation: object, step: str | int, inner: object) -> object:
    """What a table or list that nobody has written holds before the environment adds to it."""
    empty: object = [] if shape(inner) is Shape.LIST else {}
    if shape(annotation) is not Shape.TABLE:
        return empty
    field = field_at(annotation, step)
    return _raw(field.get_default(call_default_factory=False) if field else None) or empty


def _raw(value: object) -> object:
    if isinstance(value, BaseModel):
        return {name: _raw(getattr(value, name)) for name in value.model_fields_set}
    if isinstance(value, Mapping):
        return {name: _raw(each) for name, each in value.items()}
    return [_raw(each) for each in value] if isinstance(value, tuple | list) else value


def _decoded(annotation: object, written: str) -> object:
    made = shape(annotation)
    if made is Shape.VALUE:
        return written
    start = written.lstrip()[:1]
    if made is not Shape.LIST:
        return _json(written) if start == "{" else written
    if shape(within(annotation, 0)) is not Shape.VALUE:
        return _json(written)
    # A secret may hold a comma or start with a bracket, so it is a list only where it reads as one.
    if is_secret(annotation):
        try:
            return _json(written) if start == "[" else written
        except json.JSONDecodeError:
            return written
    if start == "[":
        return _json(written)
    return [part.strip() for part in written.split(",") if part.strip()]


def _json(written: str) -> object:
    value: object = json.loads(written)
    return value


def _written(place: Place) -> str:
    return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in place)[1:]
